// Package corpus reads the corpus of the project: policies, calls, and the
// decision that is wanted of each. It is imported by the tests of policy and
// wrapper and by those of the command-line tool, so that one set of examples
// runs through all of them. testdata/corpus and docs/policy.md are written in it.
//
// A file is a txtar archive. It holds a policy.yaml, or one layer0.yaml,
// layer1.yaml and so on for each layer; a file platform with one NAME=value a
// line, by the names of the environment variables, if the policy needs any; and
// the calls:
//
//	# want   rule       call
//	allow    allow[0]   POST https://api.stripe.com/v1/charges
//	deny     -          GET http://127.0.0.1:8080/  mode=enforce
//	deny     deny[0]    dial tcp evil.example:25
//	refused  -          dial tcp evil.example
//	allow    allow[1]   aws DynamoDB:GetItem access=read resource=arn:aws:dynamodb:eu-west-1:111122223333:table/orders
//
// The rule is the one that decides, or - for none. A refused call is one that
// net/http or net would refuse by itself. What may follow a call:
//
//	host=NAME         the Host header of a request, if it is not the URL's
//	addr=ADDRESS      the address that is really reached
//	function=NAME     the Lambda function that calls
//	time=2027-01-31   when it calls; or a time such as 2027-01-31T23:59:59Z
//	mode=MODE         the mode that the decision must have
//	layer=N           the layer that must have decided
//
// and what may follow a call of AWS, where an operation of nothing but a service
// is unknown:
//
//	access=LEVEL      what it does, or LEVEL+LEVEL; else unknown
//	resource=ARN      one of its resources, or none; else they are unknown
//	region=REGION     else eu-west-1
//	account=ID        who signs; else 111122223333, which is the function's own
//	self=ID           the function's own account
//	at=URL            the request that is sent, if not to the SDK's own endpoint
package corpus

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// A File is one policy and what it must say of some calls.
type File struct {
	Name     string
	Layers   [][]byte          // the documents
	Platform map[string]string // by environment variable
	Calls    []Call
}

// A Call is one call and the decision that is wanted. It is a call of AWS if it
// has a Service, else an HTTP request if it has a URL, and else a connection.
type Call struct {
	Line int // where it stands in the file

	Method, URL, Host string // Host: the Host header, if it differs
	Network, Address  string
	AWS
	Addr     netip.Addr // the address really reached, if it is given
	Function string
	From     []string // modules on the stack, the nearest first, each with a package behind a comma or not
	Time     time.Time

	Want  Want
	Rule  string // empty: none
	Mode  string // empty: any
	Layer int    // -1: any
}

// String returns the call as the file has it.
func (c *Call) String() string {
	s := "dial " + c.Network + " " + c.Address
	switch {
	case c.Service != "":
		s = c.AWS.String()
	case c.URL != "":
		s = c.Method + " " + c.URL
	}
	if c.Host != "" {
		s += " host=" + c.Host
	}
	if c.Addr.IsValid() {
		s += " addr=" + c.Addr.String()
	}
	return s
}

// Want is what must become of a call.
type Want uint8

// What may be wanted.
const (
	Deny    Want = iota
	Allow        // the policy allows it
	Refused      // it cannot be described: net/http or net would refuse it
)

// Glob reads the files that a pattern names, such as ../testdata/corpus/*.txtar.
// No file at all is an error.
func Glob(pattern string) ([]*File, error) {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no file matches %s", pattern)
	}
	files := make([]*File, len(paths))
	for i, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if files[i], err = Parse(filepath.Base(path), data); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// Parse reads a file. Errors begin with its name and the line.
func Parse(name string, data []byte) (*File, error) {
	archive := txtar.Parse(data)
	f := &File{Name: name}
	line := 1 + strings.Count(string(archive.Comment), "\n")
	for _, part := range archive.Files {
		if err := f.add(part.Name, string(part.Data), line+1); err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
		line += 1 + strings.Count(string(part.Data), "\n")
	}
	return f, f.complete()
}

// complete reports what a file lacks.
func (f *File) complete() error {
	switch {
	case len(f.Layers) == 0:
		return fmt.Errorf("%s: no policy.yaml and no layer0.yaml", f.Name)
	case len(f.Calls) == 0:
		return fmt.Errorf("%s: no calls", f.Name)
	}
	return nil
}

// add reads one part of a file, whose text starts at line.
func (f *File) add(name, text string, line int) error {
	switch {
	case name == "calls":
		return f.addCalls(text, line)
	case name == "platform":
		return f.addPlatform(text, line)
	case name == "policy.yaml" && f.Layers == nil, name == "layer"+strconv.Itoa(len(f.Layers))+".yaml":
		f.Layers = append(f.Layers, []byte(text))
		return nil
	}
	return fmt.Errorf("%d: unexpected file %q: want policy.yaml or the layers in their order, platform, calls", line-1, name)
}

func (f *File) addPlatform(text string, line int) error {
	f.Platform = map[string]string{}
	return eachLine(text, line, func(s string, _ int) error {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("want NAME=value, got %q", s)
		}
		f.Platform[key] = value
		return nil
	})
}

func (f *File) addCalls(text string, line int) error {
	calls, err := readCalls(text, line)
	f.Calls = append(f.Calls, calls...)
	return err
}

// Calls reads calls alone, a line each.
func Calls(text string) ([]Call, error) { return readCalls(text, 1) }

func readCalls(text string, line int) (calls []Call, err error) {
	err = eachLine(text, line, func(s string, line int) error {
		c, err := parseCall(s)
		c.Line = line
		calls = append(calls, c)
		return err
	})
	return calls, err
}

// eachLine calls do for each line that is neither empty nor a comment.
func eachLine(text string, line int, do func(s string, line int) error) error {
	for s := range strings.Lines(text) {
		if s = strings.TrimSpace(s); s != "" && !strings.HasPrefix(s, "#") {
			if err := do(s, line); err != nil {
				return fmt.Errorf("%d: %w", line, err)
			}
		}
		line++
	}
	return nil
}
