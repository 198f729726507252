package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// metrics read what the fences print: a line of CloudWatch's metrics for each flush.
type metrics struct {
	stdout *os.File // as it was
	in     *os.File
	done   chan struct{}

	blocked, reported int64
	odd               []string // lines that are none of these
}

func readMetrics() (*metrics, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	m := &metrics{stdout: os.Stdout, in: in, done: make(chan struct{})}
	os.Stdout = in
	go func() {
		defer close(m.done)
		defer out.Close()
		for lines := json.NewDecoder(out); ; {
			var raw json.RawMessage
			if err := lines.Decode(&raw); err != nil {
				return
			}
			var line struct {
				Blocked, Reported int64
			}
			if err := json.Unmarshal(raw, &line); err != nil || !bytes.Contains(raw, []byte(`"_aws"`)) {
				m.odd = append(m.odd, fmt.Sprintf("%.200s", raw))
			}
			m.blocked, m.reported = m.blocked+line.Blocked, m.reported+line.Reported
		}
	}()
	return m, nil
}

func (m *metrics) close() {
	os.Stdout = m.stdout
	_ = m.in.Close()
	<-m.done
}
