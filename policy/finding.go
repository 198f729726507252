package policy

import "cmp"

// A finding is what one layer has against a call, or for it, as a number of
// which the greater decides. From the top: whether it denies; its mode, or for
// a call that is allowed whether something allows it by name; the layer, the
// first one greatest; the place in the layer, likewise. What makes a door a
// local one follows, and decides nothing.
type finding uint64

const (
	denyBit    = 63
	modeShift  = 60
	layerShift = 44
	placeShift = 8
	layerMask  = 1<<(modeShift-layerShift) - 1
	placeMask  = 1<<(layerShift-placeShift) - 1
)

// maxLayers is how many layers a finding can tell apart.
const maxLayers = layerMask

// A place is where in a layer a finding stands: local doors come before all
// rules, and what no rule speaks of after them.
type place uint64

const (
	atDoor    place = 0
	firstRule place = 1
	atEnd     place = placeMask
)

func placeOfRule(ref int32) place { return firstRule + place(ref) }

func denies(mode Mode, at place, kind localKind) finding {
	return 1<<denyBit | finding(mode)<<modeShift | finding(placeMask-at)<<placeShift | finding(kind)
}

func allows(at place) finding {
	f := finding(placeMask-at) << placeShift
	if at != atEnd {
		f |= 1 << modeShift
	}
	return f
}

// in is f as a finding of a layer.
func (f finding) in(layer int) finding { return f | finding(layerMask-layer)<<layerShift }

func (f finding) deny() bool      { return f>>denyBit != 0 }
func (f finding) layer() int      { return layerMask - int(f>>layerShift&layerMask) }
func (f finding) place() place    { return placeMask - place(f>>placeShift&placeMask) }
func (f finding) kind() localKind { return localKind(f) }

// and adds to f what g has against the call. What speaks for it is f's to say.
func (f finding) and(g finding) finding {
	if g.deny() && g>>placeShift > f>>placeShift {
		return g
	}
	return f
}

// decisions are all that a layer can give, but for those by its rules, put into
// words when it is compiled.
type decisions struct {
	closed     [runtimeAPI + 1]Decision
	opened     Decision
	notAllowed Decision
	notDenied  Decision
}

// localRule is what decisions on local doors name as their rule.
const localRule = "local"

// decisions words what the layer at index i of s decides, and each of its rules.
func (s *Set) decisions(i int) decisions {
	l := &s.layers[i]
	d := decisions{
		opened:     Decision{Allow, s.mode, i, localRule, "opened by local"},
		notAllowed: Decision{Deny, l.mode, i, "", cmp.Or(l.unavailable, "no allow rule matched")},
		notDenied:  Decision{Allow, s.mode, i, "", "no deny rule matched"},
	}
	for k := range d.closed {
		d.closed[k] = Decision{Deny, s.mode, i, localRule, localKind(k).String()}
	}
	for j := range l.rules {
		if r := &l.rules[j]; r.deny {
			r.decision = Decision{Deny, r.mode, i, r.id, cmp.Or(r.reason, "denied by rule")}
		} else {
			r.decision = Decision{Allow, s.mode, i, r.id, cmp.Or(r.reason, "allowed by rule")}
		}
	}
	return d
}

// decision returns the decision that a finding stands for.
func (s *Set) decision(f finding) *Decision {
	l := &s.layers[f.layer()]
	d := &l.decisions
	switch at := f.place(); {
	case at == atEnd && f.deny():
		return &d.notAllowed
	case at == atEnd:
		return &d.notDenied
	case at >= firstRule:
		return &l.rules[at-firstRule].decision
	case f.deny():
		return &d.closed[f.kind()]
	}
	return &d.opened
}
