package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Each command says what it does, at length, by examples, and its script runs every
// one of them.
func TestCommands(t *testing.T) {
	root := newRoot()
	if root.Version == "" || root.Long == "" || root.Example == "" {
		t.Error("the tool has no version, description or examples")
	}
	live, err := os.ReadFile(filepath.Join("testdata", "live.txtar")) // what reads events may read them from AWS
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range leaves(root) {
		name := strings.TrimPrefix(cmd.CommandPath(), "lambdafence ")
		script, err := os.ReadFile(filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+".txtar"))
		if err != nil {
			// The verbs of one noun may share a script.
			first, _, _ := strings.Cut(name, " ")
			if script, err = os.ReadFile(filepath.Join("testdata", first+".txtar")); err != nil {
				t.Error(err)
			}
		}
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") || len(cmd.Long) <= len(cmd.Short) || cmd.Example == "" {
			t.Errorf("%s: its help lacks something", name)
		}
		for line := range strings.Lines(cmd.Example) {
			if args, ok := argsOf(line); ok && !runs(string(script)+string(live), args) {
				t.Errorf("%s: its script does not run the example: lambdafence %s", name, args)
			}
		}
	}
}

// leaves are the commands that do something.
func leaves(cmd *cobra.Command) []*cobra.Command {
	if !cmd.HasSubCommands() {
		return []*cobra.Command{cmd}
	}
	var all []*cobra.Command
	for _, sub := range cmd.Commands() {
		all = append(all, leaves(sub)...)
	}
	return all
}

var redirection = regexp.MustCompile(` (\||>|>>|<) .*`)

// argsOf returns the arguments of the tool on a line of an example, without what the
// shell does around it.
func argsOf(line string) (string, bool) {
	_, args, ok := strings.Cut(line, "lambdafence ")
	return strings.TrimSpace(redirection.ReplaceAllString(args, "")), ok
}

// runs reports whether a script runs the tool with those arguments.
func runs(script, args string) bool {
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		if line == "exec lambdafence "+args || strings.HasPrefix(line, "fails ") && strings.HasSuffix(line, " "+args) {
			return true
		}
	}
	return false
}
