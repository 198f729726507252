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

// policyHelp is what the help of each verb says of --policy.
const policyHelp = `the policy's ` + "`file`" + `, "-" for the standard input; given more than once, layers`

// policies reads the files of --policy as layers.
func policies(cmd *cobra.Command, files []string, taken bool) (*policy.Set, error) {
	docs, err := documents(cmd, files, taken)
	if err != nil {
		return nil, err
	}
	return compile(docs)
}

// documents reads the files of --policy, with their text at hand. The standard input
// can be one of them, unless it is taken for what else the command reads.
func documents(cmd *cobra.Command, files []string, taken bool) ([]*review.Document, error) {
	var docs []*review.Document
	for _, name := range files {
		if name == "-" && taken {
			return nil, fmt.Errorf("%s: the standard input cannot be a policy and something else besides", cmd.Name())
		}
		taken = taken || name == "-"
		text, err := readPolicy(cmd, name)
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

// readPolicy reads a file, or the standard input if the name is "-", as far as a policy
// may go and a byte more: that it is too long is Parse's to say.
func readPolicy(cmd *cobra.Command, name string) ([]byte, error) {
	var from io.Reader
	if name == "-" {
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
