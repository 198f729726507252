package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// FuzzHeads: the index finds all rules whose resources begin as a name does.
func FuzzHeads(f *testing.F) {
	f.Add("a ab abc b  abd ab", "abcd")
	f.Add("table/orders table/ table/orders- \xff", "table/orders-1")
	f.Add("abcdefgh\x00 abcdefgh abcdefgh\x00\x00 abcdefghi", "abcdefgh\x00\x01")
	f.Add("a", "")
	f.Fuzz(func(t *testing.T, texts, name string) {
		var rules []rule
		var want []int32
		for i, text := range strings.Split(texts, " ") {
			a := &awsRule{services: []string{"s3"}, resources: []arnPattern{{head: text, tail: true}}, endpoints: []endpoint{{}}}
			rules = append(rules, rule{deny: true, id: fmt.Sprint(i), aws: a})
			if strings.HasPrefix(name, text) {
				want = append(want, int32(i))
			}
		}
		ix := newIndex(rules)
		var got []int32
		s := ix.services["s3"]
		for i := s.heads.begins(name); i >= 0; i = s.heads.all[i].up {
			if strings.HasPrefix(name, s.heads.all[i].text) {
				for to := s.heads.all[i].refs; to.first > 0; to = ix.lists[to.next] {
					got = append(got, to.first-1)
				}
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%q in %q: %v, want %v", name, texts, got, want)
		}
	})
}

// TestHostsAreRemembered: a call to a host of AWS is decided alike before and
// after the host is remembered, in each layer, and also where no place is left.
func TestHostsAreRemembered(t *testing.T) {
	s := mustCompile(t, "mode: enforce\nallow:\n  - {aws: s3, resources: [\"bucket-1*/*\"]}\n  - {host: bucket-2.s3.eu-west-1.amazonaws.com}\n",
		"mode: enforce\ndeny:\n  - {host: \"*.s3.eu-west-1.amazonaws.com\", methods: [PUT]}\n")
	allowed := 0
	for range 3 {
		for i := range 600 {
			for _, method := range []string{"GET", "PUT"} {
				bucket := fmt.Sprintf("bucket-%d", i)
				c := Call{
					Kind: AWS, Service: "S3", Operation: "GetObject", Access: Read, Scheme: "https", Host: bucket + ".s3.eu-west-1.amazonaws.com", Port: 443,
					Method: method, Path: "/a", Resources: []string{"arn:aws:s3:::" + bucket + "/a"}, Region: "eu-west-1", Account: "111122223333", Self: "111122223333",
				}
				got := s.Decide(&c)
				if want := naiveDecide(s, &c); got != want {
					t.Errorf("%s %s: %v, want %v", method, bucket, got, want)
				}
				if got.Effect == Allow {
					allowed++
				}
			}
		}
	}
	if allowed != 3*112 { // GET of 1, 10 to 19, 100 to 199, and 2
		t.Errorf("%d allowed", allowed)
	}
}
