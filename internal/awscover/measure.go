package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/lambdafence/lambdafence/internal/awscall"
)

//go:embed operations.txt expect
var files embed.FS

// The call of every expectation.
const (
	region  = "eu-west-1"
	account = "123456789012"
)

// An expectation is a line of a file in expect: what a call of an operation does,
// and to what.
type expectation struct {
	Operation string
	Input     map[string]any
	Resources []string // nil: the input does not say
	Also      []string // resources that are judged as well, though IAM does not check them for the caller
	Access    string
	Why       string
	Unsure    string
}

// A coverage is that of one service, or of all.
type coverage struct {
	service    string
	operations int // that count
	right      int // of them, of which every expectation holds
	lines      int // expectations
	access     int // of them, whose access level is told
}

func (c *coverage) add(other coverage) {
	c.operations += other.operations
	c.right += other.right
	c.lines += other.lines
	c.access += other.access
}

// A report is the coverage of all services.
type report struct {
	services []coverage
	misses   []string // what is not told, or told wrongly
}

func measure() (*report, error) {
	list, err := files.ReadFile("operations.txt")
	if err != nil {
		return nil, err
	}
	r := &report{}
	var expected map[string][]expectation
	for line := range strings.SplitSeq(string(list), "\n") {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] == "#" {
			continue
		}
		service, operation := f[0], f[1]
		if n := len(r.services); n == 0 || r.services[n-1].service != service {
			r.services = append(r.services, coverage{service: service})
			if expected, err = readExpectations(service); err != nil {
				return nil, err
			}
		}
		if len(expected[operation]) == 0 {
			return nil, fmt.Errorf("%s:%s: nothing is expected", service, operation)
		}
		r.services[len(r.services)-1].add(r.judge(service, operation, expected[operation]))
	}
	return r, nil
}

func readExpectations(service string) (map[string][]expectation, error) {
	data, err := files.ReadFile("expect/" + service + ".jsonl")
	if err != nil {
		return nil, err
	}
	expected := make(map[string][]expectation)
	for line := range bytes.Lines(data) {
		var e expectation
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&e); err != nil {
			return nil, fmt.Errorf("%s: %w in %s", service, err, line)
		}
		expected[e.Operation] = append(expected[e.Operation], e)
	}
	return expected, nil
}

// judge counts an operation as right if all that is expected of it holds and one
// of its inputs at least tells a resource, or that there is none.
func (r *report) judge(service, operation string, expected []expectation) coverage {
	c := coverage{service: service, operations: 1, lines: len(expected)}
	right, told := true, false
	for _, e := range expected {
		call := awscall.Call{Service: service, Operation: operation, Input: e.Input, Region: region, Account: account}
		access, _, got := call.Describe()
		if access.String() == e.Access {
			c.access++
		} else {
			r.miss(service, operation, "access %s, want %s", access, e.Access)
		}
		if e.Resources != nil {
			told = true
		}
		want := slices.Concat(e.Resources, e.Also)
		slices.Sort(got)
		slices.Sort(want)
		switch {
		case (got == nil) != (e.Resources == nil) || !slices.Equal(got, want):
			right = false
			r.miss(service, operation, "%s\n\tgot  %q\n\twant %q %s", text(e.Input), got, want, e.Why)
		case e.Resources == nil:
			r.miss(service, operation, "not in the input: %s", e.Why)
		}
	}
	if right && told {
		c.right = 1
	}
	return c
}

func (r *report) miss(service, operation, format string, args ...any) {
	r.misses = append(r.misses, service+":"+operation+": "+fmt.Sprintf(format, args...))
}

func text(input map[string]any) string {
	b, err := json.Marshal(input)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// all is the coverage of all services together.
func (r *report) all() coverage {
	sum := coverage{service: "all"}
	for _, c := range r.services {
		sum.add(c)
	}
	return sum
}

func (r *report) print(w io.Writer) error {
	for _, m := range r.misses {
		fmt.Fprintln(w, m)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "service\toperations\tresources right\t\taccess right\t")
	for _, c := range append(r.services, r.all()) {
		fmt.Fprintf(t, "%s\t%d\t%d\t%.1f %%\t%d of %d inputs\t\n", c.service, c.operations, c.right, percent(c.right, c.operations), c.access, c.lines)
	}
	return t.Flush()
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(whole) }
