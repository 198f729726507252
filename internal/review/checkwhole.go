package review

import (
	"fmt"
	"time"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
)

// size tells what push does with a document that a parameter has no room for.
func (d *Document) size() []Finding {
	f := Finding{Check: "size", Line: 1, Column: 1}
	standard, err := paramdoc.Pack(d.Text, paramdoc.Standard)
	switch {
	case err == nil && standard.Form == paramdoc.Plain:
		return nil
	case err == nil && standard.Form == paramdoc.Packed:
		f.Message = fmt.Sprintf("%d bytes, more than the %d of a parameter: push packs it into %d", len(d.Text), paramdoc.Standard, standard.Size())
		f.Fix = "none needed: pull unpacks it; or make it shorter"
		return []Finding{info(f)}
	}
	advanced, tooLarge := paramdoc.Pack(d.Text, paramdoc.Advanced)
	switch {
	case tooLarge != nil:
		f.Message = fmt.Sprintf("%d bytes: no tier of Parameter Store has room for it, not even packed and split", len(d.Text))
		f.Fix = "make two layers of it, or deploy it with the code"
	case err != nil:
		f.Message = fmt.Sprintf("%d bytes: push has room for it in the advanced tier alone, in %s", len(d.Text), parameters(advanced))
		f.Fix = "push it to the advanced tier, or make two layers of it"
	default:
		f.Message = fmt.Sprintf("%d bytes: push packs it and splits it into %s; in the advanced tier into %s",
			len(d.Text), parameters(standard), parameters(advanced))
		f.Fix = "make it shorter, or let the role read the parts, which lie beneath the parameter's name"
	}
	return []Finding{f}
}

func parameters(p *paramdoc.Packing) string {
	if len(p.Parts) == 0 {
		return "1 parameter"
	}
	return fmt.Sprintf("%d parameters", len(p.Parts)+1)
}

// soon is how long before its end a rule is told of.
const soon = 30 * 24 * time.Hour

// ended finds rules that no longer hold, and those that soon will not.
func (d *Document) ended(now time.Time) []Finding {
	var fs []Finding
	for _, r := range d.Rules() {
		day, err := time.Parse(time.DateOnly, r.Text("until"))
		if err != nil {
			continue // it has no end
		}
		at, end := r.Fields["until"][0], day.AddDate(0, 0, 1)
		does := "allows"
		if r.Deny {
			does = "denies"
		}
		switch {
		case !now.Before(end):
			fs = append(fs, r.find("until", at, "take the rule out, or give it a later date", "the rule ended on %s and %s nothing any more", at.Text, does))
		case end.Sub(now) <= soon:
			fs = append(fs, info(r.find("until", at, "none needed if that is meant; else a later date", "the rule ends after %s, and %s nothing from then on", at.Text, does)))
		}
	}
	return fs
}

// riskyDoors are those behind which secrets lie.
var riskyDoors = map[string]string{
	"parameters-extension": "hands out every secret and parameter that the role may read, to any code in the function",
	"credentials":          "hands out the credentials of the role, to any code in the function",
}

// doors finds local doors that lead to secrets.
func (d *Document) doors() []Finding {
	var fs []Finding
	for _, door := range d.Local {
		if does, ok := riskyDoors[door.Text]; ok {
			fs = append(fs, Finding{
				Check: "door", Line: door.Line, Column: door.Column, Message: fmt.Sprintf("%s %s", door.Text, does),
				Fix: "keep the door closed and ask by the SDK, with an allow rule for aws; the fence's own source needs no door",
			})
		}
	}
	return fs
}
