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
// It speaks SSM's protocol itself, with the SDK's signer: SSM's client and the
// SDK's config would cost a cold start more than the fetch. Region, credentials
// and endpoint come from the environment, as Lambda gives them. AWS_REGION, the
// keys or the endpoint of a container's credentials, AWS_ENDPOINT_URL_SSM and
// AWS_ENDPOINT_URL, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT,
// AWS_CA_BUNDLE and the proxy variables mean what they mean to the SDK. They are
// read at the first load. Files are not read: a program that has a profile, SSO
// or a role to assume gives what LoadDefaultConfig made of it to [WithConfig].
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
// A load ends with its context. What the credentials of [WithConfig] do to renew
// themselves may go on for longer; in Lambda they come from the environment and
// need no call.
package paramstore
