package review

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// now is when the tests check.
var now = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// checked returns the findings as "line check", with "(info)" for those that are
// only worth knowing.
func checked(t *testing.T, doc string) []string {
	t.Helper()
	d, err := Read("p.yaml", []byte(doc))
	if err != nil {
		t.Fatalf("%s\n%v", doc, err)
	}
	var got []string
	for _, f := range d.Check(now) {
		if f.Message == "" || f.Fix == "" || f.Column == 0 {
			t.Errorf("%+v", f)
		}
		s := fmt.Sprintf("%d %s", f.Line, f.Check)
		if f.Info {
			s += " (info)"
		}
		got = append(got, s)
	}
	return got
}

// Each row is a rule of one list, on line 2, and the checks that find something in
// it. A row without any is what people write every day, and must be left in peace.
func TestChecks(t *testing.T) {
	for _, tt := range []struct {
		list, rule string
		want       string
	}{
		{"allow", `{host: api.example.com, methods: [GET]}`, ""},
		{"allow", `{host: "*.example.com"}`, ""},
		{"allow", `{host: "**.payments.example.co.uk"}`, ""},
		{"allow", `{host: "{api,www}.example.com"}`, ""},
		{"allow", `{host: "*.internal"}`, ""},
		{"allow", `{host: "**.corp.local"}`, ""},
		{"allow", `{host: "**"}`, "wide"},
		{"allow", `{host: "*.com"}`, "wide"},
		{"allow", `{host: "**.co.uk"}`, "wide"},
		{"allow", `{host: "api.*"}`, "wide"},
		{"allow", `{host: "acme-*.com"}`, "wide"},
		{"allow", `{host: "*.{example.com,net}"}`, "wide"},
		{"allow", `{host: "*.cloudfront.net"}`, "shared-host"},
		{"allow", `{host: "shop-*.herokuapp.com"}`, "shared-host"},
		{"allow", `{host: "*.s3.amazonaws.com"}`, "shared-host"},
		{"allow", `{host: "**.amazonaws.com"}`, "shared-host"},
		{"allow", `{host: "*.execute-api.eu-west-1.amazonaws.com"}`, "shared-host"},
		{"allow", `{host: "*.c9akciq32.eu-west-1.rds.amazonaws.com", ports: [5432]}`, ""},
		{"allow", `{host: "*.eu-west-1.rds.amazonaws.com", ports: [5432]}`, "shared-host"},
		{"allow", `{host: "*.r2.cloudflarestorage.com"}`, "shared-host"},
		{"allow", `{host: a1b2.execute-api.eu-west-1.amazonaws.com}`, ""},
		{"allow", `{host: reports.s3.eu-west-1.amazonaws.com}`, ""},
		{"allow", `{host: s3.eu-west-1.amazonaws.com}`, "shared-host"},
		{"allow", `{host: dynamodb.eu-west-1.amazonaws.com}`, "shared-host"},
		{"deny", `{host: "**"}`, ""},
		{"deny", `{host: "**.zip"}`, ""},
		{"deny", `{host: shop-1.herokuapp.com}`, ""},
		{"deny", `{host: 192.0.2.1}`, ""},

		{"allow", `{cidr: 10.0.0.0/8, ports: [5432]}`, ""},
		{"allow", `{cidr: 192.0.2.0/24}`, ""},
		{"allow", `{cidr: 169.254.0.0/16}`, ""},
		{"allow", `{cidr: "fd00::/8"}`, ""},
		{"allow", `{cidr: 0.0.0.0/0}`, "wide"},
		{"allow", `{cidr: "::/0"}`, "wide"},
		{"allow", `{cidr: [0.0.0.0/1, 128.0.0.0/1]}`, "wide, wide"},
		{"allow", `{cidr: 127.0.0.0/8, ports: [6379]}`, ""},
		{"deny", `{cidr: 0.0.0.0/0}`, ""},

		{"allow", `{aws: dynamodb, resources: [table/orders-*]}`, ""},
		{"allow", `{aws: dynamodb, access: [read, list]}`, ""},
		{"allow", `{aws: dynamodb, operations: [PutItem]}`, ""},
		{"allow", `{aws: xray, access: [write], operations: [PutTraceSegments]}`, ""},
		{"allow", `{aws: dynamodb}`, "wide"},
		{"allow", `{aws: [sqs, sns], access: [write]}`, "wide, wide"},
		{"allow", `{aws: "*", access: [read]}`, "wide"},
		{"allow", `{aws: "*", resources: ["arn:aws:*:*:111122223333:*"]}`, ""},
		{"deny", `{aws: "*", access: [permissions]}`, ""},
		{"deny", `{aws: dynamodb}`, ""},

		{"allow", `{aws: sts, operations: [AssumeRoleWithWebIdentity], accounts: ["*"]}`, ""},
		{"allow", `{aws: s3, operations: [HeadBucket], resources: [reports], accounts: ["*"]}`, ""},
		{"allow", `{aws: s3, resources: [reports], accounts: ["*"]}`, ""},
		{"allow", `{aws: sqs, resources: ["arn:aws:sqs:*:444455556666:jobs"], accounts: ["*"]}`, ""},
		{"allow", `{aws: sqs, resources: [jobs], accounts: ["*"]}`, "accounts"},
		{"allow", `{aws: s3, access: [write], resources: ["reports-*"], accounts: ["*"]}`, "bucket, accounts"},

		{"deny", `{aws: sqs, accounts: ["*"]}`, ""},
		{"deny", `{host: [pastebin.com, "**.pastebin.com"]}`, ""},
		{"deny", `{host: "**.pastebin.com"}`, "apex"},
		{"deny", `{host: "*.pastebin.com"}`, "apex"},
		{"deny", `{host: pastebin.com}`, "subdomains (info)"},
		{"deny", `{host: WWW.Pastebin.com}`, "apex (info)"},
		{"deny", `{host: collector.metrics.example.com}`, ""},
		{"allow", `{host: "**.pastebin.com"}`, ""},

		{"deny", `{host: dynamodb.eu-west-1.amazonaws.com}`, "aws-host"},
		{"deny", `{host: evil-drop.s3.amazonaws.com}`, "aws-host"},
		{"deny", `{host: "**.s3.eu-west-1.amazonaws.com"}`, "aws-host"},
		{"deny", `{host: a1b2.execute-api.eu-west-1.amazonaws.com}`, ""},

		{"allow", `{aws: Secrets Manager, operations: [GetSecretValue]}`, ""},
		{"allow", `{aws: dynamdb, operations: [GetItem]}`, "service"},
		{"allow", `{aws: mystore, endpoint: store.example.com, operations: [Get]}`, "endpoint (info)"},
		{"deny", `{aws: tomorrow}`, "service"},

		{"allow", `{aws: s3, operations: [GetObject, "List*"], resources: [reports]}`, ""},
		{"allow", `{aws: s3, operations: [ListBucket], resources: [reports]}`, "operation"},
		{"allow", `{aws: dynamodb, operations: ["Batch*", GetItems], resources: [table/orders]}`, "operation"},
		{"allow", `{aws: dynamodb, operations: ["Fetch*"], resources: [table/orders]}`, "operation"},
		{"deny", `{aws: sqs, operations: [DeleteQueues]}`, "operation"},
		{"deny", `{host: a.example, methods: [PUT, post]}`, "method"},
		{"allow", `{host: a.example, methods: [Get]}`, "method"},
		{"allow", `{host: a.example, methods: [GET, purge]}`, ""},
		{"deny", `{aws: "*", operations: ["Delete*"]}`, ""},

		{"allow", `{aws: sqs, access: [list, read], resources: [jobs]}`, ""},
		{"allow", `{aws: sqs, access: [list], resources: [jobs]}`, "access"},
		{"allow", `{aws: s3, operations: [PutObject], access: [write, permissions], resources: [reports]}`, ""},
		{"allow", `{aws: s3, operations: [GetObject], access: [write], resources: [reports]}`, "access, access"},
		{"allow", `{aws: dynamodb, operations: [GetItem, PutItem], access: [read], resources: [table/orders]}`, "access"},
		{"deny", `{aws: s3, operations: [CopyObject], access: [read]}`, ""},
		{"allow", `{aws: dynamodb, operations: [ExecuteStatement], access: [read], resources: [table/orders]}`, ""},

		{"allow", `{aws: s3, resources: [reports, "shared/in/*"]}`, ""},
		{"allow", `{aws: s3, operations: [ListBuckets]}`, ""},
		{"allow", `{aws: s3, operations: [PutObject]}`, "bucket"},
		{"allow", `{aws: s3, access: [read], resources: ["*"]}`, "bucket"},
		{"allow", `{aws: s3, resources: ["payroll-*"]}`, "bucket"},
		{"allow", `{aws: s3, resources: ["{a,b-*}/in"]}`, "bucket"},
		{"allow", `{aws: s3, resources: ["arn:aws:s3:::payroll-?/*"]}`, "bucket"},
		{"allow", `{aws: s3, resources: ["arn:aws:s3:eu-west-1:111122223333:accesspoint/in-*"]}`, ""},
		{"allow", `{aws: athena, resources: [workgroup/primary, "arn:aws:s3:::results-*"]}`, "bucket"},
		{"deny", `{aws: s3, resources: ["payroll-*"]}`, ""},

		{"allow", `{aws: secretsmanager, resources: ["secret:orders/db{,-??????}"]}`, ""},
		{"allow", `{aws: secretsmanager, resources: [secret:orders/db, "secret:orders/db-??????"]}`, ""},
		{"allow", `{aws: secretsmanager, resources: ["secret:orders/*"]}`, ""},
		{"allow", `{aws: secretsmanager, resources: ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1B2c3"]}`, ""},
		{"allow", `{aws: secretsmanager, resources: [secret:orders/db]}`, "secret (info)"},
		{"allow", `{aws: secretsmanager, resources: ["secret:orders/db-??????"]}`, "secret (info)"},
		{"deny", `{aws: secretsmanager, resources: [secret:orders/db]}`, ""},

		{"allow", `{aws: dynamodb, resources: [orders]}`, "resource"},
		{"allow", `{aws: dynamodb, resources: [tables/orders]}`, "resource"},
		{"allow", `{aws: dynamodb, resources: ["*orders"]}`, ""},
		{"allow", `{aws: dynamodb, resources: ["orders*"]}`, "resource"},
		{"allow", `{aws: ssm, resources: [/orders/db]}`, "resource"},
		{"allow", `{aws: ssm, resources: [parameter//orders/db]}`, "resource"},
		{"allow", `{aws: ssm, resources: [parameter/orders/db]}`, ""},
		{"allow", `{aws: lambda, resources: [function/resize]}`, "resource"},
		{"allow", `{aws: states, resources: [statemachine:checkout]}`, "resource"},
		{"allow", `{aws: kms, resources: [alias/orders, key/1234abcd]}`, ""},
		{"allow", `{aws: sqs, resources: [jobs]}`, ""},
		{"allow", `{aws: glue, resources: [catalog, database/sales, table/sales/orders]}`, ""},
		{"deny", `{aws: dynamodb, resources: [payroll]}`, "resource"},

		{"allow", `{aws: sts, resources: ["arn:aws:iam::111122223333:role/deploy"]}`, ""},
		{"allow", `{aws: rds-data, resources: ["arn:aws:rds:*:111122223333:cluster:orders"]}`, ""},
		{"allow", `{aws: sqs, resources: ["arn:aws:sns:*:111122223333:alerts"]}`, "resource"},
		{"allow", `{aws: s3, resources: ["arn:aws:s3:eu-west-1:111122223333:reports/*"]}`, "resource"},
		{"allow", `{aws: s3, resources: ["arn:aws:s3:*:*:reports/*"]}`, ""},

		{"allow", `{aws: sqs, resources: [jobs], regions: [eu-west-1, "eu-*", eu-west-9, eusc-de-east-1]}`, ""},
		{"allow", `{aws: sqs, resources: [jobs], regions: [eu-wst-1]}`, "region"},
		{"allow", `{aws: sqs, resources: [jobs], regions: ["europe-*"]}`, "region"},
		{"deny", `{aws: sqs, regions: [us-east1]}`, "region"},

		{"allow", `{aws: sqs, resources: [jobs], endpoint: "localhost:4566"}`, "endpoint (info)"},
		{"allow", `{aws: s3, resources: [reports], endpoint: "*.herokuapp.com"}`, "endpoint"},
		{"allow", `{host: a.example.com, until: 2027-06-30}`, ""},
		{"allow", `{host: a.example.com, until: 2026-12-01}`, "until (info)"},
		{"allow", `{host: a.example.com, until: 2026-11-30}`, "until"},
		{"deny", `{host: a.b.example.com, until: "2026-11-30"}`, "until"},
	} {
		t.Run(tt.list+" "+tt.rule, func(t *testing.T) {
			var want []string
			for name := range strings.SplitSeq(tt.want, ", ") {
				if name != "" {
					want = append(want, "2 "+name)
				}
			}
			if diff := cmp.Diff(want, checked(t, tt.list+":\n- "+tt.rule+"\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Fixes say what to write, where that can be known.
func TestFixes(t *testing.T) {
	for rule, want := range map[string]string{
		`{aws: dynamdb, operations: [GetItem]}`:                                              "did you mean dynamodb?",
		`{aws: s3, operations: [ListBucket], resources: [a]}`:                                "did you mean ListObjectsV2?",
		`{aws: lambda, operations: [InvokeFunction], resources: [function:a]}`:               "did you mean Invoke?",
		`{aws: sqs, operations: [SendMessages], resources: [a]}`:                             "did you mean SendMessage?",
		`{aws: dynamodb, resources: [orders]}`:                                               `resources: ["table/orders"]`,
		`{aws: ssm, resources: [/orders/db]}`:                                                `resources: ["parameter/orders/db"]`,
		`{aws: ssm, resources: [parameter//orders/db]}`:                                      `resources: ["parameter/orders/db"]`,
		`{aws: lambda, resources: [function/resize]}`:                                        `resources: ["function:resize"]`,
		`{aws: secretsmanager, resources: [secret:db]}`:                                      `resources: ["secret:db{,-??????}"]`,
		`{aws: sqs, resources: [jobs], regions: [eu-wst-1]}`:                                 "did you mean eu-west-1?",
		`{aws: s3, resources: ["arn:aws:s3:eu-west-1:111122223333:reports/*"]}`:              "arn:aws:s3:::reports/*",
		`{aws: dynamodb, operations: [GetItem], access: [write], resources: [table/orders]}`: "add read to access, or leave access out",
	} {
		d, err := Read("p.yaml", []byte("allow:\n- "+rule))
		if err != nil {
			t.Fatal(err)
		}
		if fs := d.Check(now); len(fs) == 0 || fs[0].Fix != want {
			t.Errorf("%s\n%+v, want %s", rule, fs, want)
		}
	}
}

// What is right or wrong only beside the rest of the document.
func TestCheckDocument(t *testing.T) {
	for name, tt := range map[string]struct {
		doc  string
		want []string
	}{
		"the apex in another rule":      {"deny:\n- host: '**.bad.com'\n- host: bad.com\n", nil},
		"an aws rule beside the host":   {"deny:\n- host: kms.eu-west-1.amazonaws.com\n- aws: kms\n", nil},
		"doors":                         {"local: [otlp, xray, parameters-extension, credentials]\nallow: []\n", []string{"1 door", "1 door"}},
		"only reports":                  {"mode: report\nallow: []\n", nil},
		"learns":                        {"mode: learn\n", nil},
		"in the order of the document":  {"local: [credentials]\ndeny:\n- aws: nosuch\nallow:\n- host: '**'\n", []string{"1 door", "3 service", "5 wide"}},
		"packed":                        {"allow:\n- host: a.example.com\n#" + strings.Repeat(" a comment", 500), []string{"1 size (info)"}},
		"split":                         {"allow:\n- host: a.example.com\n#" + noise(8_000), []string{"1 size"}},
		"too large for standard":        {"allow:\n- host: a.example.com\n#" + noise(180_000), []string{"1 size"}},
		"too large for Parameter Store": {"allow:\n- host: a.example.com\n#" + noise(900_000), []string{"1 size"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, checked(t, tt.doc)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// noise is text that gzip makes little of.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"[r.IntN(64)]
	}
	return string(b)
}
