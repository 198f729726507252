// Package lambdahost is this project's own local host of the AWS Lambda Runtime API, version 2018-06-01.
// It is not AWS's, and it is no emulator of Lambda: it does what a bootstrap built with aws-lambda-go needs,
// so that internal/demo and the tests of wrapper run real bootstraps with Go alone.
//
//	host, err := lambdahost.Start(ctx, lambdahost.Config{Path: "./bootstrap", Stdout: os.Stdout})
//	...
//	defer host.Close()
//	result, err := host.Invoke(ctx, []byte(`{"order_id":"1001"}`))
//
// Imported by internal/demo, internal/bench and by tests, never by what a Lambda links.
//
// # Limits
//
// One process, no IAM, no memory limit, no retry of a failed init, no SnapStart and no external extensions. The request
// and response formats are those of https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
package lambdahost
