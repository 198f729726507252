// Package wrapper fences an AWS Lambda function in: every outbound call is
// matched against a policy, then let through, reported or blocked.
//
//	func main() {
//		wrapper.Start(handle) // instead of lambda.Start(handle)
//	}
//
// The policy comes from LAMBDAFENCE_POLICY or [WithPolicy], its mode says
// whether a violation is learned, reported or blocked. Each violation is a line
// on the log and an OpenTelemetry span; a blocked call returns an error for
// which errors.Is(err, wrapper.ErrBlocked) holds.
//
// [Start] guards http.DefaultTransport, and so every client that uses it. Other
// clients are guarded by [Fence.Transport], and drivers that dial for
// themselves by [Fence.DialContext] or [Fence.Check].
//
// A function that uses the AWS SDK makes the fence before its clients. Their
// calls are then judged by service, operation, resources, who signs them, and
// the host that they really go to:
//
//	import _ "github.com/lambdafence/lambdafence/policy/source/paramstore" // LAMBDAFENCE_POLICY: ssm:/fence/orders
//
//	func main() {
//		fence := wrapper.Must(wrapper.New(context.Background()))
//		cfg, err := config.LoadDefaultConfig(context.Background())
//		if err != nil {
//			log.Fatal(err)
//		}
//		fence.AWS(&cfg) // every client made from cfg
//		fence.Start(handler(dynamodb.NewFromConfig(cfg), s3.NewFromConfig(cfg)))
//	}
//
// # Environment
//
//   - LAMBDAFENCE_POLICY: the layers, such as "ssm:/fence/orders" (see source.Parse)
//   - LAMBDAFENCE_MODE: off, learn, report or enforce; softens, never hardens
//   - LAMBDAFENCE_REFRESH: how old a policy may grow; 60s if unset; 0 for ever
//   - LAMBDAFENCE_ON_LOAD_ERROR: block or report, what becomes of calls while no
//     policy could be loaded; block if unset, unless LAMBDAFENCE_MODE is softer
//
// A value that cannot be read is logged as the notice "setting ignored", and the
// default holds.
//
// # Limits
//
// The fence stops code that does not know of it from talking to places that it
// should not. It is no sandbox: raw system calls, cgo, child processes, and
// clients with sockets of their own are not seen. docs/threat-model.md lists
// what is stopped and what is not.
package wrapper
