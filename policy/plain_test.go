package policy

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/lambdafence/lambdafence/internal/corpus"
)

// plainDocs are documents that are read without the YAML library.
var plainDocs = map[string]string{
	"block":                   "version: 1\nname: orders\nallow:\n  - host: a.example\n    ports: [443, 8443]\n",
	"list below its key":      "allow:\n- host: a.example\n  paths:\n  - /v1/**\n  - /v2\ndeny:\n- cidr: 10.0.0.0/8\n",
	"flow":                    "allow: [{host: a.example, methods: [GET, POST]}, {aws: s3, access: []}]\ndeny: []",
	"flow on several lines":   "allow: [\n  {host: a.example,\n   ports: [\n443, # tls\n 80\n]\n},\n]\n",
	"json":                    `{"version":1,"allow":[{"host":"a.example","ports":[443]}],"deny":null,"mode":"enforce"}`,
	"json, indented":          "{\n  \"version\": 1,\n  \"allow\": [\n    {\n      \"host\": \"**\"\n    }\n  ]\n}\n",
	"quotes":                  "allow:\n- host: \"*.a.example\"\n  \"reason\": 'a: b # \"c\"'\n  'id': \" x \"\n",
	"comments":                "# head\nversion: 1 # one\n\nallow: # none\n  # yet\n\n  - # a host\n    host: a#b # c\n# end",
	"nulls":                   "allow:\ndeny: # cut off\nlocal: ~\nname: null\nmode:",
	"null before a dedent":    "allow:\n- host:\n- host:\n  ports:\nmode: off",
	"kinds of plain scalars":  "a: [012345670123, 0x10, 1e3, 1_0, 12., 0b1, 08, 99999999999999999999, 1e999, 18446744073709551615, 0o7, true, yes, off, 10.0.0.1, 10.0.0.0/8]\n",
	"kinds of dates":          "a: [2027-01-31, 2027-1-1, 2027-13-01, 2027-01-01 10:00:00, 2027-01-01T10:00:00Z, 2027-x.example, 20270101]",
	"colons":                  "a: http://a.example:80/b\nb: [arn:aws:s3:::b/*, a:b]\nc:d: e\n",
	"spaces":                  "a:    b   \n\n   \nc:\n      - d\n      -    e: f\n           g: h\n",
	"duplicate keys":          "allow: []\nallow: []\nallow:\n- {host: a, host: b}\n",
	"deeper than a policy":    "a:\n- b:\n  - c:\n    - d: [{e: [[f]]}]\n",
	"scalar keys":             "1: a\ntrue: b\n~: c\n2027-01-01: d\n",
	"quoted key, no space":    `{"a":b, 'c':[d], "e":"f"}`,
	"a flow is a whole value": "- {a: b}\n- [c, d]\n- e\n",
}

// otherDocs are left to the library, whatever it makes of them.
var otherDocs = map[string]string{
	"empty":                    "",
	"blank":                    "\n  \n# nothing\n",
	"unquoted wildcard":        "allow:\n- host: *.a.example\n",
	"unquoted braces":          "allow:\n- host: {a,b}.example\n",
	"anchor":                   "a: &x b\nc: *x\n",
	"tag":                      "a: !!str 1\n",
	"merge":                    "<<: {a: b}\n",
	"literal":                  "a: |\n  b\n",
	"folded":                   "a: >\n  b\n",
	"plain on two lines":       "a: b\n  c\n",
	"plain on its own line":    "a:\n  b\n",
	"plain on two flow lines":  "a: [b\n c]\n",
	"quotes on two lines":      "a: \"b\n  c\"\n",
	"escape":                   `a: "\x62"`,
	"quote in quotes":          "a: 'it''s'\n",
	"two documents":            "a: b\n---\nc: d\n",
	"document mark":            "---\na: b\n",
	"end mark":                 "a: b\n...\n",
	"directive":                "%YAML 1.2\n---\na: b\n",
	"tab":                      "a:\tb\n",
	"tab for indentation":      "a:\n\tb: c\n",
	"CRLF":                     "a: b\r\nc: d\r\n",
	"BOM":                      "\ufeffa: b\n",
	"NEL":                      "a: b\u0085c: d\n",
	"line separator":           "a: b # \u2028c: d\n",
	"no ASCII":                 "reason: für alle\n",
	"control character":        "a: b\x00\n",
	"complex key":              "? a\n: b\n",
	"list in a list":           "- - a\n",
	"empty item":               "-\n- a\n",
	"no space after the colon": "a:b\n",
	"space before the colon":   "a : b\n",
	"two colons":               "a: b: c\n",
	"list on the line":         "a: - b\n",
	"collection as a key":      "[a]: b\n{c: d}: e\n",
	"odd indentation":          "a:\n    b: c\n  d: e\n",
	"indented further":         "a: b\n  c: d\n",
	"text after quotes":        "a: \"b\" c\n",
	"text after a flow":        "a: [b] c\n",
	"comment without a space":  "a: [b]#c\n",
	"comment after quotes":     "a: \"b\"#c\n",
	"two commas":               "a: [b,, c]\n",
	"comma first":              "a: [, b]\n",
	"no comma":                 "a: [b\n# c\nd]\n",
	"not closed":               "a: [b, {c: d}\n",
	"closed by another":        "a: [b}\n",
	"pair in a list":           "a: [b: c]\n",
	"key without a value":      "a: {b, c: }\n",
	"signs and dots":           "a: [-1, +1, .5, .inf, -]\n",
	"list beside keys":         "a: b\n- c\n",
	"keys beside a list":       "- a\nb: c\n",
	"long key":                 strings.Repeat("k", 600) + ": a\n",
	"a key too long for YAML":  strings.Repeat("k", 1100) + ": a\n",
	"deep":                     "a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100),
	"deep blocks":              deepBlocks(100),
	"flow key not indented":    "a:\n  b: {c: d,\n e: f}\n",
	"indicators":               "a: @b\nc: `d`\ne: %f\n",
	"question mark":            "{?a: b, ? c: d}",
}

