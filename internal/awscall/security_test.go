package awscall

import (
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

func TestSecretsManager(t *testing.T) {
	const full = "arn:aws:secretsmanager:us-east-1:999988887777:secret:db-AbCdEf"
	secret := func(id string) in { return in{"SecretId": id} }
	run(t, "Secrets Manager", []described{
		{"name", "GetSecretValue", secret("prod/db"), policy.Read, "arn:aws:secretsmanager:OWN:secret:prod/db"},
		{"ARN", "GetSecretValue", secret(full), policy.Read, full},
		{"partial ARN", "GetSecretValue", secret("arn:aws:secretsmanager:us-east-1:999988887777:secret:db"), policy.Read, "arn:aws:secretsmanager:us-east-1:999988887777:secret:db"},
		{"nothing", "GetSecretValue", in{}, policy.Read, "unknown"},
		{"several", "BatchGetSecretValue", in{"SecretIdList": []any{"a", full}}, policy.Read, "arn:aws:secretsmanager:OWN:secret:a " + full},
		{"several by a filter", "BatchGetSecretValue", in{"Filters": []any{in{"Key": "name"}}}, policy.Read, "unknown"},
		{"several and a filter", "BatchGetSecretValue", in{"SecretIdList": []any{"a"}, "Filters": []any{in{"Key": "name"}}}, policy.Read, "unknown"},
		{"create", "CreateSecret", in{"Name": "a"}, policy.Write, "arn:aws:secretsmanager:OWN:secret:a"},
		{"who may read", "PutResourcePolicy", secret("a"), policy.Permissions, "arn:aws:secretsmanager:OWN:secret:a"},
		{"tags", "TagResource", secret("a"), policy.Tagging, "arn:aws:secretsmanager:OWN:secret:a"},
		{"all", "ListSecrets", in{}, policy.List, "none"},
		{"a policy of no secret", "ValidateResourcePolicy", in{"ResourcePolicy": "{}"}, policy.Permissions, "none"},
	})
}

func TestKMS(t *testing.T) {
	const full = "arn:aws:kms:us-east-1:999988887777:key/1234abcd-12ab"
	key := func(id string) in { return in{"KeyId": id} }
	run(t, "KMS", []described{
		{"id", "Encrypt", key("1234abcd-12ab"), policy.Write, "arn:aws:kms:OWN:key/1234abcd-12ab"},
		{"id of many regions", "Encrypt", key("mrk-1234"), policy.Write, "arn:aws:kms:OWN:key/mrk-1234"},
		{"ARN", "Encrypt", key(full), policy.Write, full},
		{"alias", "Encrypt", key("alias/aws/s3"), policy.Write, "arn:aws:kms:OWN:alias/aws/s3"},
		{"ARN of an alias", "Encrypt", key("arn:aws:kms:us-east-1:999988887777:alias/k"), policy.Write, "arn:aws:kms:us-east-1:999988887777:alias/k"},
		{"id with a slash", "Encrypt", key("key/1234"), policy.Write, "unknown"},
		{"alias of nothing", "Encrypt", key("alias/"), policy.Write, "unknown"},
		{"alias with a colon", "Encrypt", key("alias/a:b"), policy.Write, "unknown"},
		{"the key is in the ciphertext", "Decrypt", in{}, policy.Write, "unknown"},
		{"two keys", "ReEncrypt", in{"SourceKeyId": full, "DestinationKeyId": "k"}, policy.Write, full + " arn:aws:kms:OWN:key/k"},
		{"the source is in the ciphertext", "ReEncrypt", in{"DestinationKeyId": "k"}, policy.Write, "unknown"},
		{"alias and its key", "UpdateAlias", in{"AliasName": "alias/a", "TargetKeyId": "k"}, policy.Write, "arn:aws:kms:OWN:alias/a arn:aws:kms:OWN:key/k"},
		{"grant", "CreateGrant", key("k"), policy.Permissions, "arn:aws:kms:OWN:key/k"},
		{"grant by its token", "RetireGrant", in{"GrantToken": "t"}, policy.Permissions, "unknown"},
		{"random bytes", "GenerateRandom", in{}, policy.Write, "none"},
		{"random bytes of a store", "GenerateRandom", in{"CustomKeyStoreId": "cks-1"}, policy.Write, "unknown"},
		{"a store has no ARN", "DeleteCustomKeyStore", in{"CustomKeyStoreId": "cks-1"}, policy.Write, "unknown"},
		{"aliases of a key", "ListAliases", key("k"), policy.List, "arn:aws:kms:OWN:key/k"},
		{"all aliases", "ListAliases", in{}, policy.List, "none"},
	})
}

func TestSTS(t *testing.T) {
	run(t, "STS", []described{
		{"role", "AssumeRole", in{"RoleArn": "arn:aws:iam::999988887777:role/r"}, policy.Write, "arn:aws:iam::999988887777:role/r"},
		{"no role", "AssumeRole", in{}, policy.Write, "unknown"},
		{"root by account", "AssumeRoot", in{"TargetPrincipal": "999988887777"}, policy.Write, "arn:aws:iam::999988887777:root"},
		{"root by ARN", "AssumeRoot", in{"TargetPrincipal": "arn:aws:iam::999988887777:root"}, policy.Write, "arn:aws:iam::999988887777:root"},
		{"root of nothing", "AssumeRoot", in{"TargetPrincipal": "root"}, policy.Write, "unknown"},
		{"federation", "GetFederationToken", in{"Name": "bob"}, policy.Write, "arn:aws:sts::123456789012:federated-user/bob"},
		{"who am I", "GetCallerIdentity", in{}, policy.Read, "none"},
	})
}
