// Package thundra makes policies of the configurations that Thundra's agents took for
// their security feature: lists of span classes with tags, of which the first blocks
// and the second allows.
//
// What a policy cannot say is never dropped in silence: it stands in the policy as a
// comment, and in [Policy.Notes].
//
// Imported by cmd/lambdafence.
package thundra
