package awscall

import (
	"compress/flate"
	_ "embed" // the tables
	"io"
	"strings"
	"sync"
)

// The tables of all services, as text in the directory tables and packed in one
// file, which is what a Lambda carries. Both are written by internal/awsgen.
//
//go:generate go run ../awsgen
//go:embed tables.bin
var packed string

// Packed tables are blocks, each the text of some services in the order of their
// ids, compressed by DEFLATE. Each service's text begins with a line "# id".
// Before the blocks stands their directory: a line for each, with the id of its
// first service and the block's length, and an empty line.

// opened holds the tables of the services that were asked for. The bound is above
// what a function calls; a program that passes it begins again.
var opened struct {
	sync.Mutex
	tables map[string]string
}

const maxOpened = 64

// table returns the table of a service, by the normal form of its id. It is
// empty for a service that has none.
func table(id string) string {
	opened.Lock()
	defer opened.Unlock()
	text, ok := opened.tables[id]
	if ok {
		return text
	}
	if text = unpack(packed, id); text == "" {
		return "" // not kept: names of no service must not fill the memory
	}
	if opened.tables == nil || len(opened.tables) >= maxOpened {
		opened.tables = make(map[string]string)
	}
	opened.tables[id] = text
	return text
}

// unpack reads the table of one service.
func unpack(packed, id string) string {
	block := blockOf(packed, id)
	if block == "" {
		return ""
	}
	text, err := io.ReadAll(flate.NewReader(strings.NewReader(block)))
	if err != nil {
		return "" // cannot be: a test reads all of it
	}
	_, found, _ := strings.Cut("\n"+string(text), "\n# "+id+"\n")
	found, _, _ = strings.Cut(found, "\n# ")
	if found = strings.TrimSuffix(found, "\n"); found == "" {
		return ""
	}
	return "\n" + found + "\n"
}

// blockOf returns the block in which a service's text stands, if it does.
func blockOf(packed, id string) string {
	directory, blocks, _ := strings.Cut(packed, "\n\n")
	at, from, to := 0, 0, 0
	for line := range strings.SplitSeq(directory, "\n") {
		first, length, _ := strings.Cut(line, " ")
		if first > id {
			break
		}
		from = at
		at += number(length)
		to = at
	}
	if to > len(blocks) {
		return ""
	}
	return blocks[from:to]
}

// number reads a decimal number.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
