// Package paramdoc knows the forms in which a policy lies in Parameter Store,
// and what parameters are called. It is imported by policy/source (for the
// Parameters and Secrets extension), policy/source/paramstore and
// cmd/lambdafence.
//
// A policy is stored in one of three forms:
//
//   - plain: the YAML or JSON itself;
//   - packed: "lambdafence:gzip:1 " and the base64 of its gzip;
//   - split: "lambdafence:split:1 " and a manifest in JSON. The base64 of the
//     gzip lies in pieces in other parameters, the parts, and the manifest says
//     for each which version of it and what SHA-256, and the same of the whole.
//
// No policy begins with "lambdafence:", so the forms cannot be taken for each
// other, and a reader that does not know a form cannot take it for a policy.
//
// # Parts
//
// The parts of /fence/orders are /fence/orders/lambdafence-part-1 and so on;
// those of the flat name orders are /orders/lambdafence-part-1, because a name
// with a slash must begin with one. An ARN drops a leading slash, so in both
// cases the parts lie beneath the ARN of the parameter: the IAM resource
// parameter/fence/orders* covers all of it, and so does the pattern
// parameter/fence/orders in a policy, where a pattern covers what is beneath.
//
// A manifest does not name its parts: the reader derives the names. Whoever may
// write one parameter cannot make a fence read another. The versions are pinned,
// so writing new parts does not disturb those who read an older manifest.
//
// # Limits
//
// The hashes protect against half a push and against mistakes. They do not
// protect against someone who may write the manifest.
package paramdoc

import "github.com/lambdafence/lambdafence/policy"

// A Form is how a policy is stored.
type Form uint8

// The forms.
const (
	Plain Form = iota
	Packed
	Split
)

func (f Form) String() string {
	switch f {
	case Plain:
		return "plain"
	case Packed:
		return "packed"
	}
	return "split"
}

// The sizes that Parameter Store takes, by tier.
const (
	Standard = 4096
	Advanced = 8192
)

const (
	marker       = "lambdafence:"
	packedMarker = marker + "gzip:1 "
	splitMarker  = marker + "split:1 "

	maxSize  = policy.MaxSize
	maxParts = 80 // a manifest of 80 parts still fits into an advanced parameter
)
