package main

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A model is what botocore's model of a service says.
type model struct {
	id         string // normal form of the ServiceID
	name       string // the ServiceID
	target     string // what X-Amz-Target begins with; "-" for none
	protocols  string // j: AWS JSON, c: RPC v2 with CBOR, q: query; "-" for none of them
	operations []operation
}

// An operation is one operation of a model.
type operation struct {
	name, method, path string
	members            []member
	deep               []string // paths to the strings within members
	answer             []string // normal forms of the names of strings in the output
	unsigned           bool     // it is called without credentials
}

// A member is a member of an operation's input.
type member struct {
	name     string // as the Go SDK spells it
	place    string // in the path of the request, if it stands there
	text     bool   // a string, or a list of strings, and none of a few that the model lists
	required bool
	named    bool // it may be a name as well as an ARN or an id
	numbered bool // it may be an id as well
}

// maxDeep is how many names a path to a string within a member has at most.
const maxDeep = 4

// readModels reads the newest model of every service in a copy of botocore/data.
func readModels(dir string) ([]model, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "*", "service-2.json*"))
	if err != nil {
		return nil, err
	}
	newest := make(map[string]string) // by service; versions are dates
	for _, f := range files {
		service := filepath.Dir(filepath.Dir(f))
		newest[service] = max(newest[service], f)
	}
	var models []model
	for _, f := range slices.Sorted(maps.Values(newest)) {
		m, err := readModel(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		// One service has two directories.
		if !slices.ContainsFunc(models, func(other model) bool { return other.id == m.id }) {
			models = append(models, m)
		}
	}
	slices.SortFunc(models, func(a, b model) int { return strings.Compare(a.id, b.id) })
	return models, nil
}

type shapeFile struct {
	Metadata struct {
		ServiceID    string `json:"serviceId"`
		TargetPrefix string
		Protocol     string
		Protocols    []string
	}
	Operations map[string]struct {
		Name          string
		HTTP          struct{ Method, RequestURI string }
		Input, Output struct{ Shape string }
		AuthType      string
		Auth          []string
	}
	Shapes map[string]shape
}

type shape struct {
	Type          string
	Enum          []string
	Required      []string
	Member, Value struct{ Shape string }
	Members       map[string]struct{ Shape, Location, LocationName, Documentation string }
	Documentation string
}

// strings calls found with the paths to all strings in a shape that may be names,
// to lists of them, and to maps.
func (f *shapeFile) strings(name string, path []string, found func(path []string)) {
	s := f.Shapes[name]
	for s.Type == "list" {
		s = f.Shapes[s.Member.Shape]
	}
	if s.Type == "map" {
		found(path)
		s = f.Shapes[s.Value.Shape]
	}
	switch {
	case s.Type == "string" && len(s.Enum) == 0 && len(path) > 0:
		found(path)
	case s.Type == "structure" && len(path) < maxDeep:
		for name, m := range s.Members {
			f.strings(m.Shape, append(slices.Clip(path), goName(name)), found)
		}
	}
}

// goName returns a member's name as the Go SDK spells it.
func goName(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// dated is what stands behind the names of some services' operations, and not
// behind those of the Go SDK.
var dated = regexp.MustCompile(`[0-9]{4}_[0-9]{2}_[0-9]{2}$`)

func readModel(name string) (model, error) {
	var f shapeFile
	if err := readJSON(name, &f); err != nil {
		return model{}, err
	}
	m := model{
		id:        awshost.Normal(f.Metadata.ServiceID),
		name:      f.Metadata.ServiceID,
		target:    cmp.Or(f.Metadata.TargetPrefix, "-"),
		protocols: letters(append(f.Metadata.Protocols, f.Metadata.Protocol)),
	}
	for _, o := range f.Operations {
		op := operation{name: dated.ReplaceAllString(o.Name, ""), method: o.HTTP.Method, unsigned: o.AuthType == "none" || slices.Equal(o.Auth, []string{"smithy.api#noAuth"})}
		op.path, _, _ = strings.Cut(o.HTTP.RequestURI, "?")
		input := f.Shapes[o.Input.Shape]
		for name, in := range input.Members {
			shape := f.Shapes[in.Shape]
			if shape.Type == "list" {
				shape = f.Shapes[shape.Member.Shape]
			}
			mem := member{name: goName(name), text: shape.Type == "string" && len(shape.Enum) == 0, required: slices.Contains(input.Required, name)}
			if doc := strings.ToLower(in.Documentation + " " + f.Shapes[in.Shape].Documentation); mem.text && strings.Contains(doc, "name") {
				doc = strings.Join(strings.Fields(markup.ReplaceAllString(doc, "")), " ")
				mem.named = orName.MatchString(doc)
				mem.numbered = mem.named && orID.MatchString(doc)
			}
			if in.Location == "uri" {
				mem.place = in.LocationName
			}
			op.members = append(op.members, mem)
		}
		f.strings(o.Input.Shape, nil, func(path []string) { op.deep = append(op.deep, strings.Join(path, ".")) })
		f.strings(o.Output.Shape, nil, func(path []string) {
			op.answer = append(op.answer, awshost.Normal(path[len(path)-1]))
		})
		slices.Sort(op.deep)
		op.deep = slices.Compact(op.deep)
		slices.SortFunc(op.members, func(a, b member) int { return strings.Compare(a.name, b.name) })
		m.operations = append(m.operations, op)
	}
	slices.SortFunc(m.operations, func(a, b operation) int { return strings.Compare(a.name, b.name) })
	return m, nil
}

// orName finds that the documentation of a member lets it be a name as well as an
// id or an ARN, and orID that it lets it be an id.
var (
	orName = regexp.MustCompile(`\b(?:id|identifier|arn)\)?(?:,|,? (?:or|and))[^.]{0,30}\bname\b|\bnames?(?:,|,? (?:or|and))[^.]{0,30}\b(?:id|identifier|arn)\b`)
	orID   = regexp.MustCompile(`\b(?:id|identifier)\b`)
	markup = regexp.MustCompile(`<[^>]*>|\bresource names?\b`)
)

// letters returns a letter for each protocol in which one host serves all
// operations of a service, at one path or at the path of the protocol's own.
func letters(protocols []string) string {
	var s string
	for _, p := range []struct{ name, letter string }{{"json", "j"}, {"smithy-rpc-v2-cbor", "c"}, {"query", "q"}, {"ec2", "q"}} {
		if slices.Contains(protocols, p.name) {
			s += p.letter
		}
	}
	return cmp.Or(s, "-")
}

// readJSON reads a file that may be compressed.
func readJSON(name string, v any) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return err
		}
	}
	return json.NewDecoder(r).Decode(v)
}
