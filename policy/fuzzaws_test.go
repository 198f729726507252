package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// FuzzSuggestAWS: a policy that follows a suggestion allows the call of AWS.
func FuzzSuggestAWS(f *testing.F) {
	f.Add("DynamoDB", "GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "", "111122223333", "")
	f.Add("S3", "Put*", "arn:aws:s3:::b/[^k]{a,b}\\", "http://localhost:4566", "", "444455556666")
	f.Add("null", "No", "arn:::::*", "ftp://a.example", "1", "")
	f.Add("Newest", "", "arn:aws:s3:::arn:\x00\u00ad", "https://S3.eu-west-1.amazonaws.com.:8443/b", "444455556666", "444455556666")
	f.Fuzz(func(t *testing.T, service, operation, resource, at, account, self string) {
		c := Call{Kind: AWS, Service: service, Operation: operation, Region: "eu-west-1", Account: account, Self: self}
		if scheme, rest, ok := strings.Cut(at, "://"); ok {
			host, path, _ := strings.Cut(rest, "/")
			host, port, err := splitEndpoint(host)
			if err != nil {
				return
			}
			c.Scheme, c.Host, c.Port, c.Path = scheme, host, port, "/"+path
		}
		if resource != "" {
			c.Resources = strings.Split(resource, "\n")
		}
		s := mustCompile(t, "mode: enforce\nallow: []")
		suggestion := s.Suggest(&c, s.Decide(&c))
		if suggestion == "" {
			return
		}
		if d := mustCompile(t, "mode: enforce\n"+suggestion).Decide(&c); d.Effect == Deny {
			t.Errorf("%+v: %v though %s", c, d, suggestion)
		}
	})
}

// FuzzResource: what a pattern allows it also denies, an ARN without wildcards
// matches itself and no account but its own, and no pattern is slow.
func FuzzResource(f *testing.F) {
	for _, pattern := range []string{"a", "a/*", "*", "**", "arn:*:s3:*:*:*", "arn:aws:sqs:eu-west-1:1*:jobs", `a\*`, "[!a]?{b,c}:", strings.Repeat("*a", 200) + "[bc]"} {
		f.Add(pattern, "arn:aws:sqs:eu-west-1:111122223333:"+strings.Repeat("a", 100))
		f.Add(pattern, "arn:aws:s3:::a/b:c")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		ps, err := compileARN(pattern)
		a, ok := parseARN(text)
		if err != nil || !ok || len(text) > 4096 {
			return
		}
		began := time.Now()
		for _, p := range ps {
			if p.allows(&a, signed(a.parts[arnService], "111122223333")) && !p.denies(&a) {
				t.Errorf("%q allows %q and does not deny it", pattern, text)
			}
		}
		if d := time.Since(began); d > time.Second {
			t.Errorf("%q against %q: %v", pattern, text, d)
		}
		own, err := compileARN(quoteMeta(text))
		if err != nil {
			return
		}
		if !own[0].allows(&a, signed("", "")) || !own[0].denies(&a) {
			t.Errorf("%q does not match itself", text)
		}
		other := a
		if other.parts[arnAccount] += "0"; own[0].allows(&other, signed("", "")) || own[0].denies(&other) {
			t.Errorf("%q matches another account", text)
		}
	})
}

// TestResourcesAreLinear compares patterns that are slow for a matcher which
// tries every combination, with a resource as long as any.
func TestResourcesAreLinear(t *testing.T) {
	long := "arn:aws:s3:::" + strings.Repeat("a", 2048)
	for _, pattern := range []string{
		strings.Repeat("*a", 250) + "[bc]", strings.Repeat("a*", 250) + "/", "arn:*:*:*:*:" + strings.Repeat("*a", 240) + "b", "{a*,*a}{a*,*a}{a*,*a}{a*,*a}{a*,*a}{a*,*a}b",
	} {
		ps, err := compileARN(pattern)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := parseARN(long)
		began := time.Now()
		for _, p := range ps {
			if p.allows(&a, signed("s3", "")) || p.denies(&a) {
				t.Errorf("%q matches", pattern)
			}
		}
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("%q: %v", pattern, d)
		}
	}
}

// signed is the claim of a call to a service that an account signs.
func signed(service, account string) *claim {
	return &claim{service: awshost.Service{IAM: awshost.Normal(service)}, account: account}
}
