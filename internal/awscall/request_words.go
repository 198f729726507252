package awscall

import (
	"net/http"
	"net/url"
	"strings"
)

// words are the headers and the query of a request, each read once.
type words struct {
	*Request
	header header
	query  query
}

func newWords(r *Request) *words {
	w := &words{Request: r, header: newHeader(r.Header)}
	if w.Method == "" {
		w.Method = http.MethodGet
	}
	w.query.read(r.Query)
	return w
}

// A header holds the fields that a service of AWS goes by, by their names in
// lower case: a map of Go may have one field in several spellings, and all of
// them are sent.
type header map[string][]string

func newHeader(h http.Header) header {
	fields := make(header, 8)
	for key, values := range h {
		switch name := strings.ToLower(key); {
		case strings.HasPrefix(name, "x-amz-"), strings.HasPrefix(name, "x-http-method"), name == "x-method-override",
			name == "authorization", name == "connection", name == "content-type", name == "smithy-protocol":
			fields[name] = append(fields[name], values...)
		}
	}
	return fields
}

func (h header) has(name string) bool { return len(h[name]) > 0 }

// one returns the value of a field that is given once, and "" for any other.
func (h header) one(name string) string {
	if v := h[name]; len(v) == 1 {
		return v[0]
	}
	return ""
}

// A query is a query string in pairs. Nothing of it is dropped, as net/url drops
// what it does not understand.
type query struct {
	pairs  []pair
	broken bool // no reading of it is certain
	twice  bool // a key is given twice, be it in another case
}

type pair struct{ key, value string }

// maxPairs is more than any operation has parameters.
const maxPairs = 256

// read takes a query string apart. A semicolon separates pairs for some, an
// escape in a key hides it from others; no client of AWS's sends either.
func (q *query) read(raw string) {
	if len(raw) > 1<<16 || strings.Count(raw, "&") >= maxPairs {
		q.broken = true
		return
	}
	for i := 0; i < len(raw); i++ {
		if c := raw[i]; c <= ' ' || c >= 0x7f || c == ';' || c == '#' {
			q.broken = true
			return
		}
	}
	seen := map[string]bool{}
	for text := range strings.SplitSeq(raw, "&") {
		if text == "" {
			continue
		}
		key, value, _ := strings.Cut(text, "=")
		value, err := url.QueryUnescape(value)
		if err != nil || key == "" || strings.ContainsAny(key, "%+") {
			q.broken = true
			return
		}
		folded := strings.ToLower(key)
		q.twice = q.twice || seen[folded]
		seen[folded] = true
		q.pairs = append(q.pairs, pair{key, value})
	}
}

// one returns the value of a key that is given once and has one.
func (q *query) one(key string) string {
	value, n := "", 0
	for _, p := range q.pairs {
		if strings.EqualFold(p.key, key) {
			value = p.value
			if n++; p.key != key {
				n++ // whether case counts, each service knows for itself
			}
		}
	}
	if n != 1 {
		return ""
	}
	return value
}

// has reports whether a key is given, in any case.
func (q *query) has(key string) bool {
	for _, p := range q.pairs {
		if strings.EqualFold(p.key, key) {
			return true
		}
	}
	return false
}
