package wrapper

import (
	"cmp"
	"errors"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// ErrBlocked is what errors.Is finds in the error of a blocked call, also
// through *url.Error.
var ErrBlocked = errors.New("lambdafence: blocked by policy")

// A BlockedError is the error of a blocked call.
type BlockedError struct {
	Call     policy.Call // without secrets, as in an Event
	Decision policy.Decision
	Policy   PolicyRef

	hint string // what would allow the call
}

// Error names the call, the rule or "no allow rule matched", the policy, and
// what would allow the call. Queries, headers and bodies are never in it.
func (e *BlockedError) Error() string {
	var b strings.Builder
	b.WriteString("lambdafence: blocked " + e.Call.String())
	if e.Call.HostHeader != "" {
		b.WriteString(" (Host: " + e.Call.HostHeader + ")")
	}
	if e.Call.Addr.IsValid() {
		b.WriteString(" at " + e.Call.Addr.String())
	}
	b.WriteString(": ")
	if e.Decision.Rule != "" {
		b.WriteString(e.Decision.Rule + ": ")
	}
	b.WriteString(e.Decision.Reason)
	switch c := &e.Call; {
	case c.Kind != policy.AWS:
	case c.Resources == nil:
		b.WriteString("; its resource is not known")
	case e.Decision.Rule != "":
	case c.Account == "":
		b.WriteString("; whose key signs it is not known")
	case c.Self == "":
		b.WriteString("; the function's own account is not known yet")
	case c.Account != c.Self:
		b.WriteString("; account " + c.Account + " signs it")
	}
	if by := cmp.Or(e.Call.Caller.Module, e.Call.Caller.Package); by != "" {
		b.WriteString("; called by " + by)
	}
	b.WriteString(" (policy " + e.Policy.Name)
	if e.Policy.Version != "" {
		b.WriteString(", version " + e.Policy.Version)
	}
	b.WriteString(")")
	switch {
	case e.hint == "":
	case e.Call.Kind == policy.AWS && e.Call.Resources == nil:
		b.WriteString("; this would allow it, for any resource: " + e.hint)
	default:
		b.WriteString("; this would allow it: " + e.hint)
	}
	return b.String()
}

// Is makes errors.Is find [ErrBlocked].
func (e *BlockedError) Is(target error) bool { return target == ErrBlocked }

// RetryableError tells the AWS SDK not to try again: the answer would be the same.
func (e *BlockedError) RetryableError() bool { return false }
