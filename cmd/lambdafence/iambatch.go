package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/lambdafence/lambdafence/internal/iam"
)

// A needed is the answer to a call of a batch: what IAM asks of it.
type needed struct {
	ID        string          `json:"id,omitempty"`
	Statement []iam.Statement `json:"statement"`
	Notes     []string        `json:"notes,omitempty"`
	Error     string          `json:"error,omitempty"`
}

// iamBatch answers a call a line. A line that is none is answered with its error.
func iamBatch(in io.Reader, out io.Writer) error {
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		answered, err := neededBy(lines.Bytes())
		if err != nil {
			answered.Error = fmt.Sprintf("line %d: %v", n, err)
		}
		if err := enc.Encode(answered); err != nil {
			return cannot{err}
		}
	}
	if err := errors.Join(lines.Err(), w.Flush()); err != nil {
		return cannot{err}
	}
	return nil
}

// neededBy answers one call.
func neededBy(line []byte) (needed, error) {
	var q question
	answered := needed{Statement: []iam.Statement{}}
	if err := json.Unmarshal(line, &q); err != nil {
		return answered, err
	}
	answered.ID = q.ID
	if q.AWS == nil {
		return answered, errors.New("want aws")
	}
	if _, err := q.call(); err != nil {
		return answered, err
	}
	call := iam.Describe(q.AWS.Service, q.AWS.Operation, q.AWS.Input, q.AWS.Region, q.account())
	if q.Host != "" {
		to, err := hostOf(q.Host)
		if err != nil {
			return answered, err
		}
		call.Host, call.Path = to.Host, to.Path
	}
	grants, notes := call.Grants()
	answered.Notes = notes
	answered.Statement = iam.NewDocument(grants, true).Statement
	return answered, nil
}
