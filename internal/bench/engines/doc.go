// Package engines asks different engines the same question: may this call be
// made, by an allow list of so many rules? The command bench times them.
//
// Each gets the form of the rules and of the call that suits it best, ready
// made: what is timed is the decision alone. They are no full peers: none of them
// canonicalises hosts, knows local doors, or judges an AWS call by its host.
package engines
