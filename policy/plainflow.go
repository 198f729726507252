package policy

// flowLine reads a flow collection that ends its line.
func (r *plainReader) flowLine() (node, bool) {
	n, ok := r.flow()
	return n, ok && r.endsLine()
}

// flow reads what stands in brackets or braces, over any number of lines.
func (r *plainReader) flow() (node, bool) {
	if r.depth++; r.depth > maxPlainDepth {
		return node{}, false
	}
	n := node{kind: sequence, tag: "!!seq", flow: true, line: r.line, column: r.column()}
	end := byte(']')
	if r.at(0) == '{' {
		n.kind, n.tag, end = mapping, "!!map", '}'
	}
	since := len(r.open)
	for r.at(0) != end {
		r.pos++ // the bracket, or a comma
		r.skip()
		if r.at(0) == end {
			break
		}
		if !r.flowItem(n.kind) {
			return node{}, false
		}
		r.skip()
		if c := r.at(0); c != ',' && c != end {
			return node{}, false
		}
	}
	r.pos++
	r.depth--
	return r.closed(n, since), true
}

// flowItem reads an item of a list, or a key with its value. The colon must stand
// further in than the block around.
func (r *plainReader) flowItem(within kind) bool {
	if within == mapping {
		key, ok := r.scalar(true)
		if !ok || r.at(0) != ':' || r.column() <= r.edge || len(key.value) > maxPlainKey {
			return false
		}
		r.open = append(r.open, key)
		r.pos++
		r.skip()
	}
	read := r.flow
	if !r.atFlow() {
		read = func() (node, bool) { return r.scalar(true) }
	}
	item, ok := read()
	r.open = append(r.open, item)
	return ok
}