func deepBlocks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// agree reports whether doc is plain, and fails t if the library then reads
// another tree, or none.
func agree(t *testing.T, doc []byte) bool {
	t.Helper()
	plain, ok := readPlain(doc, nil)
	if !ok {
		return false
	}
	var n yaml.Node
	if err := yaml.Load(doc, &n); err != nil {
		t.Fatalf("%q: the library refuses it: %v", doc, err)
	}
	if diff := cmp.Diff(nodeOf(n.Content[0]), plain, cmp.AllowUnexported(node{})); diff != "" {
		t.Errorf("%q: -library +plain\n%s", doc, diff)
	}
	return true
}

func TestPlain(t *testing.T) {
	for name, doc := range plainDocs {
		if !agree(t, []byte(doc)) {
			t.Errorf("%s: left to the library", name)
		}
	}
	for name, doc := range otherDocs {
		if agree(t, []byte(doc)) {
			t.Errorf("%s: read as plain", name)
		}
	}
}

// agreeOnPolicy reports whether doc is a policy that is read without the library,
// and fails t if the library then has another one read, or none.
func agreeOnPolicy(t *testing.T, doc []byte) bool {
	t.Helper()
	plain := parsePlain(doc)
	if plain == nil {
		return false
	}
	if want, err := parseYAML(doc); err != nil || !reflect.DeepEqual(plain, want) {
		t.Errorf("%q: another policy: %v", doc, err)
	}
	return true
}

// TestPlainPolicy: a policy that is plain and without a mistake is read without
// the library, rule by rule.
func TestPlainPolicy(t *testing.T) {
	docs := writtenPolicies(t)
	docs["mixed"] = mixedDocument(500)
	docs["twice"] = []byte("allow:\n- host: a.example\nallow:\n- host: b.example\n")
	docs["flow key not indented"] = []byte("allow:\n  - {host: a.example,\nid: x}\n")
	docs["no lists"] = []byte("mode: enforce\n")
	for name, doc := range docs {
		_, plain := readPlain(doc, nil)
		_, err := parseYAML(doc)
		if got := agreeOnPolicy(t, doc); got != (plain && err == nil) {
			t.Errorf("%s: read as plain: %v; %v", name, got, err)
		}
	}
}

// TestPlainAllocations: reading allocates for rules, and hardly for what they are
// read from. By the YAML library it is several times as many.
func TestPlainAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	const rules = 100
	doc := mixedDocument(rules)
	got := testing.AllocsPerRun(20, func() {
		if parsePlain(doc) == nil {
			t.Fatal("left to the library")
		}
	})
	if got > 15*rules {
		t.Errorf("%v allocations for %d rules", got, rules)
	}
}

// TestPlainAsWritten: policies as people write them are plain, in ASCII.
func TestPlainAsWritten(t *testing.T) {
	for name, doc := range writtenPolicies(t) {
		ascii := !bytes.ContainsFunc(doc, func(r rune) bool { return r >= utf8.RuneSelf })
		if agree(t, doc) != ascii {
			t.Errorf("%s: plain: %v", name, !ascii)
		}
	}
}

// writtenPolicies are those of the examples and of the documentation.
func writtenPolicies(tb testing.TB) map[string][]byte {
	tb.Helper()
	docs := map[string][]byte{}
	for _, pattern := range []string{"../examples/*/policy.yaml", "../README.md", "../docs/policy.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			tb.Fatal(pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				tb.Fatal(err)
			}
			if filepath.Ext(file) == ".yaml" {
				docs[file] = text
				continue
			}
			for _, block := range bytes.Split(text, []byte("```yaml\n"))[1:] {
				block, _, _ = bytes.Cut(block, []byte("```"))
				docs[file+": "+string(block)] = block
			}
		}
	}
	return docs
}

// FuzzPlainAgreesWithLibrary: what is read without the YAML library, the library
// reads in the very same way.
func FuzzPlainAgreesWithLibrary(f *testing.F) {
	for _, docs := range []map[string]string{plainDocs, otherDocs} {
		for _, doc := range docs {
			f.Add([]byte(doc))
		}
	}
	for _, doc := range writtenPolicies(f) {
		f.Add(doc)
	}
	files, err := corpus.Glob("../testdata/corpus/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		for _, doc := range file.Layers {
			f.Add(doc)
		}
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		agree(t, doc)
		agreeOnPolicy(t, doc)
	})
}
