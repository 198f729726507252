//go:build !race

package wrapper_test

const manyViolations = 1_000_000
