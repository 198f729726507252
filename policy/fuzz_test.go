package policy

import (
	"net/url"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/corpus"
)

// FuzzParse: nothing panics, and what Parse accepts Compile accepts, and decides.
func FuzzParse(f *testing.F) {
	files, err := corpus.Glob("../testdata/corpus/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		for _, doc := range file.Layers {
			f.Add(doc)
		}
	}
	for _, doc := range []string{
		"", "allow:", "deny: [", "allow: [{aws: s3, resources: [a/*], accounts: [012345670123]}]", "deny: [{host: '**', from: [a/**]}]",
		"? a\n: b", "a: &a [*a]", "<<: [{allow: []}]", "- - -", "allow: [{host: '[::1]'}]", "allow: [{host: '{a,{b,c}}**'}]", "%TAG ! x\n---\n!a b", "---\n---\n", "allow: !!null x",
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		p, err := Parse(doc)
		if err != nil {
			if p != nil || err.Error() == "" {
				t.Error("an error without text, or beside a policy")
			}
			return
		}
		s, err := Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{"a.example:443", "127.0.0.1:80", ":9001"} {
			c, err := NetCall("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			if d := s.Decide(&c); d.Reason == "" {
				t.Error("no reason")
			}
		}
	})
}

// FuzzCanonicalHost: a canonical host stays as it is, and is what the calls to
// it have.
func FuzzCanonicalHost(f *testing.F) {
	for _, host := range oddHosts(f) {
		f.Add(host)
	}
	for _, host := range []string{`\101.example`, "[[a]]", "a.:443", "1.2.3.4 x.", "\u00ad\\.", "::1%a%b", "a%b:c:d"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		canonical := CanonicalHost(host)
		if again := CanonicalHost(canonical); again != canonical {
			t.Errorf("%q: %q, then %q", host, canonical, again)
		}
		if canonical == "" {
			t.Errorf("%q: empty", host)
		}
		u := url.URL{Scheme: "http", Host: host}
		if c, err := HTTPCall("GET", &u, ""); err == nil && c.Host != CanonicalHost(u.Hostname()) {
			t.Errorf("%q: %q", host, c.Host)
		}
		if a := targetOf(host).lit; a.IsValid() && (a.Zone() != "" || a.Is4In6()) {
			t.Errorf("%q: %v", host, a)
		}
	})
}

// FuzzDenyNeverWidens: with one deny rule more, nothing that was denied is
// allowed, or denied in a softer mode.
func FuzzDenyNeverWidens(f *testing.F) {
	addChoices(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		c := choices{data}
		call, head, allow, deny := c.call(), c.head(), c.rules("allow"), c.rules("deny")
		if c.one(2) == 0 {
			head += list("allow", allow)
		}
		before := mustCompile(t, head+list("deny", deny)).Decide(&call)
		after := mustCompile(t, head+list("deny", append(deny, c.rule("deny")))).Decide(&call)
		if before.Effect == Deny && (after.Effect == Allow || after.Mode < before.Mode) {
			t.Errorf("%v: %v, then %v", &call, before, after)
		}
	})
}

// FuzzAllowMonotone: with one allow rule more, nothing that was allowed is
// denied.
func FuzzAllowMonotone(f *testing.F) {
	addChoices(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		c := choices{data}
		call, head, allow, deny := c.call(), c.head(), c.rules("allow"), list("deny", c.rules("deny"))
		before := mustCompile(t, head+list("allow", allow)+deny).Decide(&call)
		after := mustCompile(t, head+list("allow", append(allow, c.rule("allow")))+deny).Decide(&call)
		if before.Effect == Allow && after.Effect == Deny {
			t.Errorf("%v: %v, then %v", &call, before, after)
		}
	})
}

// FuzzIndexAgreesWithNaive: the index finds what a loop over the rules finds.
func FuzzIndexAgreesWithNaive(f *testing.F) {
	addChoices(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		c := choices{data}
		call := c.call()
		docs := []string{c.document()}
		for c.one(3) == 1 {
			docs = append(docs, c.document())
		}
		s := mustCompileOn(t, Platform{RuntimeAPI: "127.0.0.1:9001"}, docs...)
		want := naiveDecide(s, &call)
		for range 2 { // the second time the host may be remembered
			if got := s.Decide(&call); got != want {
				t.Errorf("%+v: %v, want %v\n%s", call, got, want, strings.Join(docs, "---\n"))
			}
		}
	})
}

// FuzzSuggest: a policy that follows a suggestion allows the call.
func FuzzSuggest(f *testing.F) {
	f.Add("GET", "https://a.example/a%2Fb/../*?x=y", "")
	f.Add("POST", "http://[::1]:81/", "")
	f.Add("CONNECT", "https://a.example", "b.example")
	f.Add("0", "https://a.example//a%D4%D4", "")
	f.Add("NULL", "https://a.example/b/../Z%E7*", "")
	f.Add("GET", "https://a."+strings.Repeat("m", 600), "")
	f.Add("CONNECT", "https://a.example", "b?.}")
	f.Fuzz(func(t *testing.T, method, text, host string) {
		u, err := url.Parse(text)
		if err != nil {
			return
		}
		c, err := HTTPCall(method, u, host)
		if err != nil {
			return
		}
		var rules []string
		local := ""
		for range 3 { // one suggestion for each host: of the URL, the header and the target
			s := mustCompile(t, "mode: enforce\n"+list("allow", rules)+local)
			d := s.Decide(&c)
			suggestion := s.Suggest(&c, d)
			if d.Effect == Allow || suggestion == "" {
				return
			}
			if rule, ok := strings.CutPrefix(suggestion, "allow: ["); ok {
				rules = append(rules, strings.TrimSuffix(rule, "]"))
			} else {
				local = suggestion
			}
		}
		if d := mustCompile(t, "mode: enforce\n"+list("allow", rules)+local).Decide(&c); d.Effect == Deny && d.Rule == "" {
			t.Errorf("%v: %v though %s", &c, d, rules)
		}
	})
}
