package awscall

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

// services are the ids of all services that have a table.
var services = func() []string {
	files, err := filepath.Glob("tables/*.txt")
	if err != nil || len(files) < 400 {
		panic(fmt.Sprint(len(files), " tables ", err))
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = strings.TrimSuffix(filepath.Base(f), ".txt")
	}
	return ids
}()

func TestTables(t *testing.T) {
	for _, service := range services {
		operations := Operations(service)
		if len(operations) == 0 {
			t.Errorf("%s: no operations", service)
		}
		if !slices.IsSorted(operations) || len(slices.Compact(operations)) != len(Operations(service)) {
			t.Errorf("%s: the operations are not in order", service)
		}
		for _, operation := range operations {
			checkLine(t, service, operation)
		}
	}
	if Operations("Tomorrow") != nil {
		t.Error("operations of a service that has no table")
	}
	if _, known := Members("S3", "Tomorrow"); known {
		t.Error("an operation of tomorrow is known")
	}
}

// byHand are the services whose lines were written by hand, wholly or in part.
var byHand = func() []string {
	files, err := filepath.Glob("../awsgen/hand/*.txt")
	if err != nil || len(files) < 20 {
		panic(fmt.Sprint(len(files), " tables by hand ", err))
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = strings.TrimSuffix(filepath.Base(f), ".txt")
	}
	return ids
}()

