package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/review"
	"github.com/lambdafence/lambdafence/policy"
)

// policies reads the files of --policy as layers.
func policies(files []string) (*policy.Set, error) {
	docs, err := documents(files)
	if err != nil {
		return nil, err
	}
	return compile(docs)
}

// documents reads the files of --policy, with their text at hand.
func documents(files []string) ([]*review.Document, error) {
	var docs []*review.Document
	for _, name := range files {
		text, err := readPolicy(nil, name)
		if err != nil {
			return nil, cannot{err}
		}
		d, err := review.Read(name, text)
		if err != nil {
			return nil, cannot{inFile(name, err)}
		}
		docs = append(docs, d)
	}
	return docs, nil
}

func compile(docs []*review.Document) (*policy.Set, error) {
	var layers []*policy.Policy
	for _, d := range docs {
		layers = append(layers, d.Policy)
	}
	set, err := policy.Compile(layers...)
	if err != nil {
		return nil, cannot{err}
	}
	return set, nil
}

// readPolicy reads a file, or where cmd is given and the name is "-" its standard
// input, as far as a policy may go and a byte more: that it is too long is Parse's
// to say.
func readPolicy(cmd *cobra.Command, name string) ([]byte, error) {
	var from io.Reader
	if cmd != nil && name == "-" {
		from = cmd.InOrStdin()
	} else {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	return io.ReadAll(io.LimitReader(from, policy.MaxSize+1))
}

// inFile puts the name of a file before each line of a policy's errors.
func inFile(name string, err error) error {
	lines := strings.Split(err.Error(), "\n")
	for i := range lines {
		lines[i] = name + ":" + lines[i]
	}
	return fmt.Errorf("%s", strings.Join(lines, "\n"))
}
