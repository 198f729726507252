package learn

import (
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// TestUnderOneName: what is done beneath one name stays there, however many others
// somebody comes with.
func TestUnderOneName(t *testing.T) {
	urls := append(words(14, "a.example/repos/%s/issues"), words(14, "%s.v.example/x")...)
	urls = append(urls, "a.example/repos/mine/issues", "DELETE a.example/repos/mine/admin", "admin.v.example/x", "POST admin.v.example/keys")
	want := "*.v.example GET /x\na.example GET /repos/*/issues\na.example DELETE /repos/mine/admin\nadmin.v.example POST /keys"
	if got := learnt(Normal, urls...); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// But what is done beneath some of them is a field's, too.
	want = "*.v.example GET /x\na.example DELETE /repos/*/admin\na.example GET /repos/*/issues\nadmin.v.example POST /keys"
	if got := learnt(Normal, append(urls, words(3, "DELETE a.example/repos/%s/admin")...)...); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestWork: no flood of paths keeps whoever reads them waiting.
func TestWork(t *testing.T) {
	for name, sep := range map[string]string{"slashes": "/", "escaped slashes": "%2F"} {
		l := New(Normal)
		for i := range 60 * 60 {
			l.Add(&wrapper.Event{Call: httpCall("a.example", "M"+word(i/60), "/x"+strings.Repeat(sep+word(i%60), 1000)), Count: 1})
		}
		if _, err := policy.Parse([]byte(l.Policy(""))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, path := range []string{strings.Repeat("/x", 1000), strings.Repeat("/x%2Fy", 1000), "/x" + strings.Repeat("%2Fy", 1000)} {
		if n := len(segments(path)); n > maxDepth {
			t.Errorf("%.20s: %d segments", path, n)
		}
	}
}
