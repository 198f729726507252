package policy

import "strings"

// A plainReader reads the small part of YAML that policies are made of, JSON
// included, and what a cold start would spend a millisecond on otherwise: block
// and flow collections, and scalars that stand on one line without an escape.
// Whatever else there is, and whatever is wrong, it leaves to the YAML library,
// by returning false. Where it returns a tree, the library's is the same, to the
// column; a fuzz target holds that.
type plainReader struct {
	doc   string
	pos   int
	line  int    // of pos, from 1
	start int    // where that line begins
	depth int    // how many collections this is in, in rough terms
	edge  int    // the column of the innermost block collection, 0 outside
	open  []node // what was read of collections that are not closed yet
	chunk []node // what holds the collections that are
	room  []node // what is left of it

	rule func(list string, i int, n *node) // takes the rules of the policy's lists
}

const (
	maxPlainDepth = 16  // collections in one another; a policy has four
	maxPlainKey   = 512 // bytes; in YAML a key ends within 1,024
	plainChunk    = 64  // nodes
)

// readPlain reads a document, or returns false. What is in block lists below the
// keys allow and deny it gives to rule, one by one, if there is one, and leaves it
// out of the tree.
func readPlain(doc []byte, rule func(list string, i int, n *node)) (node, bool) {
	for _, c := range doc {
		if (c < ' ' || c > '~') && c != '\n' {
			return node{}, false
		}
	}
	r := plainReader{doc: string(doc), line: 1, open: make([]node, 0, plainChunk), rule: rule}
	r.skip()
	read := r.block
	if r.atFlow() {
		read = r.flowLine
	}
	n, ok := read()
	return n, ok && r.pos == len(r.doc)
}

// skip goes to what stands next, on this line or on a later one.
func (r *plainReader) skip() {
	for r.pos < len(r.doc) {
		switch r.doc[r.pos] {
		case ' ':
			r.pos++
		case '\n':
			r.pos++
			r.line, r.start = r.line+1, r.pos
		case '#':
			if r.pos > r.start && r.doc[r.pos-1] != ' ' {
				return // no comment
			}
			if n := strings.IndexByte(r.doc[r.pos:], '\n'); n >= 0 {
				r.pos += n
			} else {
				r.pos = len(r.doc)
			}
		default:
			return
		}
	}
}

// endsLine skips and reports whether nothing was left on the line.
func (r *plainReader) endsLine() bool {
	line := r.line
	r.skip()
	return r.line > line || r.pos == len(r.doc)
}

func (r *plainReader) column() int { return r.pos - r.start + 1 }

// at returns the byte n places further, 0 beyond the end.
func (r *plainReader) at(n int) byte {
	if r.pos+n < len(r.doc) {
		return r.doc[r.pos+n]
	}
	return 0
}

// isBlank reports whether c separates: the end of the document does as well.
func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == 0 }

func (r *plainReader) atDash() bool { return r.at(0) == '-' && isBlank(r.at(1)) }

func (r *plainReader) atFlow() bool { return r.at(0) == '[' || r.at(0) == '{' }

// closed gives n what was read since its beginning.
func (r *plainReader) closed(n node, since int) node {
	if size := len(r.open) - since; size > 0 {
		if size > len(r.room) {
			r.chunk = make([]node, max(size, plainChunk))
			r.room = r.chunk
		}
		n.content, r.room = r.room[:size:size], r.room[size:]
		copy(n.content, r.open[since:])
		r.open = r.open[:since]
	}
	return n
}

// block reads a list or a mapping that begins here.
func (r *plainReader) block() (node, bool) {
	if r.atDash() {
		return r.list()
	}
	first, ok := r.key()
	if !ok {
		return node{}, false
	}
	return r.mapping(first)
}

// list reads entries for as long as they stand below one another.
func (r *plainReader) list() (node, bool) {
	n := node{kind: sequence, tag: "!!seq", line: r.line, column: r.column()}
	since, outer := len(r.open), r.edge
	r.edge = n.column
	for r.atDash() && r.column() == n.column {
		r.pos++
		item, ok := r.entry(n.column)
		if !ok {
			return node{}, false
		}
		r.open = append(r.open, item)
	}
	r.edge = outer
	return r.closed(n, since), true
}

// rules reads a list like any other, and gives its entries away.
func (r *plainReader) rules(list string) (node, bool) {
	n := node{kind: sequence, tag: "!!seq", line: r.line, column: r.column()}
	r.chunk = make([]node, plainChunk)
	outer := r.edge
	r.edge = n.column
	var item node
	for i := 0; r.atDash() && r.column() == n.column; i++ {
		r.room = r.chunk // nothing is left of the entry before
		r.pos++
		var ok bool
		if item, ok = r.entry(n.column); !ok {
			return node{}, false
		}
		r.rule(list, i, &item)
	}
	r.edge = outer
	return n, true
}

// entry reads what follows the dash in a column.
func (r *plainReader) entry(column int) (node, bool) {
	if r.endsLine() {
		if r.column() <= column {
			return node{}, false
		}
		return r.nested()
	}
	if r.atFlow() {
		return r.flowLine()
	}
	n, ok := r.scalar(false)
	switch {
	case !ok:
		return node{}, false
	case r.atColon(n):
		r.pos++
		return r.mapping(n)
	}
	return n, r.endsLine()
}

// nested reads a block that begins a line of its own.
func (r *plainReader) nested() (node, bool) {
	if r.depth++; r.depth > maxPlainDepth {
		return node{}, false
	}
	n, ok := r.block()
	r.depth--
	return n, ok
}

// mapping reads a mapping of which the first key was read, with its colon.
func (r *plainReader) mapping(key node) (node, bool) {
	n := node{kind: mapping, tag: "!!map", line: key.line, column: key.column}
	since, outer := len(r.open), r.edge
	r.edge = n.column
	for {
		value, ok := r.value(n.column, key.value)
		if !ok {
			return node{}, false
		}
		r.open = append(r.open, key, value)
		if r.pos == len(r.doc) || r.column() < n.column {
			r.edge = outer
			return r.closed(n, since), true
		}
		if r.column() > n.column {
			return node{}, false
		}
		if key, ok = r.key(); !ok {
			return node{}, false
		}
	}
}

// key reads a key and the colon after it.
func (r *plainReader) key() (node, bool) {
	n, ok := r.scalar(false)
	if !ok || !r.atColon(n) {
		return node{}, false
	}
	r.pos++
	return n, true
}

// atColon reports whether key, which was just read, is one.
func (r *plainReader) atColon(key node) bool {
	return r.at(0) == ':' && isBlank(r.at(1)) && len(key.value) <= maxPlainKey
}

// value reads the value of a key in a column: on its line, on lines that are
// indented further, or a list of which the dashes stand below the key.
func (r *plainReader) value(column int, key string) (node, bool) {
	null := node{tag: "!!null", line: r.line, column: r.column()}
	if !r.endsLine() {
		if r.atFlow() {
			return r.flowLine()
		}
		n, ok := r.scalar(false)
		return n, ok && r.endsLine()
	}
	switch {
	case r.pos == len(r.doc) || r.column() < column:
		return null, true
	case r.atDash() && column == 1 && r.rule != nil && (key == "allow" || key == "deny"):
		return r.rules(key)
	case r.atDash() || r.column() > column:
		return r.nested()
	}
	return null, true
}
