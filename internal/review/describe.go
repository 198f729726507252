package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A phrase is how a field is told of.
var phrases = []struct{ field, before string }{
	{"host", "host "}, {"cidr", "cidr "}, {"aws", "aws "}, {"networks", ""}, {"schemes", ""}, {"ports", "port "}, {"methods", ""}, {"paths", ""},
	{"operations", ""}, {"access", "access "}, {"resources", ""}, {"accounts", "signed by "}, {"regions", "in "}, {"endpoint", "at "},
	{"from", "from "}, {"functions", "by "}, {"until", "until "}, {"mode", "mode "},
}

// describe tells what a rule is about: as it is written or, where only a part of it
// is meant, by the values that occur there.
func describe(r *Rule, parts []*terms, whole bool) string {
	var told []string
	for _, p := range phrases {
		texts := r.Texts(p.field)
		if len(texts) > 1 && !whole {
			texts = occurring(p.field, parts, texts)
		}
		if len(texts) > 0 {
			told = append(told, p.before+either(texts))
		}
	}
	return strings.Join(told, ", ")
}

// occurring returns the values of a field in parts of a rule, or all of them where
// that field is not split.
func occurring(field string, parts []*terms, all []string) []string {
	var texts []string
	for _, t := range parts {
		for _, text := range t.values(field) {
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	if texts == nil {
		return all
	}
	return texts
}

// values are those of a field that split may split.
func (t *terms) values(field string) (texts []string) {
	switch field {
	case "host":
		if t.every {
			texts = append(texts, "**")
		}
		for _, n := range t.names {
			texts = append(texts, n.written())
		}
		for _, p := range t.nets {
			texts = append(texts, p.Addr().String())
		}
	case "cidr":
		for _, p := range t.nets {
			texts = append(texts, p.String())
		}
	case "aws":
		return t.services
	case "methods":
		return t.methods
	case "ports":
		for _, port := range t.ports {
			texts = append(texts, strconv.Itoa(int(port)))
		}
	case "paths":
		return textsOf(t.paths)
	case "operations":
		return textsOf(t.operations)
	case "resources":
		for _, r := range t.resources {
			texts = append(texts, r.text)
		}
	case "accounts":
		return t.accounts
	}
	return texts
}

func textsOf(gs []*glob) []string {
	texts := make([]string, len(gs))
	for i, g := range gs {
		texts[i] = g.text
	}
	return texts
}

// maxTold bounds the values of a field that are told.
const maxTold = 8

func either(texts []string) string {
	more := ""
	if len(texts) > maxTold {
		more = fmt.Sprintf(" and %d more", len(texts)-maxTold+1)
		texts = texts[:maxTold-1]
	}
	return printable(strings.Join(texts, " or ") + more)
}
