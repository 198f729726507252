package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/lambdafence/lambdafence/internal/review"
	"github.com/lambdafence/lambdafence/policy"
)

// An explained is an explanation with what the policy's text says to it.
type explained struct {
	explanation
	File    string              `json:"file,omitempty"` // of the layer that decided
	Line    int                 `json:"line,omitempty"` // of the rule
	Matched []review.Difference `json:"matched,omitempty"`
	Near    []review.Miss       `json:"near,omitempty"`
}

// explainFully answers a question with the documents at hand: where the rule stands
// that decided, by which of its fields a deny rule did, and which allow rules came
// near where none matched.
func explainFully(docs []*review.Document, set *policy.Set, q *question) (explained, error) {
	e, err := explain(set, q)
	a := explained{explanation: e}
	if err != nil || e.Error != "" {
		return a, err
	}
	c, err := q.call()
	if err != nil {
		return a, err
	}
	d := docs[e.Layer]
	a.File = d.Name
	r := d.Rule(e.Rule)
	if r != nil {
		a.Line = r.Line
	}
	switch {
	case e.Decision == policy.Allow.String():
	case r != nil:
		a.Matched = r.Matched(&c)
	default:
		a.Near = d.Near(&c)
	}
	return a, nil
}

// tell writes it for people, or for machines.
func (a *explained) tell(w io.Writer, asJSON bool) error {
	var b bytes.Buffer
	if asJSON {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(a); err != nil {
			return err
		}
	} else {
		a.write(&b, penFor(w))
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (a *explained) write(w io.Writer, p pen) {
	if a.Error != "" {
		fmt.Fprintf(w, "%s: Go itself would refuse it: %s\n", p.effect(a.Decision), printable(a.Error))
		return
	}
	by := a.Reason
	if a.Rule != "" {
		by = a.Rule + ": " + a.Reason
	}
	if a.Line > 0 {
		by = fmt.Sprintf("%s:%d: %s", a.File, a.Line, by)
	}
	fmt.Fprintf(w, "%s: %s (mode %s, layer %d)\n", p.effect(a.Decision), printable(by), a.Mode, a.Layer)
	for _, f := range a.Matched {
		fmt.Fprintf(w, "    %s: %s; the call has %s\n", f.Field, printable(f.Want), printable(f.Got))
	}
	for _, m := range a.Near {
		fmt.Fprintf(w, "%s comes near\n", printable(fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Rule)))
		for _, f := range m.Fields {
			fmt.Fprintf(w, "    %s: wants %s; the call has %s\n", f.Field, printable(f.Want), printable(f.Got))
			if f.Note != "" {
				fmt.Fprintf(w, "        %s\n", printable(f.Note))
			}
		}
	}
	if a.Suggest != "" {
		fmt.Fprintf(w, "this would allow it: %s\n", printable(a.Suggest))
	}
}
