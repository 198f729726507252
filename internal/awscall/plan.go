package awscall

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// A plan is one line of a table, made ready for inputs of one type. A table
// begins with the head of the service's ARNs, in which $P, $R and $A stand for
// the partition, the region and the signer's account, and its protocols. Then come
// short names for resources that are often said, and a line for each operation:
//
//	arn:$P:dynamodb:$R:$A:
//	! DynamoDB_20120810 j DynamoDB
//	=table table/{TableName}
//	GetItem r table
//	Query r @index{TableName,IndexName}
//
// After the operation stands its access level: l, r, w, t, p as the names of the
// levels begin, or - for one that a form finds out. w+r is w and r as well. w^A,B
// is p as well where the input gives one of the members A and B. Then come the resources; all that are listed
// must be given, but those with ~ before them may be left out. None: the
// operation has no resource.
//
//	table/{Name}      the ARN with that tail; a full one begins with arn:.
//	                  A value that is an ARN itself is taken as it is.
//	{TableArn}        a value that must be an ARN
//	@object{Bucket}   what the hand-written form of that name makes of the values
//	a|b               all that are given of a and b, but one at least
//	?Targets          unknown, if that is given; ? alone: always
//
// A member may lie deeper: {Delete.Objects.Key} is one value for each element of
// a list, and the keys of a map. A+B is either of two members. {Cluster=default}
// has a value for a last member that is missing, and {=*} no member, but that value.
type plan struct {
	key     planKey
	typ     unsafe.Pointer // of the input
	salt    uint64         // any number, but one of its own
	members []path         // of all sources, in their order, and of wired those that are in none
	texts   bool           // nothing else is to be read of the input, but for whether those of raise are there
	unknown bool           // the resources are, always
	doubts  []path         // members with which they are
	raise   []path         // members that make it permissions as well, if given

	access policy.Access
	also   []policy.Access
	steps  []step
	wired  []int // which members the request says too; -1: the input has no such member

	service string // its id
	inS3    bool
	object  bool    // one object of S3 and nothing else, and all texts: the members are its bucket and its key
	routes  []route // of S3
	target  string  // what X-Amz-Target says, or ""
	query   bool    // the query protocol is spoken too
	lower   bool    // its names have no case, and are small in ARNs
}

// A step is one resource of an operation.
type step struct {
	sources  []source
	optional bool
}

// A source is one way in which an input may name a resource.
type source struct {
	form    string // of a hand-written form; "?" for unknown; empty: the template
	parts   []part // the template
	members []path
}

// A part of a template is a literal, $P, $R, $A, or a member's value.
type part struct {
	kind byte // 'P', 'R', 'A', '{', or 0 for a literal
	text string
}

type planKey struct {
	service, operation string
	input              reflect.Type
}

// plans holds what has been read so far. The bound is far above what a function
// calls; a program that passes it begins again.
var plans struct {
	sync.RWMutex
	read   map[planKey]*plan
	lately [64]atomic.Pointer[plan] // the same, by the type of the input
}

const maxPlans = 1024

// planOf returns the plan of an operation, or nil for one that is not known.
func planOf(service, operation string, input reflect.Type) *plan {
	key := planKey{service, operation, input}
	if input == nil {
		return findPlan(key)
	}
	place := &plans.lately[reflect.ValueOf(input).Pointer()/64%uintptr(len(plans.lately))]
	if p := place.Load(); p != nil && p.key == key {
		return p
	}
	p := findPlan(key)
	if p != nil {
		place.Store(p)
	}
	return p
}

func findPlan(key planKey) *plan {
	plans.RLock()
	p := plans.read[key]
	plans.RUnlock()
	if p != nil {
		return p
	}
	if p = newPlan(key); p == nil {
		return nil // not kept: names of no operation must not fill the memory
	}
	plans.Lock()
	defer plans.Unlock()
	if plans.read == nil || len(plans.read) >= maxPlans {
		plans.read = make(map[planKey]*plan)
	}
	plans.read[key] = p
	return p
}

func newPlan(key planKey) *plan {
	s, _ := awshost.Find(key.service)
	p := readPlan(table(s.ID), key.operation, key.input)
	if p == nil {
		return nil
	}
	p.key, p.salt, p.service = key, rand.Uint64(), s.ID
	if key.input != nil {
		p.typ = reflect.ValueOf(key.input).UnsafePointer()
	}
	p.gather()
	for _, member := range wiredOf(s.ID) {
		p.wired = append(p.wired, p.placeOf(newPath(member, key.input)))
	}
	p.texts = p.areTexts()
	if p.inS3 = s.ID == "s3"; p.inS3 {
		p.routes, p.object = routesTo(key.operation), p.isObject()
	}
	prefix, letters, _, _ := protocols(s.ID)
	if strings.Contains(letters, "j") || strings.Contains(letters, "c") {
		p.target, p.query = prefix+"."+key.operation, strings.Contains(letters, "q")
	}
	p.lower = strings.Contains(letters, "i")
	return p
}

