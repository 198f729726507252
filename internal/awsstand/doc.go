// Package awsstand is this project's own in-process stand-in for a few AWS services. It is not AWS's, it holds no code of
// an emulator, and it was written from AWS's public API reference: it answers what the SDK for Go v2 asks in the tests,
// the demo and the figures of this project, so that these run with Go alone.
//
//	stand := awsstand.New(awsstand.Config{RequestsPerSecond: 40})
//	stand.PutParameter("/fence/orders", policy, awsstand.WithLabel("live"))
//	server := httptest.NewServer(stand)
//	defer server.Close()
//	client := ssm.New(ssm.Options{Region: stand.Region(), BaseEndpoint: &server.URL, Credentials: ...})
//
// A Stand is one http.Handler. The Host header says which service is meant (ssm.eu-west-1.amazonaws.com,
// <bucket>.s3.eu-west-1.amazonaws.com, <account>.ddb.eu-west-1.amazonaws.com); where it is no host of AWS, such as
// 127.0.0.1, the service in the signature's credential scope does.
//
// Imported by internal/demo, internal/burst, internal/bench, internal/integration/soak and by tests, never by what a Lambda links.
//
// # What it covers
//
//   - SSM Parameter Store: put, get, by path, describe, history, label, unlabel and delete, with versions, labels, tiers
//     and their sizes, paging, and throttling of the reads.
//   - DynamoDB: CreateTable, PutItem, GetItem, UpdateItem (SET and REMOVE), DeleteItem, Query by key, and the conditions
//     attribute_exists and attribute_not_exists.
//   - S3: PutObject (aws-chunked with a trailing checksum too), GetObject, HeadObject, DeleteObject, ListObjectsV2,
//     CreateBucket and HeadBucket.
//   - SQS: CreateQueue, GetQueueUrl, SendMessage, ReceiveMessage and DeleteMessage.
//   - CloudWatch Logs: FilterLogEvents by the value of a key, and queries of Insights: filter, parse, fields, stats, sort and
//     limit, as far as this project asks.
//   - Secrets Manager: CreateSecret, GetSecretValue and PutSecretValue. STS: GetCallerIdentity.
//
// # Limits
//
// Signatures are not verified: the access key id is read from the Authorization header and believed. There is no IAM, no
// KMS (a SecureString is only hidden from who does not ask for it in the clear), no eventual consistency, and one region
// and one account. Tags, parameter policies, data types and allowed patterns of SSM are taken and ignored. What the stand
// does not know, an operation or a member of one, it refuses; it never ignores it. State is in memory and bounded.
// Where the reference leaves the text of an error open, the text is this project's own.
package awsstand
