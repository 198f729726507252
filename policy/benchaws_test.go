package policy

import (
	"fmt"
	"strings"
	"testing"
)

// benchAWS is a policy of n rules of all subjects, of which a third are about
// AWS: tables, queues and buckets of their own.
func benchAWS(tb testing.TB, n int) *Set {
	tb.Helper()
	var b strings.Builder
	b.WriteString("version: 1\nmode: enforce\nallow:\n")
	for i := range n {
		switch i % 9 {
		case 0:
			fmt.Fprintf(&b, "  - {aws: dynamodb, access: [read, write], resources: [table/orders-%05d]}\n", i)
		case 3:
			fmt.Fprintf(&b, "  - {aws: sqs, operations: [SendMessage, \"Receive*\"], resources: [jobs-%05d-*]}\n", i)
		case 6:
			fmt.Fprintf(&b, "  - {aws: s3, resources: [\"reports-%05d/in/*\"]}\n", i)
		case 1:
			fmt.Fprintf(&b, "  - {cidr: 10.%d.%d.0/24, ports: [5432]}\n", i/256%256, i%256)
		case 2:
			fmt.Fprintf(&b, "  - host: \"*.region%d.example.org\"\n", i)
		default:
			fmt.Fprintf(&b, "  - host: svc-%05d.internal.example.com\n    methods: [GET, POST]\n", i)
		}
	}
	b.WriteString("deny:\n  - {aws: s3, access: [write], resources: [\"payroll-*\"]}\n  - {aws: \"*\", access: [permissions]}\n")
	return mustCompileOn(tb, Platform{Parameters: []string{"/fence/orders"}}, b.String())
}

// BenchmarkDecideAWS decides calls of AWS by 10, 100 and 1,000 rules of mixed
// kinds. Rules for one service are asked one by one, in their order: the table is
// that of the first of them, and of the last.
func BenchmarkDecideAWS(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		s := benchAWS(b, n)
		for _, kind := range []struct {
			name, service, operation, host, resource string
			access                                   Access
			want                                     Effect
		}{
			{"first", "DynamoDB", "GetItem", "dynamodb.eu-west-1.amazonaws.com", "table/orders-00000", Read, Allow},
			{"last", "DynamoDB", "GetItem", "dynamodb.eu-west-1.amazonaws.com", fmt.Sprintf("table/orders-%05d", (n-1)/9*9), Read, Allow},
			{"denied", "DynamoDB", "GetItem", "dynamodb.eu-west-1.amazonaws.com", "table/users", Read, Deny},
			{"no-rule", "Kinesis", "PutRecord", "kinesis.eu-west-1.amazonaws.com", "stream/clicks", Write, Deny},
		} {
			c := awsCall(kind.service, kind.operation, kind.host, kind.resource, kind.access)
			b.Run(fmt.Sprintf("rules=%d/%s", n, kind.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					benchEffect = s.Decide(&c).Effect
				}
				if benchEffect != kind.want {
					b.Error(benchEffect)
				}
			})
		}
	}
}

// awsCall is a call of the SDK in eu-west-1 by the function's own account.
func awsCall(service, operation, host, resource string, access Access) Call {
	return Call{
		Kind: AWS, Service: service, Operation: operation, Access: access, Scheme: "https", Host: host, Port: 443, Method: "POST", Path: "/",
		Resources: []string{"arn:aws:" + strings.ToLower(service) + ":eu-west-1:111122223333:" + resource},
		Region:    "eu-west-1", Account: "111122223333", Self: "111122223333",
	}
}