// What is packed is what stands in the directory.
func TestPacked(t *testing.T) {
	for _, id := range services {
		want, err := os.ReadFile(filepath.Join("tables", id+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		if got := unpack(packed, id); got != "\n"+string(want) {
			t.Errorf("%s: tables.bin has another table; run make tables", id)
		}
	}
	for _, id := range []string{"", "tomorrow", "a", "zzz", "# s3", "s3\n", "\n"} {
		if got := table(id); got != "" {
			t.Errorf("%q: %.40q", id, got)
		}
	}
	for _, broken := range []string{"", "s3 9", "s3 9\n\nabc", "s3 x\n\n", packed[:len(packed)/2]} {
		unpack(broken, "s3")
		unpack(broken, "xray")
	}
}

// checkLine finds what a typing error in a table would do.
func checkLine(t *testing.T, service, operation string) {
	p := planOf(service, operation, nil)
	members, known := Members(service, operation)
	if !known || p == nil {
		t.Errorf("%s:%s is not found", service, operation)
		return
	}
	if unknown := p.access == policy.UnknownAccess; unknown != (service == "dynamodb" && len(members) > 0 && strings.HasSuffix(members[0], "Statement")) {
		t.Errorf("%s:%s: access level %v", service, operation, p.access)
	}
	for _, m := range members {
		for name := range strings.FieldsFuncSeq(m, func(r rune) bool { return r == '.' || r == '+' }) {
			if !isWord(strings.ReplaceAll(name, "_", "")) || name[0] < 'A' || name[0] > 'Z' {
				t.Errorf("%s:%s: %q is no member", service, operation, m)
			}
		}
	}
	for _, s := range p.steps {
		for _, src := range s.sources {
			checkSource(t, service+":"+operation, src)
		}
	}
}

func checkSource(t *testing.T, operation string, src source) {
	if len(src.members) > maxMembers {
		t.Errorf("%s: more than %d members", operation, maxMembers)
	}
	form, _, _ := strings.Cut(src.form, "/")
	forms := []string{"parent", "family", "catalog", "schema", "logstream", "insights", "loggroup", "uri", "entity", "identity", "targets", "runbook", "model", "tool", "machine", "bucket", "object", "copy", "index", "statement", "iterator", "queue", "queueof", "subscription", "function", "layer", "consumer", "rule", "bus", "parameter", "path", "setting", "document", "instance", "taggable", "key", "root"}
	switch {
	case src.form == "?", slices.Contains(forms, form):
		return
	case src.form != "":
		t.Errorf("%s: no form %q", operation, src.form)
		return
	}
	for _, p := range src.parts {
		if !strings.ContainsRune("PRA{\x00", rune(p.kind)) || p.kind == 0 && p.text == "" {
			t.Errorf("%s: a part %q", operation, p)
		}
	}
}

// An input of which nothing can be read must never look like a call that has no
// resource. A thing yet to be made, and one that is meant where none is named, do
// not come from the input.
func TestOddInputsNeverLookHarmless(t *testing.T) {
	for _, service := range byHand {
		for _, operation := range Operations(service) {
			p := planOf(service, operation, nil)
			required := slices.ContainsFunc(p.steps, func(s step) bool { return !s.optional && len(s.sources[0].members) > 0 })
			for _, input := range []any{nil, 7, "x", []byte("x"), &struct{}{}, (*struct{})(nil), struct{ a int }{}, in{}, in{"": nil}, map[string]string{}, []any{nil, in{}}, func() {}} {
				c := Call{Service: service, Operation: operation, Input: input, Region: region, Account: account}
				_, _, resources := c.Describe()
				if required && resources != nil && !slices.ContainsFunc(resources, func(s string) bool {
					return strings.HasSuffix(s, "*") || strings.HasSuffix(s, "default") || strings.HasSuffix(s, "primary") || strings.HasSuffix(s, ":catalog")
				}) {
					t.Errorf("%s:%s of %T: %q", service, operation, input, resources)
				}
			}
		}
	}
}

// FuzzDescribe puts any text where a name is wanted. What comes out has the six
// parts of an ARN, and the text cannot choose the account.
func FuzzDescribe(f *testing.F) {
	for _, name := range []string{"orders", "a:b", "arn:aws:s3:::b", "arn:aws:lambda:r:123456789012:function:f", "https://x/123456789012/q", "alias/a", "/a/b:3", "b/k?versionId=1", "%2e%2e/", "SELECT * FROM a"} {
		f.Add(uint16(0), name)
		f.Add(uint16(300), name)
	}
	f.Fuzz(func(t *testing.T, n uint16, name string) {
		service := byHand[int(n)%len(byHand)]
		operations := Operations(service)
		operation := operations[int(n)/len(byHand)%len(operations)]
		members, _ := Members(service, operation)
		input := in{}
		for _, m := range members {
			set(input, m, name)
		}
		c := Call{Service: service, Operation: operation, Input: input, Region: region, Account: account}
		_, _, resources := c.Describe()
		for _, r := range resources {
			a, ok := cutARN(r)
			if !ok || a.resource == "" || a.partition == "" || a.service == "" {
				t.Errorf("%s:%s of %q: %q is no ARN", service, operation, name, r)
			}
			if a.account != "" && a.account != account && !strings.Contains(name, a.account) {
				t.Errorf("%s:%s of %q: %q is in an account of its own", service, operation, name, r)
			}
		}
	})
}

// set puts a value at the end of a path, of which it takes the first way.
func set(m in, path, value string) {
	first, rest, deeper := strings.Cut(path, ".")
	first, _, _ = strings.Cut(first, "+")
	if !deeper {
		m[first] = value
		return
	}
	next, _ := m[first].(in)
	if next == nil {
		next = in{}
		m[first] = next
	}
	set(next, rest, value)
}

func TestDescribeAllocates(t *testing.T) {
	for _, c := range common {
		if n := testing.AllocsPerRun(100, func() { c.Describe() }); n > 5 {
			t.Errorf("%s: %v allocations, want 5 at most", c.Operation, n)
		}
	}
}

var common = []Call{
	{Service: "DynamoDB", Operation: "GetItem", Input: &getItemInput{TableName: ptr("orders")}, Region: region, Account: account},
	{Service: "S3", Operation: "GetObject", Input: &putObjectInput{Bucket: ptr("orders"), Key: ptr("in/1.csv")}, Region: region, Account: account},
}

func BenchmarkDescribe(b *testing.B) {
	for _, c := range common {
		b.Run(c.Operation, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Describe()
			}
		})
	}
}
