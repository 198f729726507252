// Command awscover counts the operations of which package awscall tells the right
// resources and access level, against a table that does not come from its
// generator.
//
//	make aws-coverage
//
// operations.txt says which operations count; expect holds, for each of them,
// inputs and the ARNs that IAM checks. See expect/README.md.
package main

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/internal/awshost"
)

//go:embed operations.txt expect
var files embed.FS

func main() {
	r, err := measure()
	if err == nil {
		err = r.print(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "awscover:", err)
		os.Exit(1)
	}
}

// An expectation is a line of a file in expect: what a call of an operation is
// done to. No resources: the input does not say.
type expectation struct {
	Operation string
	Input     map[string]any
	Resources []string
	Access    string
	Why       string
}

// A report is the coverage of all services.
type report struct {
	services []coverage
	misses   []string // operations that are not right, and why
}

// A coverage is that of one service.
type coverage struct {
	service                       string
	operations, resources, rights int
	lines, access                 int
}

func measure() (*report, error) {
	list, err := files.ReadFile("operations.txt")
	if err != nil {
		return nil, err
	}
	r := &report{}
	for line := range strings.SplitSeq(string(list), "\n") {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] == "#" {
			continue
		}
		if n := len(r.services); n == 0 || r.services[n-1].service != f[0] {
			r.services = append(r.services, coverage{service: f[0]})
		}
		c := &r.services[len(r.services)-1]
		c.operations++
		if err := r.judge(c, f[1]); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// judge counts an operation as right if all that is expected of it is told.
func (r *report) judge(c *coverage, operation string) error {
	expected, err := expectations(c.service, operation)
	if err != nil {
		return err
	}
	if len(expected) == 0 {
		return fmt.Errorf("%s:%s: nothing is expected", c.service, operation)
	}
	right := true
	known := false
	for _, e := range expected {
		c.lines++
		call := awscall.Call{Service: c.service, Operation: operation, Input: e.Input, Region: "eu-west-1", Account: "123456789012"}
		access, _, got := call.Describe()
		if access.String() == e.Access {
			c.access++
		} else {
			r.miss(c.service, operation, "access %s, want %s", access, e.Access)
		}
		if e.Resources != nil {
			known = true
		}
		slices.Sort(got)
		slices.Sort(e.Resources)
		if (got == nil) != (e.Resources == nil) || !slices.Equal(got, e.Resources) {
			right = false
			r.miss(c.service, operation, "%s\n\tgot  %q\n\twant %q %s", compact(e.Input), got, e.Resources, e.Why)
		} else if e.Resources == nil {
			r.miss(c.service, operation, "not in the input: %s", e.Why)
		}
	}
	if right && known {
		c.resources++
	}
	return nil
}

func (r *report) miss(service, operation, format string, args ...any) {
	r.misses = append(r.misses, service+":"+operation+": "+fmt.Sprintf(format, args...))
}

func compact(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func expectations(service, operation string) ([]expectation, error) {
	data, err := files.ReadFile("expect/" + service + ".jsonl")
	if err != nil {
		return []expectation{{Operation: operation, Why: "none"}}, nil
	}
	var expected []expectation
	for line := range bytes.Lines(data) {
		var e expectation
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("%s: %w", service, err)
		}
		if e.Operation == operation {
			expected = append(expected, e)
		}
	}
	return expected, nil
}

func (r *report) print(w io.Writer) error {
	for _, m := range r.misses {
		fmt.Fprintln(w, m)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "service\toperations\tresource right\t\taccess right\t")
	var all coverage
	for _, c := range append(r.services, coverage{service: "all"}) {
		if c.service == "all" {
			c = all
			c.service = "all"
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%.1f %%\t%d of %d\t\n", c.service, c.operations, c.resources, 100*float64(c.resources)/float64(c.operations), c.access, c.lines)
		all.operations += c.operations
		all.resources += c.resources
		all.lines += c.lines
		all.access += c.access
	}
	return t.Flush()
}

var _ = cmp.Or[int]
var _ = awshost.Find
