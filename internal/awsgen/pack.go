package main

import (
	"bytes"
	"compress/flate"
	"fmt"
	"strings"
)

// blockSize is how much text a block holds at least. Larger blocks are smaller
// together, and take longer to open for the one service that is wanted.
const blockSize = 8 << 10

// A table is the text of one service.
type table struct{ id, text string }

// pack packs tables, which are in the order of their ids, as package awscall
// reads them.
func pack(tables []table) ([]byte, error) {
	var directory, blocks bytes.Buffer
	for len(tables) > 0 {
		var text strings.Builder
		first := tables[0].id
		for len(tables) > 0 && text.Len() < blockSize {
			fmt.Fprintf(&text, "# %s\n%s", tables[0].id, tables[0].text)
			tables = tables[1:]
		}
		before := blocks.Len()
		w, err := flate.NewWriter(&blocks, flate.BestCompression)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(text.String())); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		fmt.Fprintf(&directory, "%s %d\n", first, blocks.Len()-before)
	}
	directory.WriteByte('\n')
	return append(directory.Bytes(), blocks.Bytes()...), nil
}
