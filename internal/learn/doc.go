// Package learn makes of what fences have seen the smallest policy that is worth a
// review.
//
//	event ─► subject and path ─► tree ─► fields ─► gather ─► rules ─► policy
//	         learn.go names.go  tree.go fields.go gather.go rules.go write.go
//	                           slot.go  grade.go  date.go            into.go
//
// Events of one service, signer and endpoint, or of one scheme and port, fill one tree:
// of the labels of hosts and the segments of paths, or of the names in ARNs. A node of
// it is all names of one shape, with what varies in them taken out. When the tree is
// full, names of which many were seen where the same was done are made one, and what
// varies is left open as far as its evidence goes; what is left is a few places where
// the same is done, and a rule for each.
//
// Memory is bounded, and what is made of the events does not hang on their order.
//
// Imported by cmd/lambdafence, and by internal/iam for what it leaves open.
package learn
