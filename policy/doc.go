// Package policy is the language of lambdafence: what a policy says, what an
// outbound call is, and the decision that the one makes of the other.
//
//	p, err := policy.Parse(doc)          // YAML or JSON; errors carry line and column
//	set, err := policy.Compile(p)        // one or more layers; immutable
//	call, err := policy.HTTPCall("GET", u, "")
//	d := set.Decide(&call)               // d.Effect, d.Mode, d.Rule, d.Reason
//
// The package is pure: it opens no socket and no file, reads no clock and no
// environment, and takes no context ([NetCall] alone may ask the system for the
// port of a service that is given by name). Whoever describes a call fills in what
// the policy needs to know, and [Platform] says where the function runs.
//
// # Limits
//
// The field from is read and checked, but [Compile] refuses it as "not supported
// yet". A service or an operation that AWS does not have is no error: it may have
// it tomorrow.
// A document is at most [MaxSize] bytes, a pattern at most 512, and its braces
// expand to at most 64 alternatives; matching is linear in what is matched.
package policy
