// Package paramstore loads a policy from AWS SSM Parameter Store, and pushes
// one there. It is imported by a Lambda whose policy lives there, and by the
// command-line tool.
//
//	var fence = wrapper.Must(wrapper.New(context.Background(),
//		wrapper.WithPolicy(paramstore.New("/fence/orders:live"))))
//
// Importing it is enough for "ssm:/fence/orders:live" in LAMBDAFENCE_POLICY:
//
//	import _ "github.com/lambdafence/lambdafence/policy/source/paramstore"
//
// It is the only package of the library that links an AWS service client, about
// 4 MiB. Where that is too much, source.Extension asks the Parameters and
// Secrets extension instead.
//
// # Permissions
//
// Loading needs ssm:GetParameter on parameter/fence/orders, for a split policy
// ssm:GetParameters on parameter/fence/orders/*, and for a SecureString
// kms:Decrypt on its key. Pushing needs ssm:GetParameterHistory,
// ssm:PutParameter and, for labels, ssm:LabelParameterVersion, the second on
// the parts too. Reading the history needs ssm:GetParameterHistory, and its
// documents what loading needs. A role that loads should have none of those that push: then it
// does not matter whether the fence's own deny of them can be got around.
//
// # Limits
//
// The client is private: it shares neither HTTP client nor options with the
// function, so what guards the function's calls does not judge the fence's own,
// and what a library puts into http.DefaultTransport does not see them. Code in
// the same process can still read the credentials from the environment.
//
// A load ends with its context. What the SDK does to renew credentials may go
// on for longer; in Lambda they come from the environment and need no call.
package paramstore
