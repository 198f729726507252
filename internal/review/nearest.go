package review

import "strings"

// nearest returns the word that differs least from text, and so little that it may
// have been meant. Case does not count.
func nearest(text string, words []string) (string, bool) {
	best, least := "", allowance(text)+1
	for _, w := range words {
		if diff := len(w) - len(text); diff >= least || -diff >= least {
			continue
		}
		if n := distance(strings.ToLower(text), strings.ToLower(w)); n < least {
			best, least = w, n
		}
	}
	return best, best != ""
}

// allowance is how many slips a word of that length may have.
func allowance(text string) int { return min(1+len(text)/6, 3) }

// maxWord bounds what distance compares: its time grows with the square.
const maxWord = 256

// distance counts the slips between two words: a letter too many, one too few, a
// wrong one, or two that changed places.
func distance(a, b string) int {
	if len(a) > maxWord || len(b) > maxWord {
		return maxWord
	}
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
