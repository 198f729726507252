//go:build race

package wrapper_test

const manyViolations = 100_000 // the race detector makes each ten times as slow
