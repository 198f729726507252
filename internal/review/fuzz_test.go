package review

import (
	"net/url"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

// FuzzReview holds that no policy makes a review panic, that each finding stands in
// the document, and that what a rule missed by no field at all is never told.
func FuzzReview(f *testing.F) {
	for _, doc := range []string{
		"allow: [{host: ['**', '*.{a,b}.example'], until: 2026-01-01}]\ndeny: [{host: '**.example.com'}]",
		"local: [credentials]\nallow: [{aws: [s3, '*'], resources: ['arn:aws:s3:::{a,b*}/x', '*'], accounts: '*', endpoint: 'a.example:1'}]",
		"deny: [{aws: dynamodb, operations: ['{Get,Put}Itm', 'X*'], access: [list], regions: ['eu-*', nowhere], resources: [/x, 'table?']}]",
		"allow: [{cidr: ['0.0.0.0/0', '::/0', 10.0.0.1], ports: 1, networks: udp, from: 'a/**'}]",
	} {
		f.Add(doc, "https://x.example.com:8443/a/../b")
	}
	f.Fuzz(func(t *testing.T, doc, target string) {
		d, err := Read("p.yaml", []byte(doc))
		if err != nil {
			return
		}
		for _, found := range d.Check(now) {
			if found.Line < 1 || found.Column < 1 || found.Message == "" || found.Fix == "" {
				t.Errorf("%+v", found)
			}
		}
		u, err := url.Parse(target)
		if err != nil {
			return
		}
		c, err := policy.HTTPCall("GET", u, "")
		if err != nil {
			return
		}
		for _, miss := range d.Near(&c) {
			if len(miss.Fields) == 0 {
				t.Errorf("%+v", miss)
			}
		}
		for i := range d.Deny {
			d.Deny[i].Matched(&c)
		}
		if use, err := NewUse(d); err == nil {
			use.Add(&c)
			use.Unused()
		}
	})
}
