package iam

import (
	"strings"
	"testing"
)

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		pattern, other    string
		covers, overlaps_ bool
	}{
		{"a", "a", true, true},
		{"a", "b", false, false},
		{"*", "a*", true, true},
		{"a*", "a", true, true},
		{"a*", "ab*c?", true, true},
		{"a*c", "abc", true, true},
		{"a*c", "ab*", false, true},
		{"a?", "a?", true, true},
		{"a?", "a*", false, true},
		{"a?", "ab", true, true},
		{"ab", "a?", false, true},
		{"a*", "b*", false, false},
		{"*a", "a*", false, true},
		{"a${*}", "a*", false, true},
		{"a${*}", "a${*}", true, true},
		{"a*", "a${*}", true, true},
		{"a${$}", "a$", true, true},
		{"a/${aws:username}/*", "a/bob/x", false, true},
		{"a/${aws:username}/*", "a/${aws:username}/*", false, true},
		{"${unclosed", "${unclosed", true, true},
		{"**********************b", strings.Repeat("a", 500), false, false},
		{"", "", true, true},
		{"?", "", false, false},
		{"", "*", false, true},
	} {
		if got := covers(c.pattern, c.other); got != c.covers {
			t.Errorf("covers(%q, %q) = %v", c.pattern, c.other, got)
		}
		if got := overlaps(c.pattern, c.other); got != c.overlaps_ {
			t.Errorf("overlaps(%q, %q) = %v", c.pattern, c.other, got)
		}
		if overlaps(c.pattern, c.other) != overlaps(c.other, c.pattern) {
			t.Errorf("overlaps(%q, %q) hangs on the order", c.pattern, c.other)
		}
	}
}

// FuzzPatterns: what is escaped is matched by itself alone, and what covers overlaps.
func FuzzPatterns(f *testing.F) {
	f.Add("a*?$b", "a**")
	f.Add("${*}", "${aws:x}")
	f.Add("${", "*${")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 100 || len(b) > 100 {
			return
		}
		if covers(escape(a), escape(b)) != (a == b) {
			t.Errorf("escape(%q) and escape(%q)", a, b)
		}
		if covers(a, b) && !overlaps(a, b) {
			t.Errorf("%q covers %q, and does not overlap it", a, b)
		}
	})
}

func TestMatches(t *testing.T) {
	ref := known()
	for _, c := range []struct{ prefix, name, arn, want string }{
		{"s3", "GetObject", "arn:aws:s3:::b/k/1", "object"},
		{"s3", "ListBucket", "arn:aws:s3:::b", "bucket"},
		{"s3", "GetObject", "arn:aws:s3:us-east-1:123456789012:accesspoint/a/object/k", "accesspointobject"},
		{"dynamodb", "Query", "arn:aws:dynamodb:us-east-1:123456789012:table/t/index/i", "index"},
		{"dynamodb", "Query", "arn:aws:dynamodb:us-east-1:123456789012:table/t", "table"},
		{"ssm", "SendCommand", "arn:aws:ec2:us-east-1:123456789012:instance/i-1", "instance"},
		{"logs", "PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/g:log-stream:s", "logstream"},
		{"kms", "Decrypt", "arn:aws:s3:::b", ""},
		{"kms", "Decrypt", "nothing", ""},
	} {
		a, _ := ref.find(c.prefix, c.name)
		if got := ref.typeOf(a, c.arn); got != c.want {
			t.Errorf("%s for %s: %q, want %q", c.arn, a, got, c.want)
		}
	}
}
