// Package review reads policies as a reviewer does, with their text at hand: what
// is wrong or unwise in one, what differs between two, and how near a rule came to a
// call.
//
// Its importer is cmd/lambdafence. It is never linked into a Lambda.
package review
