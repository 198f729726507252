package review

import (
	"fmt"
	"time"
)

// Check finds what is unwise in a document, in its order. It is a review of what
// is written, and knows nothing of what a function calls: what a policy should
// allow, nobody but its owner can say.
func (d *Document) Check(now time.Time) []Finding {
	whole := []func() []Finding{
		d.size,
		d.doors,
		d.apexes,
		d.hostsOfAWS,
		d.shadowed,
		func() []Finding { return d.ended(now) },
	}
	var fs []Finding
	for _, check := range whole {
		fs = append(fs, check()...)
	}
	rules := d.Rules()
	for i := range rules {
		for _, check := range ruleChecks {
			fs = append(fs, check(&rules[i])...)
		}
	}
	sortFindings(fs)
	return fs
}

// ruleChecks look at one rule.
var ruleChecks = []func(*Rule) []Finding{
	wideHosts,
	wideRanges,
	wideServices,
	anySigner,
	sharedEndpoints,
	methods,
	services,
	operations,
	levels,
	buckets,
	secrets,
	forms,
	foreignARNs,
	regions,
}

// find makes a finding about a value of the rule.
func (r *Rule) find(check string, at Value, fix, format string, args ...any) Finding {
	return Finding{Check: check, Rule: r.ID, Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...), Fix: fix}
}

// info makes a finding one that is only worth knowing.
func info(f Finding) Finding {
	f.Info = true
	return f
}
