package events

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strconv"
	"strings"

	"github.com/lambdafence/lambdafence/wrapper"
)

// Counts are of what was read.
type Counts struct {
	Events     int64 // that were told
	Calls      int64 // that they stand for: an event may have a count
	Duplicates int64 // events that had been told before
	Others     int64 // lines and records of other programs, and notices of the fence
	Newer      int64 // events of a version that is not known
	Broken     int64 // events, lines and documents that cannot be read
	Bytes      int64 // unpacked
}

// A Reader reads events from any number of inputs.
type Reader struct {
	// Each is told every event. Its error ends the reading.
	Each func(*wrapper.Event) error
	// Strict makes what cannot be read an error, as well as events of a newer version.
	Strict bool

	Counts Counts

	told seen
	seed maphash.Seed
	at   string // where the reader is, for errors
}

// NewReader returns a reader that tells each.
func NewReader(each func(*wrapper.Event) error) *Reader {
	return &Reader{Each: each, seed: maphash.MakeSeed()}
}

// maxLine is the longest line that is read. Longer ones are skipped: the Collector
// writes a batch into a line.
const maxLine = 32 << 20

// Read reads an input to its end: lines, a JSON document, or either packed by gzip.
func (r *Reader) Read(name string, in io.Reader) error {
	r.at = name
	b := bufio.NewReaderSize(in, 1<<16)
	if magic, _ := b.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(b)
		if err != nil {
			return r.broken("", err)
		}
		b = bufio.NewReaderSize(z, 1<<16)
	}
	b = bufio.NewReaderSize(&counted{b, &r.Counts.Bytes}, 1<<16)
	rest, err := io.Reader(b), error(nil)
	if isDocument(b) {
		rest, err = r.document(b)
		if errors.Is(err, io.ErrUnexpectedEOF) { // what was cut off may have something else behind it
			if err := r.broken("", fmt.Errorf("ends too early: %w", err)); err != nil {
				return err
			}
			err = nil
		}
	}
	if err == nil {
		err = r.lines(bufio.NewReaderSize(rest, 1<<16))
	}
	var stop *stopError
	switch {
	case err == nil || errors.As(err, &stop):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return r.broken("", fmt.Errorf("ends too early: %w", err))
	}
	return err
}

// A stopError ends the reading: one of Each, or one that Strict makes of a mistake.
type stopError struct{ err error }

func (e *stopError) Error() string { return e.err.Error() }
func (e *stopError) Unwrap() error { return e.err }

// broken counts what cannot be read. line is where, such as ":12", or empty.
func (r *Reader) broken(line string, err error) error {
	r.Counts.Broken++
	if r.Strict {
		return &stopError{fmt.Errorf("%s%s: %w", r.at, line, err)}
	}
	return nil
}

type counted struct {
	io.Reader
	n *int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += int64(n)
	return n, err
}

// isDocument reports whether an input is JSON that goes over several lines: then
// its first line is none, and the next one goes on with it. A line that was cut off, of
// a batch or of an event, is followed by another that begins anew.
func isDocument(b *bufio.Reader) bool {
	head, _ := b.Peek(b.Size())
	head = bytes.TrimLeft(head, " \t\r\n\ufeff")
	first, next, complete := bytes.Cut(head, []byte("\n"))
	if !complete || json.Valid(first) {
		return false
	}
	switch first = bytes.TrimSpace(first); first[0] {
	case '[':
		return true
	case '{':
		last := first[len(first)-1]
		return last == '{' || last == '[' || len(next) > 0 && bytes.IndexByte([]byte(" \t\"[]}"), next[0]) >= 0
	}
	return false
}

// lines reads an input line by line.
func (r *Reader) lines(b *bufio.Reader) error {
	var long []byte
	csv := csvColumns{message: -1}
	for n := 1; ; n++ {
		text, err := b.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			long = append(long[:0], text...)
			for err == bufio.ErrBufferFull {
				text, err = b.ReadSlice('\n')
				if len(long) <= maxLine {
					long = append(long, text...)
				}
			}
			text = long
		}
		if len(text) > maxLine {
			if err := r.broken(at(n), fmt.Errorf("a line of more than %d MB", maxLine>>20)); err != nil {
				return err
			}
			text = nil
		}
		if len(bytes.TrimSpace(text)) > 0 {
			if n == 1 {
				csv = csvHeader(text)
				if csv.message >= 0 {
					return r.csv(io.MultiReader(bytes.NewReader(bytes.Clone(text)), b), csv)
				}
			}
			if err := r.line(text, n); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// line reads one line: an event, or a document of its own.
func (r *Reader) line(text []byte, n int) error {
	text = bytes.TrimSpace(text)
	if ev, ok := quick(text); ok {
		return r.tell(&ev, text)
	}
	if text[0] == '{' && isEnvelope(text) {
		if _, err := r.document(bytes.NewReader(text)); err != nil {
			var stop *stopError
			if errors.As(err, &stop) {
				return err
			}
			return r.broken(at(n), err)
		}
		return nil
	}
	return r.text(text, n)
}

// Record reads one record of a log. name is where it comes from, for errors.
func (r *Reader) Record(name string, text []byte) error {
	r.at = name
	r.Counts.Bytes += int64(len(text))
	return r.text(text, 0)
}

// text reads the text of one log record. line is 0 where it has none.
func (r *Reader) text(text []byte, line int) error {
	ev, text, err := parse(text)
	if err != nil {
		return r.refuse(err, line, 1)
	}
	return r.tell(&ev, text)
}

// parse reads an event, and returns the text that it was: the inner one, where a
// log collector has wrapped it.
func parse(text []byte) (wrapper.Event, []byte, error) {
	if ev, ok := quick(text); ok {
		return ev, text, nil
	}
	ev, err := parseLine(text)
	if errors.Is(err, errOther) && bytes.Contains(text, anyMark) {
		if inner, ok := unwrap(text); ok {
			text = inner
			ev, err = parseLine(text)
		}
	}
	return ev, text, err
}

// refuse counts so many records that are no events, and says why.
func (r *Reader) refuse(err error, line int, records int64) error {
	switch {
	case errors.Is(err, errOther):
		r.Counts.Others += records
		return nil
	case errors.Is(err, errNewer):
		r.Counts.Newer += records
		if r.Strict {
			return &stopError{fmt.Errorf("%s%s: %w", r.at, at(line), err)}
		}
		return nil
	}
	r.Counts.Broken += records - 1
	return r.broken(at(line), err)
}

func at(line int) string {
	if line == 0 {
		return ""
	}
	return ":" + strconv.Itoa(line)
}

// tell tells an event that has not been told yet.
func (r *Reader) tell(ev *wrapper.Event, text []byte) error {
	if r.told.add(maphash.Bytes(r.seed, sameEvent(ev, text))) {
		r.Counts.Duplicates++
		return nil
	}
	ev.Call.Time = ev.Time // a rule with until asks for it
	r.Counts.Events++
	r.Counts.Calls += int64(ev.Count)
	if err := r.Each(ev); err != nil {
		return &stopError{err}
	}
	return nil
}

// String tells what was read, and what could not be, on one line.
func (c *Counts) String() string {
	parts := []string{several(c.Events, "event") + " of " + several(c.Calls, "call")}
	for _, p := range []struct {
		n    int64
		what string
	}{{c.Duplicates, "read twice"}, {c.Others, "lines of others"}, {c.Newer, "of a newer version, left out"}, {c.Broken, "that cannot be read, left out"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}

func several(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
