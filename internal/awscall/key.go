package awscall

import "encoding/binary"

// AppendTo writes down all that n knows, in what room there is behind b. What is
// written alike is the same call, wherever it goes and whoever signs it. It returns
// nil where not all is known, or the room too small.
func (n *Named) AppendTo(b []byte) []byte {
	if n.plan == nil || n.unread || n.unsaid {
		return nil
	}
	name := n.plan.name
	if n.raised {
		name = n.plan.raised
	}
	b = AppendText(b, name)
	for i := range n.given {
		b = n.given[i].appendTo(b)
	}
	return n.wire.appendTo(b)
}

// appendTo writes down how many values each member gives, and the values. The
// counts come first: they say where the values end, so that no text which follows
// can stand for one.
func (v *values) appendTo(b []byte) []byte {
	if cap(b)-len(b) < 2*len(v.ends) {
		return nil
	}
	for _, end := range v.ends {
		b = binary.LittleEndian.AppendUint16(b, end)
	}
	for _, s := range v.all {
		b = AppendText(b, s)
	}
	return b
}

// AppendText appends a text and its length, or returns nil where there is no room
// for it.
func AppendText(b []byte, s string) []byte {
	if cap(b)-len(b) < len(s)+2 {
		return nil
	}
	return append(append(b, byte(len(s)), byte(len(s)>>8)), s...)
}
