package events

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// envelopes are the keys of a document whose arrays hold records:
//
//	events         aws logs filter-log-events, get-log-events
//	results        aws logs get-query-results
//	logEvents      a subscription of CloudWatch Logs, as Firehose delivers it
//	resourceSpans  OTLP/JSON: opentelemetry.io/docs/specs/otlp
//	resourceLogs
var envelopes = []string{"events", "results", "logEvents", "resourceSpans", "resourceLogs"}

// isEnvelope reports whether a line may be a document of records.
func isEnvelope(text []byte) bool {
	for _, key := range envelopes {
		if bytes.Contains(text, []byte(`"`+key+`"`)) {
			return true
		}
	}
	return false
}

// document reads JSON documents, one after another, an element of an array at a
// time. Where they end too early, rest is what follows that line.
func (r *Reader) document(in io.Reader) (rest io.Reader, err error) {
	dec := json.NewDecoder(in)
	for {
		token, err := dec.Token()
		switch {
		case err == io.EOF:
			return eof, nil
		case err != nil:
			return afterLine(dec, in), early(err)
		case token == json.Delim('{'):
			err = r.object(dec)
		case token == json.Delim('['):
			err = r.array(dec, r.element)
		default:
			r.Counts.Others++
		}
		if err != nil {
			return afterLine(dec, in), early(err)
		}
	}
}

var eof = strings.NewReader("")

// afterLine is what follows the line at which a decoder gave up.
func afterLine(dec *json.Decoder, in io.Reader) io.Reader {
	rest := bufio.NewReader(io.MultiReader(dec.Buffered(), in))
	for {
		if _, err := rest.ReadSlice('\n'); err != bufio.ErrBufferFull {
			return rest
		}
	}
}

// early makes of an end within a document what it is.
func early(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	return err
}

// object reads an object whose brace has been read: an envelope, or an event.
func (r *Reader) object(dec *json.Decoder) error {
	rest := make(map[string]json.RawMessage)
	enveloped := false
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		record := r.recordOf(name)
		if record == nil {
			var value json.RawMessage
			if err := dec.Decode(&value); err != nil {
				return err
			}
			if len(rest) < 100 {
				rest[name] = value
			}
			continue
		}
		enveloped = true
		token, err := dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('['):
			if err := r.array(dec, record); err != nil {
				return err
			}
		case json.Delim('{'):
			if err := skip(dec); err != nil {
				return err
			}
		}
	}
	if _, err := dec.Token(); err != nil || enveloped {
		return err
	}
	text, err := json.Marshal(rest)
	if err != nil {
		return err
	}
	return r.element(text)
}

// skip reads to the end of an object that has begun.
func skip(dec *json.Decoder) error {
	for dec.More() {
		var value json.RawMessage
		if _, err := dec.Token(); err != nil {
			return err
		}
		if err := dec.Decode(&value); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// array reads an array whose bracket has been read.
func (r *Reader) array(dec *json.Decoder, record func(json.RawMessage) error) error {
	for dec.More() {
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		if err := record(value); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// recordOf returns what reads the records of an envelope, by its key.
func (r *Reader) recordOf(key string) func(json.RawMessage) error {
	switch key {
	case "events", "logEvents":
		return r.element
	case "results":
		return r.queryResult
	case "resourceSpans":
		return r.resourceSpans
	case "resourceLogs":
		return r.resourceLogs
	}
	return nil
}

// element reads an object that is an event, or holds one as its message.
func (r *Reader) element(value json.RawMessage) error {
	return r.text(value, 0)
}

// queryResult reads a row of a query of CloudWatch Logs: a list of fields.
func (r *Reader) queryResult(value json.RawMessage) error {
	var fields []struct{ Field, Value string }
	if err := json.Unmarshal(value, &fields); err != nil {
		return r.element(value)
	}
	for _, f := range fields {
		if f.Field == "@message" {
			return r.element([]byte(f.Value))
		}
	}
	r.Counts.Others++
	return nil
}

// messages are the keys by which log collectors hold a line of a log.
var messages = []string{"message", "@message", "log", "body", "msg"}

// unwrap returns the line that an object of a log collector holds: as text, or as
// the object that it was.
func unwrap(text []byte) ([]byte, bool) {
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil {
		return nil, false
	}
	for _, key := range messages {
		value := object[key]
		var inner string
		switch {
		case len(value) == 0:
		case value[0] == '{':
			return value, true
		case json.Unmarshal(value, &inner) == nil && strings.Contains(inner, "{"):
			return []byte(inner), true
		}
	}
	return nil, false
}

// csvColumns says which column of a table of the console is the log line; -1: none.
type csvColumns struct{ message int }

// csvHeader reads the first line of a file that the console of CloudWatch Logs has
// written: timestamp,message or @timestamp,@message.
func csvHeader(text []byte) csvColumns {
	text = bytes.TrimPrefix(bytes.TrimSpace(text), []byte("\ufeff"))
	for i, name := range strings.Split(string(text), ",") {
		if name = strings.Trim(name, `" `); name == "message" || name == "@message" {
			return csvColumns{i}
		}
	}
	return csvColumns{-1}
}

// csv reads a table of log lines.
func (r *Reader) csv(in io.Reader, columns csvColumns) error {
	table := csv.NewReader(in)
	table.FieldsPerRecord, table.ReuseRecord, table.LazyQuotes = -1, true, true
	for n := 0; ; n++ {
		row, err := table.Read()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			var syntax *csv.ParseError
			if !errors.As(err, &syntax) {
				return err
			}
			if err := r.broken("", err); err != nil {
				return err
			}
		case n == 0: // the header
		case len(row) <= columns.message:
			r.Counts.Others++
		default:
			line, _ := table.FieldPos(0)
			if err := r.text([]byte(row[columns.message]), line); err != nil {
				return err
			}
		}
	}
}
