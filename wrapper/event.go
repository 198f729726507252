package wrapper

import (
	"strconv"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// An Event is a call, what the policy says of it and what became of it. It
// holds no secret: no query, header or body, and credentials in paths are
// masked.
type Event struct {
	Time     time.Time
	Outcome  Outcome
	Call     policy.Call
	Decision policy.Decision
	Policy   PolicyRef
	Function FunctionRef
	// TraceID and SpanID are those of the event's span, in hex; empty if it has
	// none that is recorded.
	TraceID, SpanID string
	// Suggestion is, for a call that no rule allows, what would: a rule for the
	// allow list, or a local door, in one line of YAML. Empty where there is none.
	Suggestion string
	// Count is how many equal calls the event stands for, 1 or more.
	Count int
}

// Outcome is what became of a call.
type Outcome uint8

// The outcomes of a call.
const (
	Allowed  Outcome = iota // let through
	Reported                // a violation, let through
	Blocked                 // a violation, stopped: an error was returned
)

// String returns "allowed", "reported" or "blocked".
func (o Outcome) String() string {
	switch o {
	case Allowed:
		return "allowed"
	case Reported:
		return "reported"
	case Blocked:
		return "blocked"
	}
	return "invalid(" + strconv.Itoa(int(o)) + ")"
}

// outcomeOf is what a decision comes to.
func outcomeOf(d *policy.Decision) Outcome {
	switch {
	case d.Effect == policy.Allow:
		return Allowed
	case d.Mode == policy.Enforce:
		return Blocked
	case d.Mode == policy.Report:
		return Reported
	}
	return Allowed // off and learn let a violation through
}

// A PolicyRef names the policy that decided.
type PolicyRef struct {
	Name    string // as the document states it, or what its source calls it
	Version string // as the source knows it
	Source  string // such as "file:policy.yaml"
}

// A FunctionRef names the function and the invocation that made a call.
// RequestID is empty where the call's context is not the invocation's.
type FunctionRef struct{ Name, Version, RequestID string }
