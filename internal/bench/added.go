package main

// A row is a subject beside the one that does the same without it.
type row struct {
	subject
	beneath int          // which row; its own: nothing is beneath
	spans   *spanCounter // of the SDK; nil: none
}

func addedTable(caption string) table {
	return table{caption: caption, head: []string{"", "time of a call", "adds", "allocations it adds", "spans a call"}}
}

// added times the rows in turns, tells in t what each adds to what is beneath it,
// and returns that.
func (e effort) added(t *table, rows []row) ([]runs, error) {
	var subjects []subject
	for _, r := range rows {
		subjects = append(subjects, r.subject)
	}
	e.turns *= 6 // what is added is little beside the call
	figures, err := e.slower(3).inTurns(subjects...)
	if err != nil {
		return nil, err
	}
	adds := make([]runs, len(rows))
	for i, r := range rows {
		adds[i] = figures[i].less(figures[r.beneath])
		cells := []string{r.name, nanos(figures[i].median()), "", "", ""}
		if r.beneath != i {
			cells[2], cells[3] = within(adds[i], nanos), count(r.allocations()-rows[r.beneath].allocations())
		}
		if r.spans != nil {
			if cells[4], err = r.spans.perCall(r.subject); err != nil {
				return nil, err
			}
		}
		t.add(cells...)
	}
	return adds, nil
}
