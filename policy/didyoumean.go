package policy

import (
	"fmt"
	"strings"
)

// didYouMean suggests the known word that differs from key by its case, its
// plural, one letter or two that changed places.
func didYouMean(key string, known ...string) string {
	fold := func(s string) string { return strings.TrimSuffix(strings.ToLower(s), "s") }
	for _, k := range known {
		if nearlyEqual(fold(k), fold(key)) {
			return fmt.Sprintf("; did you mean %q?", k)
		}
	}
	return ""
}

// nearlyEqual compares a and b from both ends: what is left between must be one
// letter at most on each side, or two that changed places.
func nearlyEqual(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}
