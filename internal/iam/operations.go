package iam

import (
	_ "embed" // the table
	"strings"
	"sync"
)

//go:embed operations.txt
var operationsText string

// A need is one action that an operation needs.
type need struct {
	when   string // a condition of the input; empty: always
	prefix string // of the action; empty: the service's own
	name   string
	on     string // what it is needed on; see the marks
	tail   string // a pattern behind each of those
}

// What a need may be on, besides a resource in the language of package awscall's
// tables. Without a mark it is on those of the call's resources that the action takes.
const (
	onFirst    = "1"   // the call's first resource
	onRest     = "2"   // the others; where there is none, the first
	onAnything = "*"   // what it takes, and where that is not known, anything
	onAny      = "any" // the same, but of an event nothing, as its input might have said it
	onAll      = "all" // what it takes, and where that is not known, all things of that kind
	onMatching = "?"   // what it takes, and nothing where there is none
)

// operations holds the table, by service.Operation.
//
//	CopyObject PutObject=1 !CopySource~versionId>GetObject=2 @acl>PutObjectAcl=1
//
// is an operation with the actions that it needs; - stands for none. = and a mark or a
// resource says on what, and +/* puts a pattern behind it. Before > stands when: if the
// input has a member, if it has not (!), if that holds a text (~), or one of the sets
// below.
var operations = sync.OnceValue(func() map[string][]need { return readOperations(operationsText) })

func readOperations(text string) map[string][]need {
	all := map[string][]need{}
	service := ""
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "#":
			service = strings.Join(words[1:], " ") // a remark is no service's id
		default:
			needs := []need{}
			for _, word := range words[1:] {
				if word != "-" {
					needs = append(needs, readNeed(word))
				}
			}
			all[service+"."+words[0]] = needs
		}
	}
	return all
}

func readNeed(word string) need {
	var n need
	if when, rest, ok := strings.Cut(word, ">"); ok {
		n.when, word = when, rest
	}
	word, n.on, _ = strings.Cut(word, "=")
	if before, tail, ok := strings.Cut(n.on, "+"); ok {
		n.on, n.tail = before, tail
	}
	if before, ok := strings.CutSuffix(word, "?"); ok {
		word, n.on = before, onMatching
	}
	n.name = word
	if before, name, ok := strings.Cut(word, ":"); ok {
		n.prefix, n.name = before, name
	}
	return n
}

// sets are conditions that hold if the input has one of several members.
var sets = map[string][]string{
	"@acl":  {"ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP"},
	"@lock": {"ObjectLockMode", "ObjectLockRetainUntilDate"},
}

// holds reports whether the condition of a need holds for an input.
func (n *need) holds(in any) bool {
	when, not := strings.CutPrefix(n.when, "!")
	if when == "" {
		return true
	}
	path, text, contains := strings.Cut(when, "~")
	members := sets[path]
	if members == nil {
		members = []string{path}
	}
	for _, m := range members {
		for _, v := range at(in, m) {
			if is := present(v); is && (!contains || strings.Contains(asText(v), text)) {
				return !not
			}
		}
	}
	return not
}
