package main

import (
	"cmp"
	"embed"
	"io/fs"
	"strings"
)

// What the models and the reference do not say of a service, or say wrongly, is
// written by hand: the head of its ARNs, short names, and lines of operations,
// which stand in place of those that are generated.
//
//go:embed hand/*.txt
var hand embed.FS

// A handTable is what was written by hand of one service.
type handTable struct {
	head      string
	protocols string
	short     []string          // lines of short names
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
		t := &handTable{lines: make(map[string]string)}
		for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
			word, _, _ := strings.Cut(line, " ")
			switch {
			case i == 0:
				t.head = line
			case word == "!":
				t.protocols = line[len("! "):]
			case strings.HasPrefix(line, "="):
				t.short = append(t.short, line)
			case !strings.HasPrefix(line, "#") && line != "":
				t.lines[word] = line
			}
		}
		tables[strings.TrimSuffix(f[len("hand/"):], ".txt")] = t
	}
	return tables, nil
}

// writeTable returns the text of a service: of each operation the line that was
// written by hand, or else the one that is generated.
func writeTable(m *model, ref reference, iam string, byHand *handTable) table {
	if byHand == nil {
		byHand = &handTable{}
	}
	g := generator{model: m, ref: ref, head: cmp.Or(byHand.head, ref.head(iam))}
	lines := append([]string{g.head, "! " + m.target + " " + cmp.Or(byHand.protocols, m.protocols) + " " + m.name}, byHand.short...)
	for i := range m.operations {
		op := &m.operations[i]
		lines = append(lines, cmp.Or(byHand.lines[op.name], g.line(op)))
	}
	return table{m.id, strings.Join(lines, "\n") + "\n"}
}
