package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"time"
)

// measureBurst has internal/burst start a thousand fences at once.
func measureBurst(ctx context.Context, e effort) (part, error) {
	p := part{name: "burst", title: "A thousand cold starts at once", text: []string{
		fmt.Sprintf("%d fences, each with a client of its own, ask an SSM that serves 40 requests a second, all in one process, so that they wait for each other's processor time as well. ", e.burst) +
			"A load may take 2 seconds; then the load-error rule holds, which blocks. Invoked once a second afterwards, each comes to have SSM's policy. `make burst` tells more.",
	}}
	root, err := moduleRoot(ctx)
	if err != nil {
		return p, err
	}
	cmd := exec.CommandContext(ctx, "go", "run", "./internal/burst", "-json", "-n", strconv.Itoa(e.burst), "-for", e.life.String())
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return p, fmt.Errorf("internal/burst: %w", err)
	}
	var runs []struct {
		Name                           string
		FromSSM, Embedded, Rule, Open  int
		Median, Longest, SettledWithin time.Duration
		Asked, Refused, NeverSettled   int
	}
	if err := json.Unmarshal(out, &runs); err != nil {
		return p, err
	}
	t := table{head: []string{"", "policy from SSM", "embedded", "by the rule", "let a call through", "New: median", "longest", "all have SSM's after", "requests", "of them refused"}}
	wrong := 0
	for _, r := range runs {
		after := nanos(float64(r.SettledWithin))
		if r.NeverSettled > 0 {
			after = fmt.Sprintf("not %d of them", r.NeverSettled)
		}
		t.add(r.Name, strconv.Itoa(r.FromSSM), strconv.Itoa(r.Embedded), strconv.Itoa(r.Rule), strconv.Itoa(r.Open),
			nanos(float64(r.Median)), nanos(float64(r.Longest)), after, strconv.Itoa(r.Asked), strconv.Itoa(r.Refused))
		wrong += e.burst - r.FromSSM - r.Embedded - r.Rule
	}
	p.tables = []table{t}
	p.budgets = []budget{{what: "burst, fences that end neither with a policy nor by their load-error rule", got: once(float64(wrong)), limit: 0, format: count}}
	return p, nil
}
