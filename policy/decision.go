package policy

import "fmt"

// A Decision is what a policy says of a call. The zero value denies.
type Decision struct {
	Effect Effect
	// Mode is what the deciding rule wants done about a violation; for an
	// allowed call it is the hardest mode of the layers.
	Mode Mode
	// Layer is the index of the layer that decided.
	Layer int
	// Rule is the id of the rule that decided, or its place: "deny[0]". It is
	// "local" for a local door, closed or opened, "own-policy" for the built-in
	// rule about the parameters that the policy comes from, and empty where no
	// rule matched.
	Rule string
	// Reason says why, in words.
	Reason string
}

// Effect is allow or deny. The zero value is [Deny].
type Effect uint8

// The effects of a decision.
const (
	Deny Effect = iota
	Allow
)

// String returns "deny" or "allow".
func (e Effect) String() string { return name(e, "deny", "allow") }

// Mode tells what becomes of a violation, from soft to hard.
type Mode uint8

// The modes of a policy, from soft to hard.
const (
	Unset   Mode = iota // nothing stated: a policy's default is Report
	Off                 // nothing is done
	Learn               // let through, record
	Report              // let through, report violations
	Enforce             // block violations
)

// String returns the word that a policy uses.
func (m Mode) String() string { return name(m, "unset", "off", "learn", "report", "enforce") }

// ParseMode reads one of the words off, learn, report and enforce.
func ParseMode(s string) (Mode, error) {
	for m := Off; m <= Enforce; m++ {
		if m.String() == s {
			return m, nil
		}
	}
	return Unset, fmt.Errorf("mode %q: want off, learn, report or enforce", s)
}

// soften returns the softer of m and limit. An unset limit changes nothing.
func (m Mode) soften(limit Mode) Mode {
	if limit == Unset {
		return m
	}
	return min(m, limit)
}
