package review

import (
	"math/rand/v2"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

func sketchOf(deny bool, rules ...sketchRule) *sketch {
	if deny {
		return &sketch{mode: "enforce", deny: rules}
	}
	return &sketch{mode: "enforce", listed: true, allow: rules}
}

// judged is a policy with what it says of all calls.
type judged struct {
	*side
	matched []bool // by a rule
	stops   []bool // denied, be it as a local door, or allowed
}

func judge(t *testing.T, calls []policy.Call, deny bool, rules ...sketchRule) *judged {
	t.Helper()
	j := &judged{side: newSide(mustRead(t, sketchOf(deny, rules...).String()), nil)}
	for i := range calls {
		d := j.set.Decide(&calls[i])
		j.stops = append(j.stops, deny == (d.Effect == policy.Deny))
		j.matched = append(j.matched, j.stops[i] && d.Rule != "local" && d.Rule != "")
	}
	return j
}

// TestCovers holds what is said of random rules, and of rules that are a little
// different, against calls: one that the covered rule matches and the covering one does
// not is a widening that nobody would be told of.
func TestCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	calls := universe(r, 2500)
	var covered, missed, apart int
	for range 400 {
		denyA := r.IntN(2) == 0
		denyB := denyA && r.IntN(3) > 0
		a := randomRule(r, denyA)
		b := randomRule(r, denyB)
		if r.IntN(2) == 0 && denyA == denyB {
			b = sketchOf(denyB, a).changed(r).first(denyB, b)
		}
		delete(a, "mode")
		delete(b, "mode")
		ja, jb := judge(t, calls, denyA, a), judge(t, calls, denyB, b)
		ta, tb := ja.only(denyA), jb.only(denyB)
		e := newEffort()
		says, shown := e.covers(ta, tb), true
		none, both := denyA && !denyB && e.disjoint(ta, tb), false
		for i := range calls {
			if jb.matched[i] && !ja.stops[i] {
				if shown = false; says {
					t.Fatalf("said to be covered, but %+v is not\n%v\n%v", calls[i], rulesText([]sketchRule{a}), rulesText([]sketchRule{b}))
				}
			}
			if both = both || jb.matched[i] && ja.matched[i]; both && none {
				t.Fatalf("said to be apart, but both match %+v\n%v\n%v", calls[i], rulesText([]sketchRule{a}), rulesText([]sketchRule{b}))
			}
		}
		if says {
			covered++
		} else if shown && slicesHas(jb.matched) {
			missed++
		}
		if none {
			apart++
		}
	}
	t.Logf("%d covered, %d not known to be though no call differs, %d apart", covered, missed, apart)
	if covered < 50 || apart < 10 {
		t.Errorf("%d covered, %d apart: the rules do not try it", covered, apart)
	}
}

func slicesHas(bs []bool) bool { return !stateSet(bs).empty() }

func (d *sketch) first(deny bool, otherwise sketchRule) sketchRule {
	list := d.allow
	if deny {
		list = d.deny
	}
	if len(list) == 0 {
		return otherwise
	}
	return list[0]
}

func (j *judged) only(deny bool) *terms {
	if deny {
		return j.deny.all[0]
	}
	return j.allow.all[0]
}

// TestCoversTogether tries several rules against one.
func TestCoversTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	calls := universe(r, 2500)
	covered := 0
	for range 300 {
		deny := r.IntN(2) == 0
		whole := randomRule(r, deny)
		delete(whole, "mode")
		d := sketchOf(deny, cloneRules([]sketchRule{whole})...)
		for range 1 + r.IntN(3) {
			if deny {
				d.divide(&d.deny)
			} else {
				d.divide(&d.allow)
			}
		}
		rules := append(d.allow, d.deny...)
		jp, jw := judge(t, calls, deny, rules...), judge(t, calls, deny, whole)
		list := jp.allow
		if deny {
			list = jp.deny
		}
		left, _ := list.uncovered(newEffort(), jw.only(deny), always)
		if len(left) > 0 {
			continue
		}
		if len(rules) > 1 {
			covered++
		}
		for i := range calls {
			if jw.matched[i] && !jp.matched[i] {
				t.Fatalf("said to be covered, but %+v is not\n%v\n%v", calls[i], rulesText(rules), rulesText([]sketchRule{whole}))
			}
		}
	}
	t.Logf("%d rules covered by several", covered)
	if covered < 50 {
		t.Errorf("only %d: the rules do not try it", covered)
	}
}

