// Package functions is a directory of functions, each a bootstrap that does
// nothing when it is invoked. The command bench starts and weighs them.
package functions
