// Package learn makes of what fences have seen the smallest policy that is worth a
// review.
//
// Imported by cmd/lambdafence.
package learn
