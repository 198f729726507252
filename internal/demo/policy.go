package main

import (
	"fmt"
	"os"
	"regexp"
)

var modeLine = regexp.MustCompile(`(?m)^mode: .*$`)

// A policyFile is the example's own policy with one line more: a proxy on the way is a call of its own, and this one is
// at a loopback address, which is closed unless it is opened.
type policyFile struct {
	path string
	text string
}

func newPolicyFile(from, path, proxyAddr string) (*policyFile, error) {
	doc, err := os.ReadFile(from)
	if err != nil {
		return nil, err
	}
	if n := len(modeLine.FindAll(doc, -1)); n != 1 {
		return nil, fmt.Errorf("%s: %d lines with a mode, want 1", from, n)
	}
	return &policyFile{path: path, text: string(doc) + "local: [" + proxyAddr + "]\n"}, nil
}

// write replaces the file at once: the sandbox may read it at any moment.
func (p *policyFile) write(mode string) error {
	next := p.path + ".next"
	if err := os.WriteFile(next, []byte(modeLine.ReplaceAllString(p.text, "mode: "+mode)), 0o600); err != nil {
		return err
	}
	return os.Rename(next, p.path)
}