// gather puts the members of all sources in one place.
func (p *plan) gather() {
	for _, s := range p.steps {
		for _, src := range s.sources {
			if src.form != "?" {
				p.members = append(p.members, src.members...)
				continue
			}
			p.unknown = p.unknown || len(src.members) == 0
			p.doubts = append(p.doubts, src.members...)
		}
	}
}

// placeOf returns the place of a member, which it adds if the input may have it.
func (p *plan) placeOf(member path) int {
	i := slices.IndexFunc(p.members, func(m path) bool { return m.said == member.said })
	if i < 0 && member.kind != kindAbsent {
		i, p.members = len(p.members), append(p.members, member)
	}
	return i
}

// areTexts reports whether all that is to be read of an input are texts.
func (p *plan) areTexts() bool {
	for i := range p.members {
		if k := p.members[i].kind; k != kindText && k != kindAbsent {
			return false
		}
	}
	for i := range p.raise {
		if p.raise[i].kind == kindOther {
			return false
		}
	}
	t := p.key.input
	return t != nil && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct && len(p.doubts) == 0
}

// raises reports whether a struct, of which only texts are read, gives a member that
// makes the operation permissions as well.
func (p *plan) raises(in unsafe.Pointer) bool {
	for i := range p.raise {
		if p.raise[i].isSet(in) {
			return true
		}
	}
	return false
}

// isObject reports whether the operation is about one object of S3 and nothing else.
func (p *plan) isObject() bool {
	return p.texts && len(p.steps) == 1 && len(p.steps[0].sources) == 1 && p.steps[0].sources[0].form == "object" &&
		len(p.members) == 2 && p.members[0].said == "Bucket" && p.members[1].said == "Key"
}

// readPlan reads the line of an operation.
func readPlan(table, operation string, input reflect.Type) *plan {
	if !isWord(operation) {
		return nil
	}
	line, ok := lineOf(table, operation)
	if !ok {
		return nil
	}
	access, resources, _ := strings.Cut(line, " ")
	access, members, raises := strings.Cut(access, "^")
	access, lower, several := strings.Cut(access, "+")
	p := &plan{access: accessOf(access)}
	if several {
		p.also = []policy.Access{accessOf(lower)}
	}
	if raises {
		for member := range strings.SplitSeq(members, ",") {
			p.raise = append(p.raise, newPath(member, input))
		}
	}
	r := reader{table: table, input: input}
	for resource := range strings.FieldsSeq(resources) {
		resource, optional := strings.CutPrefix(resource, "~")
		if full, ok := lineOf(table, "="+resource); ok {
			resource = full
		}
		p.steps = append(p.steps, r.step(resource, optional))
	}
	return p
}

// lineOf returns what follows the first word of the line that begins with it.
func lineOf(table, word string) (string, bool) {
	_, line, ok := strings.Cut(table, "\n"+word+" ")
	if !ok {
		return "", false
	}
	line, _, _ = strings.Cut(line, "\n")
	return line, true
}

func accessOf(letter string) policy.Access {
	switch letter {
	case "l":
		return policy.List
	case "r":
		return policy.Read
	case "w":
		return policy.Write
	case "t":
		return policy.Tagging
	case "p":
		return policy.Permissions
	}
	return policy.UnknownAccess
}

// A reader reads the resources of a line.
type reader struct {
	table string
	input reflect.Type
}

func (r reader) step(text string, optional bool) step {
	s := step{optional: optional || text[0] == '?'}
	for one := range strings.SplitSeq(text, "|") {
		s.sources = append(s.sources, r.source(one))
	}
	return s
}

func (r reader) source(text string) source {
	var src source
	switch text[0] {
	case '?':
		if text == "?" {
			return source{form: "?"}
		}
		return source{form: "?", members: []path{newPath(text[1:], r.input)}}
	case '@':
		form, members, _ := strings.Cut(text[1:], "{")
		src.form = form
		for member := range strings.SplitSeq(strings.TrimSuffix(members, "}"), ",") {
			src.members = append(src.members, newPath(member, r.input))
		}
		return src
	}
	if !strings.HasPrefix(text, "arn:") && text[0] != '{' {
		head, _, _ := strings.Cut(strings.TrimPrefix(r.table, "\n"), "\n")
		text = head + text
	}
	for text != "" {
		var p part
		p, text = cutPart(text)
		if p.kind == '{' {
			src.members = append(src.members, newPath(p.text, r.input))
		}
		src.parts = append(src.parts, p)
	}
	return src
}

// cutPart returns the first part of a template, and the rest.
func cutPart(text string) (part, string) {
	switch text[0] {
	case '$':
		return part{kind: text[1]}, text[2:]
	case '{':
		member, rest, _ := strings.Cut(text[1:], "}")
		return part{kind: '{', text: member}, rest
	}
	if i := strings.IndexAny(text, "${"); i > 0 {
		return part{text: text[:i]}, text[i:]
	}
	return part{text: text}, ""
}

func isWord(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 128
}
