package policy

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestHeadsAreFound: the heads that a name begins with are those that say so, of
// many that begin alike: for longer than a key is, with zeros where a shorter one
// ends, and with bytes that are no ASCII.
func TestHeadsAreFound(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	some := func(most int) string {
		b := make([]byte, rnd.IntN(most+1))
		for i := range b {
			b[i] = "\x00\x00\x00a\x80\xff"[rnd.IntN(6)]
		}
		return string(b)
	}
	for range 2000 {
		shared := some(3)
		var h heads
		var texts []string
		for range rnd.IntN(40) {
			text := shared + some(12)
			if len(texts) > 0 && rnd.IntN(2) == 0 {
				text = texts[rnd.IntN(len(texts))] + some(2)
			}
			texts = append(texts, text)
			h.add(text, int32(len(texts)-1))
		}
		lists := make(refLists, 1)
		h.sort(&lists)
		for range 40 {
			name := some(16)
			if len(texts) > 0 && rnd.IntN(4) > 0 {
				name = texts[rnd.IntN(len(texts))] + some(3)
				name = name[:rnd.IntN(len(name)+1)]
			}
			var want, got []int32
			for i, text := range texts {
				if strings.HasPrefix(name, text) {
					want = append(want, int32(i))
				}
			}
			for i := h.begins(name); i >= 0; i = h.all[i].up {
				for to := h.all[i].refs; strings.HasPrefix(name, h.all[i].text) && to.first > 0; to = lists[to.next] {
					got = append(got, to.first-1)
				}
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Fatalf("%q in %q: %v, want %v", name, texts, got, want)
			}
		}
	}
}

// TestRefsKeepTheirOrder: rules that are put from the last on come from the first on.
func TestRefsKeepTheirOrder(t *testing.T) {
	lists := make(refLists, 1)
	var odd, even, none refs
	for ref := int32(9); ref >= 0; ref-- {
		to := &even
		if ref%2 == 1 {
			to = &odd
		}
		lists.put(to, ref)
	}
	for _, tt := range []struct {
		to   refs
		want []int32
	}{{none, nil}, {even, []int32{0, 2, 4, 6, 8}}, {odd, []int32{1, 3, 5, 7, 9}}} {
		var got []int32
		for to := tt.to; to.first > 0; to = lists[to.next] {
			got = append(got, to.first-1)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v, want %v", got, tt.want)
		}
	}
}
