package learn

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// over is the time of the i-th of n events in some days.
func over(days, i, n int) time.Time {
	return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(days) * 24 * time.Hour * time.Duration(i) / time.Duration(max(n, 1)))
}

// TestHeldOut: what is learnt on some days is right about the days after them.
func TestHeldOut(t *testing.T) {
	for _, a := range apps {
		t.Run(a.name, func(t *testing.T) {
			l := New(Normal)
			seen := a.traffic(7, 0, 14)
			for i := range seen {
				l.Add(&wrapper.Event{Time: over(14, i, len(seen)), Call: seen[i], Count: 1})
			}
			doc := l.Policy(a.name)
			if os.Getenv("SHOW") != "" {
				t.Log("\n" + doc)
			}
			s := compiled(t, []byte(strings.Replace(doc, "mode: report", "mode: enforce", 1)))

			blocked := map[string]int{}
			misses, denied := 0, 0
			for _, c := range a.traffic(7, 14, 60) {
				if d := s.Decide(&c); d.Effect != policy.Allow {
					blocked[c.String()]++
				}
				for _, m := range nearMisses(&c) {
					misses++
					if d := s.Decide(&m); d.Effect == policy.Deny {
						denied++
					} else if misses-denied < 5 {
						t.Logf("a near miss is allowed: %s at %s by %s", &m, m.Host, d.Rule)
					}
				}
			}
			if len(blocked) > 0 {
				t.Errorf("%d calls are blocked, such as %v", len(blocked), sorted(blocked)[:min(3, len(blocked))])
			}
			if denied*100 < misses*95 {
				t.Errorf("%d of %d near misses are denied", denied, misses)
			}
			for _, c := range intrusion(newGen(7, 15)) {
				if d := s.Decide(&c); d.Effect == policy.Allow {
					t.Errorf("the intruder's %s is allowed", &c)
				}
			}
			rules := strings.Count(doc, "\n- ")
			hand, err := os.ReadFile("testdata/minimal/" + a.name + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Count(string(hand), "\n- "); rules*10 > want*12 {
				t.Errorf("%d rules, by hand %d", rules, want)
			}
			t.Logf("%d rules, by hand %d; %d of %d near misses denied", rules, strings.Count(string(hand), "\n- "), denied, misses)

			// In another order, it is the same policy.
			again := New(Normal)
			for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(seen)) {
				again.Add(&wrapper.Event{Time: over(14, i, len(seen)), Call: seen[i], Count: 1})
			}
			if again.Policy(a.name) != doc {
				t.Error("another order makes another policy")
			}
		})
	}
}

// TestResources: ARNs alone are opened as those in rules are.
func TestResources(t *testing.T) {
	const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/"
	var many []string
	for i := range 20 {
		many = append(many, fmt.Sprintf("arn:aws:s3:::bucket-%d/x/%08d-a*.json", i%2, 12345678+i))
	}
	for _, c := range []struct{ name, want string }{
		{"a few stay what they are", table + "{1,2}"},
		{"dates", table + "orders-????-??"},
		{"buckets are never opened", "arn:aws:s3:::bucket-0/x/*-a\\*.json arn:aws:s3:::bucket-1/x/*-a\\*.json"},
	} {
		arns := map[string][]string{
			"a few stay what they are": {table + "1", table + "2"},
			"dates":                    {table + "orders-2026-10", table + "orders-2026-11"},
			"buckets are never opened": many,
		}[c.name]
		if got := strings.Join(Resources(Normal, arns), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
