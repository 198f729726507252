// Package braces takes the patterns of the policy language apart, as far as they
// are text: braces, and ** within a segment.
//
// Imported by package policy, which matches them, and by internal/review, which
// compares them.
package braces
