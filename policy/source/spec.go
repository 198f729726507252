package source

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
)

// Parse reads sources from a specification, as the environment variable
// LAMBDAFENCE_POLICY holds it: layers separated by commas, each a scheme and a
// name, alternatives separated by a bar.
//
//	file:/opt/baseline.yaml,ssm:/fence/orders|file:policy.yaml
//
// The schemes file, env and extension are always there; ssm is there once
// package paramstore is imported, others once the package that registers them is.
func Parse(spec string) ([]Source, error) {
	var layers []Source
	for layer := range strings.SplitSeq(spec, ",") {
		var alternatives []Source
		for one := range strings.SplitSeq(layer, "|") {
			s, err := open(strings.TrimSpace(one))
			if err != nil {
				return nil, err
			}
			alternatives = append(alternatives, s)
		}
		if len(alternatives) == 1 {
			layers = append(layers, alternatives[0])
		} else {
			layers = append(layers, First(alternatives...))
		}
	}
	return layers, nil
}

func open(spec string) (Source, error) {
	scheme, name, ok := strings.Cut(spec, ":")
	if !ok || name == "" {
		return nil, fmt.Errorf("policy source %q: want scheme:name, such as file:policy.yaml", spec)
	}
	schemes.Lock()
	opener, ok := schemes.open[scheme]
	schemes.Unlock()
	if ok {
		return opener(name)
	}
	if scheme == "ssm" {
		return nil, fmt.Errorf("policy source %q: import _ \"github.com/lambdafence/lambdafence/policy/source/paramstore\" to load from Parameter Store", spec)
	}
	return nil, fmt.Errorf("policy source %q: unknown scheme %q: want %s", spec, scheme, strings.Join(Schemes(), ", "))
}

// Register makes a scheme known to [Parse]. A package registers its scheme when
// it is imported, as database drivers do. Register panics if the scheme is
// known already.
func Register(scheme string, open func(name string) (Source, error)) {
	schemes.Lock()
	defer schemes.Unlock()
	if _, ok := schemes.open[scheme]; ok {
		panic("lambdafence: source scheme " + scheme + " registered twice")
	}
	schemes.open[scheme] = open
}

// Schemes returns the schemes that are known, sorted.
func Schemes() []string {
	schemes.Lock()
	defer schemes.Unlock()
	var names []string
	for name := range schemes.open {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var schemes = struct {
	sync.Mutex
	open map[string]func(string) (Source, error)
}{open: map[string]func(string) (Source, error){
	"file": func(path string) (Source, error) { return File(path), nil },
	"env":  func(name string) (Source, error) { return Env(name), nil },
	"extension": func(parameter string) (Source, error) {
		if _, err := paramdoc.ParseName(parameter); err != nil {
			return nil, err
		}
		return Extension(parameter), nil
	},
}}
