package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/lambdafence/lambdafence/internal/lambdahost"
)

// A start is a function in an environment, started over and over.
type start struct {
	name, function string
	env            []string
	next, answer   runs // the nanoseconds to the first /next, and to the first answer; a figure for each round
}

func measureStart(ctx context.Context, e effort) (part, error) {
	p := part{name: "start", title: "The cold start", text: []string{
		"From the start of the process to the first `/next` of the Runtime API, which is what Lambda counts as init, and to the answer of the first invocation, which would show what init leaves " +
			"for later. Functions of this repository, built as for Lambda, with a policy of 100 rules: `internal/bench/functions`. The plain SDK's reads the same parameter with " +
			"`config.LoadDefaultConfig` and `GetParameter`, and does nothing with it.",
		"SSM and the extension are this project's stand-ins on loopback and answer at once. Over TLS the process reads the system's certificates, a bundle of some 150, as it does in Lambda: most of the time of these rows goes there, the fence's and the peer's. On a function of 128 MB, " +
			"which has a fourteenth of a core, multiply what is processor time by about 14.",
	}}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return p, err
	}
	defer os.RemoveAll(dir)
	built, err := buildAll(ctx, dir, "bare", "embedded", "extension", "ssm", "plainssm")
	if err != nil {
		return p, err
	}
	s, err := newStands(dir)
	if err != nil {
		return p, err
	}
	defer s.close()
	starts := []*start{
		{name: "bare, no fence", function: "bare"},
		{name: "fence, policy embedded", function: "embedded"},
		{name: "fence, policy from the extension", function: "extension", env: s.extensionEnv()},
		{name: "fence, policy from SSM", function: "ssm", env: s.ssmEnv(true)},
		{name: "no fence, SDK's GetParameter", function: "plainssm", env: s.ssmEnv(true)},
		{name: "fence, policy from SSM, without TLS", function: "ssm", env: s.ssmEnv(false)},
		{name: "no fence, SDK's GetParameter, without TLS", function: "plainssm", env: s.ssmEnv(false)},
	}
	for range e.rounds {
		if err := round(ctx, starts, built, e.starts); err != nil {
			return p, err
		}
	}
	bare := starts[0]
	t := table{head: []string{"to the first /next", "min", "median", "max", "adds", "adds to the first answer"}}
	for _, s := range starts {
		row := append([]string{s.name}, spread(s.next, nanos)...)
		if s == bare {
			t.add(append(row, "", "")...)
			continue
		}
		t.add(append(row, within(s.next.less(bare.next), nanos), within(s.answer.less(bare.answer), nanos))...)
	}
	p.tables = []table{t}
	adds := func(i int) runs { return starts[i].next.less(bare.next) }
	p.budgets = []budget{
		{what: "cold start, embedded policy of 100 rules / bare", got: starts[1].next.over(bare.next), limit: 1.15, format: times},
		{what: "cold start, fence from SSM adds / SDK's GetParameter adds, over TLS", got: adds(3).over(adds(4)), limit: 0.5, format: ratio},
		{what: "cold start, fence from SSM adds / SDK's GetParameter adds, without TLS", got: adds(5).over(adds(6)), limit: 0.5, format: ratio},
	}
	return p, nil
}

// round starts each as often, in turns, and notes what a quarter of them are below.
func round(ctx context.Context, starts []*start, built map[string]string, times int) error {
	next, answer := make([]runs, len(starts)), make([]runs, len(starts))
	for range times {
		for _, i := range rand.Perm(len(starts)) {
			n, a, err := starts[i].once(ctx, built[starts[i].function])
			if err != nil {
				return fmt.Errorf("%s: %w", starts[i].name, err)
			}
			next[i], answer[i] = append(next[i], float64(n)), append(answer[i], float64(a))
		}
	}
	for i, s := range starts {
		s.next, s.answer = append(s.next, next[i].least(4)), append(s.answer, answer[i].least(4))
	}
	return nil
}

// once is one cold start. A fence that has something to say, such as that it has
// no policy, was not started as it should have been.
func (s *start) once(ctx context.Context, path string) (next, answer time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var said bytes.Buffer
	began := time.Now()
	h, err := lambdahost.Start(ctx, lambdahost.Config{Path: path, Env: s.env, Stdout: &said, Stderr: &said})
	if err != nil {
		return 0, 0, err
	}
	_, err = h.Invoke(ctx, []byte(`{"url":"ftp://refused.example/"}`))
	answer = time.Since(began)
	next = h.InitDuration()
	_ = h.Close() // then nobody writes to said
	if err == nil && bytes.Contains(said.Bytes(), []byte("lambdafence")) {
		err = fmt.Errorf("it says: %s", said.String())
	}
	return next, answer, err
}
