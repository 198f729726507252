package wrapper_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// TestApprovals: what is approved is what comes again, as long as nothing of what
// it was judged by changes. That each part of it counts is held by a test with real
// clients, in internal/integration.
func TestApprovals(t *testing.T) {
	c := newCloud(t)
	c.PutParameter("/app/"+strings.Repeat("x", 1000), "long")
	src := &changing{}
	src.set(appOnly)
	f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithPolicy(src)))
	wrapper.StartedWith(f, awskey.ID(ownAccount))
	cfg := c.config(ownAccount)
	f.AWS(&cfg)
	ask := func(name string, times int, allowed bool) {
		t.Helper()
		for range times {
			hits := c.hits.Load()
			if _, err := read(t, cfg, name); errors.Is(err, wrapper.ErrBlocked) == allowed || allowed != (c.hits.Load() > hits) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for i := range 1000 {
		ask(fmt.Sprintf("/app/%d", i), 1, true)
	}
	if n := wrapper.Approved(f); n != 0 {
		t.Errorf("%d of what never came twice", n)
	}
	ask("/app/"+strings.Repeat("x", 1000), 3, true)
	ask("/other/colour", 3, false)
	if n := wrapper.Approved(f); n != 0 {
		t.Errorf("%d, of what is too long or denied", n)
	}
	ask("/app/colour", 3, true)
	if n := wrapper.Approved(f); n != 1 {
		t.Errorf("%d, want one", n)
	}
	for i := range 1000 {
		ask(fmt.Sprintf("/app/%d", i), 2, true)
	}
	if n := wrapper.Approved(f); n != 16 {
		t.Errorf("%d, want 16: one operation has no more", n)
	}
	ask("/app/colour", 3, true)
	src.set("mode: enforce\nallow: [{aws: ssm, resources: [parameter/app/size]}]\n")
	if err := f.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask("/app/colour", 2, false)
}

// TestNothingIsApproved under a policy that must see each call.
func TestNothingIsApproved(t *testing.T) {
	for name, doc := range map[string]string{
		"nobody": "mode: enforce\nallow: [{aws: ssm, accounts: ['*']}]\n", // who the function is may be learnt yet
		"time":   "mode: enforce\nallow: [{aws: ssm, until: 2099-01-01}]\n",
		"caller": "mode: enforce\nallow: [{aws: ssm, from: [github.com/**]}]\n",
		"learn":  "mode: learn\n",
	} {
		c := newCloud(t)
		f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithPolicy(source.Static("p", []byte(doc)))))
		if name != "nobody" {
			wrapper.StartedWith(f, awskey.ID(ownAccount))
		}
		cfg := c.config(ownAccount)
		f.AWS(&cfg)
		for range 3 {
			if _, err := read(t, cfg, "/app/colour"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := wrapper.Approved(f); n != 0 {
			t.Errorf("%s: %d", name, n)
		}
	}
}
