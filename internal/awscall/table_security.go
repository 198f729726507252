package awscall

// Operations and members: botocore (Apache-2.0). Access levels and ARNs: iam-data
// (MIT). See NOTICE.md.

const tableSecretsManager = `
arn:$P:secretsmanager:$R:$A:
=secret secret:{SecretId}
BatchGetSecretValue r secret:{SecretIdList}|?Filters
CancelRotateSecret w secret
CreateSecret w secret:{Name}
DeleteResourcePolicy p secret
DeleteSecret w secret
DescribeSecret r secret
GetRandomPassword r
GetResourcePolicy r secret
GetSecretValue r secret
ListSecretVersionIds r secret
ListSecrets l
PutResourcePolicy p secret
PutSecretValue w secret
RemoveRegionsFromReplication w secret
ReplicateSecretToRegions w secret
RestoreSecret w secret
RotateSecret w secret
StopReplicationToReplica w secret
TagResource t secret
UntagResource t secret
UpdateSecret w secret
UpdateSecretVersionStage w secret
ValidateResourcePolicy p ~secret
`

const tableKMS = `
arn:$P:kms:$R:$A:
=key @key{KeyId}
CancelKeyDeletion w key
ConnectCustomKeyStore w ?
CreateAlias w @key{AliasName} @key{TargetKeyId}
CreateCustomKeyStore w
CreateGrant p key
CreateKey w
Decapsulate w key
Decrypt w key
DeleteAlias w @key{AliasName}
DeleteCustomKeyStore w ?
DeleteImportedKeyMaterial w key
DeriveSharedSecret w key
DescribeCustomKeyStores r ?CustomKeyStoreId ?CustomKeyStoreName
DescribeKey r key
DisableKey w key
DisableKeyRotation w key
DisconnectCustomKeyStore w ?
EnableKey w key
EnableKeyRotation w key
Encapsulate w key
Encrypt w key
GenerateDataKey w key
GenerateDataKeyPair w key
GenerateDataKeyPairWithoutPlaintext w key
GenerateDataKeyWithoutPlaintext w key
GenerateMac w key
GenerateRandom w ?CustomKeyStoreId
GetKeyLastUsage r key
GetKeyPolicy r key
GetKeyRotationStatus r key
GetParametersForImport r key
GetPublicKey r key
ImportKeyMaterial w key
ListAliases l ~key
ListGrants l key
ListKeyPolicies l key
ListKeyRotations l key
ListKeys l
ListResourceTags l key
ListRetirableGrants l
PutKeyPolicy p key
ReEncrypt w @key{SourceKeyId} @key{DestinationKeyId}
ReplicateKey w key
RetireGrant p key
RevokeGrant p key
RotateKeyOnDemand w key
ScheduleKeyDeletion w key
Sign w key
TagResource t key
UntagResource t key
UpdateAlias w @key{AliasName} @key{TargetKeyId}
UpdateCustomKeyStore w ?
UpdateKeyDescription w key
UpdatePrimaryRegion w key
Verify w key
VerifyMac w key
`

const tableSTS = `
arn:$P:sts::$A:
AssumeRole w {RoleArn}
AssumeRoleWithSAML w {RoleArn}
AssumeRoleWithWebIdentity w {RoleArn}
AssumeRoot w @root{TargetPrincipal}
DecodeAuthorizationMessage w
GetAccessKeyInfo r
GetCallerIdentity r
GetDelegatedAccessToken w
GetFederationToken w federated-user/{Name}
GetSessionToken r
GetWebIdentityToken w
`
