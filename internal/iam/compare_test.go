package iam

import (
	"net/url"
	"strings"
	"testing"
)

// statementsOf is a policy of statements.
func statementsOf(all ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(all, ",") + `]}`
}

func TestCompare(t *testing.T) {
	uses := collect(
		event("DynamoDB", "PutItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"),
		event("S3", "GetObject", "arn:aws:s3:::in/k"),
		event("Secrets Manager", "GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s"),
		event("CloudWatch Logs", "FilterLogEvents", "arn:aws:logs:eu-west-1:111122223333:log-group:/g"),
	).Uses()
	const (
		put     = `{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}`
		get     = `{"Sid":"In","Effect":"Allow","Action":["S3:getobject"],"Resource":["arn:aws:s3:::in/k"]}`
		secret  = `{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-??????"}`
		group   = `{"Effect":"Allow","Action":"logs:FilterLogEvents","Resource":"arn:aws:logs:eu-west-1:111122223333:log-group:/g:*"}`
		anyList = `{"Effect":"Allow","Action":"s3:List*","Resource":"*"}`
	)
	for _, c := range []struct {
		name                       string
		statements                 []string
		unused, missing, uncertain string // words of each, in order, by |
	}{
		{"the same", []string{put, get, secret, group}, "", "", ""},
		{"one is missing", []string{put, secret, group}, "", "s3:GetObject arn:aws:s3:::in/k no statement allows it", ""},
		{"one is never used", []string{put, get, secret, group, anyList}, "statement 5 s3:List* never used", "", ""},
		{"any action", []string{put, `{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::in/k"}`, secret, group}, "s3:Get* wider than what was used", "", ""},
		{"any object", []string{put, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::in/*"}`, secret, group}, "arn:aws:s3:::in/* wider than what was used", "", ""},
		{"another object", []string{put, `{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::in/k","arn:aws:s3:::out/*"]}`, secret, group}, "arn:aws:s3:::out/* never used", "", ""},
		{"a condition", []string{put, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::in/k","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`, secret, group}, "", "", "under a condition, by statement 2: Bool aws:SecureTransport"},
		{"denied", []string{put, get, secret, group, `{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"}`}, "", "statement 5 (No) s3:GetObject arn:aws:s3:::in/k denied", ""},
		{"denied under a condition", []string{put, get, secret, group, `{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`}, "", "", "denied under a condition"},
		{"all but one action", []string{`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`}, "every action but these|* wider than what was used", "", ""},
		{"all but one resource", []string{put, `{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::payroll/*"}`, secret, group}, "every resource but these", "", ""},
		{"all but what was used", []string{put, `{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::in/*"}`, secret, group}, "never used|every resource but these", "s3:GetObject arn:aws:s3:::in/k no statement allows it", ""},
		{"a variable", []string{put, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::in/${aws:userid}"}`, secret, group}, "", "", "in part, by statement 2"},
		{"a secret by its ARN", []string{put, get, `{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf"}`, group}, "", "", "in part, by statement 3"},
		{"everything", []string{`{"Effect":"Allow","Action":"*","Resource":"*"}`}, "* wider than what was used|* wider than what was used", "", ""},
	} {
		e, err := ReadExisting([]byte(statementsOf(c.statements...)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := e.Compare(uses)
		holds(t, c.name+": unused", got.Unused, c.unused)
		holds(t, c.name+": missing", got.Missing, c.missing)
		holds(t, c.name+": uncertain", got.Uncertain, c.uncertain)
		if got.Different() != (c.unused+c.missing != "") {
			t.Errorf("%s: different is %v", c.name, got.Different())
		}
	}
}

// holds reports whether each difference has its words.
func holds(t *testing.T, name string, all []Difference, want string) {
	t.Helper()
	var wants []string
	if want != "" {
		wants = strings.Split(want, "|")
	}
	if len(all) != len(wants) {
		t.Errorf("%s: %+v, want %q", name, all, wants)
		return
	}
	for i, d := range all {
		text := strings.Join(append(append([]string{d.Statement}, d.Actions...), append(d.Resources, d.Why)...), " ")
		for _, word := range strings.Fields(wants[i]) {
			if !strings.Contains(text, word) {
				t.Errorf("%s: %q, want %q", name, text, wants[i])
			}
		}
	}
}

// TestReadExisting: a policy in all that comes around one.
func TestReadExisting(t *testing.T) {
	doc := statementsOf(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`)
	packed := `"` + url.QueryEscape(doc) + `"`
	for name, text := range map[string]string{
		"a document":         doc,
		"one statement":      `{"Statement":{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]}}`,
		"get-policy-version": `{"PolicyVersion":{"VersionId":"v1","Document":` + doc + `}}`,
		"URL-encoded":        `{"PolicyVersion":{"Document":` + packed + `}}`,
		"get-role-policy":    `{"RoleName":"r","PolicyName":"p","PolicyDocument":` + doc + `}`,
		"its document":       packed,
		"several":            `[` + doc + `]`,
	} {
		e, err := ReadExisting([]byte(text))
		if err != nil || len(e.Statements) != 1 || e.Statements[0].Action[0] != "s3:GetObject" {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	for name, text := range map[string]string{
		"nothing":               ``,
		"no JSON":               `Version: 2012`,
		"no statement":          `{"Version":"2012-10-17"}`,
		"no statements":         `{"Statement":[]}`,
		"a list of nothing":     `[]`,
		"no effect":             statementsOf(`{"Action":"s3:GetObject","Resource":"*"}`),
		"another effect":        statementsOf(`{"Effect":"allow","Action":"s3:GetObject","Resource":"*"}`),
		"no action":             statementsOf(`{"Effect":"Allow","Resource":"*"}`),
		"both actions":          statementsOf(`{"Effect":"Allow","Action":"a:b","NotAction":"a:c","Resource":"*"}`),
		"no resource":           statementsOf(`{"Effect":"Allow","Action":"a:b"}`),
		"a principal":           statementsOf(`{"Effect":"Allow","Principal":"*","Action":"a:b","Resource":"*"}`),
		"a number":              statementsOf(`{"Effect":"Allow","Action":1,"Resource":"*"}`),
		"a long pattern":        statementsOf(`{"Effect":"Allow","Action":"a:b","Resource":"` + strings.Repeat("*", maxPattern+1) + `"}`),
		"too many":              statementsOf(strings.Repeat(`{"Effect":"Allow","Action":"a:b","Resource":"*"},`, maxStatements) + `{"Effect":"Allow","Action":"a:b","Resource":"*"}`),
		"too long":              strings.Repeat(" ", maxDocument+1),
		"documents in a row":    `[[[[[[]]]]]]`,
		"an encoding that ends": `"%7"`,
	} {
		if e, err := ReadExisting([]byte(text)); err == nil {
			t.Errorf("%s: no error, but %d statements", name, len(e.Statements))
		}
	}
}