// TestCoversRows are rules that a reader would compare at a glance, and those that an
// attacker would like to be taken for harmless.
func TestCoversRows(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		deny, want bool
	}{
		{"the same", `{host: a.example}`, `{host: A.EXAMPLE.}`, false, true},
		{"a label", `{host: "*.x.example"}`, `{host: a.x.example}`, false, true},
		{"the parent itself", `{host: "**.x.example"}`, `{host: x.example}`, false, false},
		{"a longer suffix", `{host: "**.example"}`, `{host: evilexample}`, false, false},
		{"a path beneath", `{host: a.example, paths: [/v1/**]}`, `{host: a.example, paths: [/v1]}`, false, true},
		{"a path beside", `{host: a.example, paths: [/v1/**]}`, `{host: a.example, paths: [/v1x]}`, false, false},
		{"defaults", `{host: a.example}`, `{host: a.example, ports: [443], schemes: [https]}`, false, true},
		{"connections", `{host: a.example, schemes: [https]}`, `{host: a.example}`, false, false},
		{"a tunnel", `{host: a.example}`, `{host: a.example, methods: [CONNECT]}`, false, false},
		{"a wildcard and AWS", `{host: "**"}`, `{host: s3.eu-west-1.amazonaws.com}`, false, false},
		{"a wildcard and a door", `{host: "**"}`, `{host: localhost}`, false, false},
		{"a range and a door", `{cidr: 0.0.0.0/0}`, `{cidr: 127.0.0.1}`, false, false},
		{"a range", `{cidr: 10.0.0.0/8}`, `{host: 10.0.0.1}`, false, true},
		{"both schemes", `{host: a.example, schemes: [http, https]}`, `{host: a.example, schemes: [http], ports: [443]}`, false, false},
		{"a service's name in IAM", `{aws: s3}`, `{aws: S3 Control}`, false, true},
		{"a tail and an ARN", `{aws: sqs, resources: [jobs]}`, `{aws: sqs, resources: ["arn:aws:sqs:eu-west-1:444455556666:jobs"]}`, false, false},
		{"a bucket and an object", `{aws: s3, resources: [b]}`, `{aws: s3, resources: [b/x, "b/*"]}`, false, true},
		{"a bucket and another", `{aws: s3, resources: [b]}`, `{aws: s3, resources: [bb]}`, false, false},
		{"who signs", `{aws: s3}`, `{aws: s3, accounts: ["*"]}`, false, false},
		{"who signs, named", `{aws: s3}`, `{aws: s3, accounts: [111122223333]}`, false, false},
		{"levels", `{aws: s3, access: [read, write]}`, `{aws: s3, access: [read]}`, false, true},
		{"unknown operations", `{aws: s3, operations: ["*"]}`, `{aws: s3}`, false, false},
		{"until", `{host: a.example, until: 2027-01-31}`, `{host: a.example}`, false, false},
		{"denied: everything", `{host: "**"}`, `{aws: s3}`, true, true},
		{"denied: everything of a kind", `{host: "**", schemes: [https]}`, `{cidr: 10.0.0.0/8, schemes: [https]}`, true, false},
		{"denied: the service, and its bucket in another's call", `{aws: s3}`, `{aws: s3, resources: [payroll]}`, true, false},
		{"denied: a secret by its name", `{aws: secretsmanager, resources: [secret:n]}`, `{aws: secretsmanager, resources: ["secret:n-??????"]}`, true, false},
		{"denied: names and AWS", `{host: "**.amazonaws.com"}`, `{host: s3.eu-west-1.amazonaws.com}`, true, true},
		{"denied: operations", `{aws: s3, operations: ["*"]}`, `{aws: s3}`, true, true},
	} {
		list := "allow"
		if tt.deny {
			list = "deny"
		}
		read := func(rule string) *terms { return termsOf(&mustRead(t, list+": ["+rule+"]").Rules()[0], policy.Enforce) }
		if got := newEffort().covers(read(tt.a), read(tt.b)); got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}
