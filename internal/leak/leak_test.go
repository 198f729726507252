package leak

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"testing"
)

// TestFound: the search is not blind, in any form, nor does it see what is not there.
func TestFound(t *testing.T) {
	for seed := range uint64(50) {
		l := New(seed)
		calls := l.Calls()
		if len(calls) < 100 || len(l.places) < 100 {
			t.Fatalf("%d calls, %d secrets", len(calls), len(l.places))
		}
		all := ""
		for secret, place := range l.places {
			for form, text := range map[string]string{
				"as it is": secret, "within": "x" + secret + "y", "cut": secret[:len(secret)-1], "query": url.QueryEscape(secret), "path": url.PathEscape(secret),
				"hex": hex.EncodeToString([]byte(secret)), "base64": base64.StdEncoding.EncodeToString([]byte(secret)), "base64 for URLs": base64.RawURLEncoding.EncodeToString([]byte(secret)),
			} {
				if len(l.Found("before "+text+" after")) == 0 {
					t.Errorf("seed %d: %s, %s: not found in %q", seed, place, form, text)
				}
			}
			all += place + ", "
		}
		if places := l.Found(all + tokenHead + "https://" + AllowedHost + "/v1/x X-Amz-Security-Token SELECT * FROM"); len(places) > 0 {
			t.Errorf("seed %d: found %q", seed, places)
		}
		again := New(seed)
		again.Calls()
		for secret := range l.places {
			if again.places[secret] == "" {
				t.Fatalf("seed %d does not make the same secrets again", seed)
			}
		}
	}
}
