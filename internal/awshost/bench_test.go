package awshost

import "testing"

var (
	benchHost    Host
	benchService Service
)

func BenchmarkParse(b *testing.B) {
	for _, host := range []string{"api.stripe.com", "api.internal.example", "dynamodb.eu-west-1.amazonaws.com", "my.bucket.s3.eu-west-1.amazonaws.com", "orders.cluster-c1.eu-west-1.rds.amazonaws.com"} {
		b.Run(host, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				benchHost, _ = Parse(host)
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	for _, name := range []string{"DynamoDB", "Secrets Manager", "states", "Tomorrow"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				benchService, _ = Find(name)
			}
		})
	}
}
