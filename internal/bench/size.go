package main

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	sizeBudget = 2.25 * (1 << 20) // what a fence may add to a binary
	ownBudget  = 0.8 * (1 << 20)  // of it: this project's code and table

	ownPath = "github.com/lambdafence/lambdafence/"
)

func measureSize(ctx context.Context, _ effort) (part, error) {
	p := part{name: "size", title: "The size of the binary", text: []string{
		"Linux binaries, built as for Lambda (`-tags lambda.norpc -trimpath -ldflags \"-s -w\"`). This project's own part of examples/minimal is what its symbols take in an unstripped build, and " +
			"the table of AWS's services, which is embedded. Go's own table of functions and lines comes on top of all code; this project's share of it is told apart. The rest is what the fence is built on.",
	}}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return p, err
	}
	defer os.RemoveAll(dir)
	sizes, err := weigh(ctx, dir)
	if err != nil {
		return p, err
	}
	t := table{head: []string{"function", "size", "adds"}}
	for _, s := range sizes {
		t.add(s.name, mib(s.bytes), mib(s.bytes-sizes[0].bytes))
	}
	own, err := ownPart(ctx, dir)
	if err != nil {
		return p, err
	}
	split := table{caption: "This project's own part of examples/minimal:", head: []string{"", "size"}}
	split.add("code and data", mib(own.symbols))
	split.add("table of AWS's services", mib(own.table))
	split.add("share of Go's table of functions and lines", mib(own.lines))
	p.tables = []table{t, split}
	p.budgets = []budget{
		{what: "binary, what examples/minimal adds to a bare bootstrap", got: once(sizes[1].bytes - sizes[0].bytes), limit: sizeBudget, format: mib},
		{what: "of it, own code, data and table", got: once(own.symbols + own.table), limit: ownBudget, format: mib},
	}
	return p, nil
}

type weight struct {
	name  string
	bytes float64
}

// weigh builds the functions, the bare one and examples/minimal first.
func weigh(ctx context.Context, dir string) ([]weight, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return nil, err
	}
	bench, examples := filepath.Join(root, "internal", "bench"), filepath.Join(root, "examples")
	var all []weight
	for _, f := range []struct{ name, module, pkg string }{
		{"bare", bench, "./functions/bare"},
		{"examples/minimal", examples, "./minimal"},
		{"fence that asks SSM", bench, "./functions/ssm"},
		{"no fence, SDK's GetParameter", bench, "./functions/plainssm"},
	} {
		path := filepath.Join(dir, filepath.Base(f.pkg))
		if err := buildFor(ctx, "linux", f.module, f.pkg, path, "-ldflags", "-s -w"); err != nil {
			return nil, err
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		all = append(all, weight{f.name, float64(info.Size())})
	}
	return all, nil
}

// own is what of a binary is this project's, in bytes.
type own struct{ symbols, lines, table float64 }

func ownPart(ctx context.Context, dir string) (o own, err error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return o, err
	}
	path := filepath.Join(dir, "unstripped")
	if err := buildFor(ctx, "linux", filepath.Join(root, "examples"), "./minimal", path); err != nil {
		return o, err
	}
	file, err := elf.Open(path)
	if err != nil {
		return o, err
	}
	defer file.Close()
	symbols, err := file.Symbols()
	if err != nil {
		return o, err
	}
	var code, ownCode float64
	for _, s := range symbols {
		if int(s.Section) >= len(file.Sections) || file.Sections[s.Section].Type != elf.SHT_PROGBITS {
			continue // it takes no room in the file
		}
		isCode, mine := file.Sections[s.Section].Name == ".text", strings.HasPrefix(s.Name, ownPath)
		if isCode {
			code += float64(s.Size)
		}
		if mine && isCode {
			ownCode += float64(s.Size)
		}
		if mine {
			o.symbols += float64(s.Size)
		}
	}
	lines := file.Section(".gopclntab")
	if lines == nil || code == 0 || ownCode == 0 {
		return o, fmt.Errorf("%s: no symbols", path)
	}
	o.lines = float64(lines.Size) * ownCode / code
	info, err := os.Stat(filepath.Join(root, "internal", "awscall", "tables.bin"))
	if err != nil {
		return o, err
	}
	o.table = float64(info.Size())
	return o, nil
}
