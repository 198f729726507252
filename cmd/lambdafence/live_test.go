package main

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

// standOf is the stand-in for AWS of a script.
func standOf(ts *testscript.TestScript) *awsstand.Stand {
	if s, ok := ts.Value(standKey{}).(*scriptedStand); ok {
		return s.Stand
	}
	return nil
}

// logs puts the lines of a file into a log group, as of their own time or, with a
// third argument, of so long ago: logs /aws/lambda/orders orders.jsonl 1h.
func logs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: logs group file [ago]")
	}
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		var event struct{ Time time.Time }
		_ = json.Unmarshal([]byte(line), &event) // another program's line has none
		if len(args) == 3 {
			ago, err := time.ParseDuration(args[2])
			ts.Check(err)
			event.Time = time.Now().Add(-ago)
		}
		standOf(ts).PutLogEvents(args[0], event.Time.AddDate(-1, 0, 0), awsstand.LogEvent{Time: event.Time, Message: strings.TrimSpace(line)})
	}
}

// refuse makes an operation of AWS fail: refuse logs:StartQuery AccessDeniedException.
func refuse(ts *testscript.TestScript, neg bool, args []string) {
	times := -1
	if neg {
		args, times = append(args, ""), 0
	}
	if len(args) != 2 {
		ts.Fatalf("usage: [!] refuse operation code")
	}
	standOf(ts).Refuse(args[0], args[1], times)
}
