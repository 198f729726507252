package main

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// What the models and the reference do not say of a service, or say wrongly, is
// written by hand: the head of its ARNs, short names, and lines of operations,
// which stand in place of those that are generated. A line such as
//
//	:snapshot snapshot:{DBSnapshotIdentifier} {SnapshotArn}
//
// says how inputs name the resources of a type of the reference, for all
// operations: each template counts whose members an input has.
//
//go:embed hand/*.txt
var hand embed.FS

// A handTable is what was written by hand of one service.
type handTable struct {
	head      string
	protocols string
	short     []string // lines of short names
	types     map[string][]string
	lines     map[string]string // by operation
}

// handTables reads all that was written by hand.
func handTables() (map[string]*handTable, error) {
	tables := make(map[string]*handTable)
	files, err := fs.Glob(hand, "hand/*.txt")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		text, err := hand.ReadFile(f)
		if err != nil {
			return nil, err
		}
		t, err := readHand(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		tables[strings.TrimSuffix(f[len("hand/"):], ".txt")] = t
	}
	return tables, nil
}

// readHand reads what was written by hand of one service.
func readHand(text string) (*handTable, error) {
	t := &handTable{types: make(map[string][]string), lines: make(map[string]string)}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		word, rest, more := strings.Cut(line, " ")
		switch {
		case i == 0:
			t.head = line
			if !strings.HasPrefix(line, "arn:$P:") || more {
				return nil, fmt.Errorf("%q is no head of ARNs", line)
			}
		case strings.HasPrefix(line, "#") || line == "":
		case !more || t.lines[word] != "":
			return nil, fmt.Errorf("%q says nothing, or stands there twice", line)
		case word == "!":
			t.protocols = rest
		case word[0] == ':':
			t.types[awshost.Normal(word)] = strings.Fields(rest)
		case word[0] == '=':
			t.short = append(t.short, line)
		default:
			t.lines[word] = line
		}
	}
	return t, nil
}

// writeTable returns the text of a service: of each operation the line that was
// written by hand, or else the one that is generated.
func writeTable(m *model, ref reference, iam string, byHand *handTable) table {
	if byHand == nil {
		byHand = &handTable{}
	}
	g := generator{model: m, ref: ref, head: cmp.Or(byHand.head, ref.head(iam)), types: byHand.types}
	lines := append([]string{g.head, "! " + m.target + " " + cmp.Or(byHand.protocols, m.protocols) + " " + m.name}, byHand.short...)
	for i := range m.operations {
		op := &m.operations[i]
		lines = append(lines, cmp.Or(byHand.lines[op.name], g.line(op)))
	}
	return table{m.id, strings.Join(lines, "\n") + "\n"}
}
