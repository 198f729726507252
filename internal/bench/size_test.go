package main

import "testing"

// sizeLimit is what examples/minimal may weigh more than a bare bootstrap.
const sizeLimit = 2.60 * (1 << 20)

// TestSize holds what a fence adds to a binary.
func TestSize(t *testing.T) {
	sizes, err := weigh(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if added := sizes[1].bytes - sizes[0].bytes; added > sizeLimit {
		t.Errorf("%s adds %s, of %s that it may", sizes[1].name, mib(added), mib(sizeLimit))
	}
}
