package policy

import "testing"

// TestSecretsInDenyRules: a deny rule for a secret means it by its name and by its
// ARN, however the rule has it.
func TestSecretsInDenyRules(t *testing.T) {
	const mine = "arn:aws:secretsmanager:eu-west-1:111122223333:"
	for _, tt := range []struct {
		rule, resource string
		denied         bool
	}{
		{"secret:prod/db", "secret:prod/db", true},
		{"secret:prod/db", "secret:prod/db-AbCdEf", true},
		{"secret:prod/db", "secret:prod/db-abcde1", true},
		{"secret:prod/d?", "secret:prod/db-AbCdEf", true},
		{"secret:prod/db", "secret:prod/db-reader", false}, // a name of its own
		{"secret:prod/db", "secret:prod/db-AbCdE", false},
		{"secret:prod/db", "secret:prod/db-AbCd-f", false},
		{"secret:prod/db", "secret:prod/db_AbCdEf", false},
		{"secret:prod/db-??????", "secret:prod/db", true},
		{"secret:prod/db-??????", "secret:prod/db-reader", true},
		{"secret:prod/db-*", "secret:prod/db", true},
		{"secret:prod/db-*", "secret:prod/dbs", false},
		{"secret:prod/*", "secret:prod/db-AbCdEf", true},
		{"secret:prod/db-AbCdEf", "secret:prod/db", false}, // may be a name
		{"secret:prod/db-AbCdEf", "secret:prod/db-AbCdEf", true},
		{"secret:prod/db-AbCdEf", "secret:prod/db-AbCdEf-Gh1Jk2", true},
		{mine + "secret:prod/db-AbCdEf", "secret:prod/db", true},
		{mine + "secret:prod/db-reader", "secret:prod/db", true}, // an ARN always has the six
		{mine + "secret:prod/db-??????", "secret:prod/db", true},
		{"arn:aws:secretsmanager:*:444455556666:secret:prod/db-AbCdEf", "secret:prod/db", false},
		{mine + "secret:prod/db-AbCdE?", "secret:prod/db", false},
		{"secret:-??????", "secret:x", false},
		{"secret:-AbCdEf", "secret:-AbCdEf", true},
	} {
		c := Call{
			Kind: AWS, Service: "Secrets Manager", Operation: "GetSecretValue", Access: Read, Resources: []string{mine + tt.resource},
			Region: "eu-west-1", Account: "111122223333", Self: "111122223333",
		}
		s := mustCompile(t, "mode: enforce\ndeny: [{aws: secretsmanager, resources: [\""+tt.rule+"\"]}]")
		got := s.Decide(&c)
		if denied := got.Effect == Deny; denied != tt.denied || got != naiveDecide(s, &c) {
			t.Errorf("%s: %s: %v", tt.rule, tt.resource, got)
		}
		// An allow rule allows what it writes and no more.
		s = mustCompile(t, "mode: enforce\nallow: [{aws: secretsmanager, resources: [\""+tt.rule+"\"]}]")
		if got := s.Decide(&c); got.Effect == Allow && !tt.denied || got != naiveDecide(s, &c) {
			t.Errorf("%s allows %s", tt.rule, tt.resource)
		}
	}
	// Of other services, what looks like one is none.
	c := Call{Kind: AWS, Service: "S3", Operation: "GetObject", Resources: []string{"arn:aws:s3:::secret:x-AbCdE1"}, Region: "eu-west-1"}
	if d := mustCompile(t, "mode: enforce\ndeny: [{aws: s3, resources: ['secret:x']}]").Decide(&c); d.Effect != Allow {
		t.Error(d)
	}
}
