package main

import (
	"fmt"
	"strings"

	"github.com/lambdafence/lambdafence/wrapper"
)

// A class says which policies allow a call: it is in the call's host, path or resource.
type class string

const (
	always class = "always" // on the list of every policy
	onlyA  class = "only-a"
	onlyB  class = "only-b"
	never  class = "never"
)

var classes = []class{always, always, always, onlyA, onlyB, never} // as often as calls are to be of them

// A doc is one version of the policy, as the soak itself understands it: what it says of a call is known without
// the fence.
type doc struct {
	list class // beside what is always allowed
	mode string
	bad  string // what is wrong with it; empty: nothing
}

// docs are published in this order, over and over.
var docs = []doc{
	{list: onlyA, mode: "enforce"}, {list: onlyB, mode: "enforce"},
	{list: onlyA, mode: "report"}, {list: onlyB, mode: "enforce"},
	{list: onlyA, mode: "enforce"}, {list: onlyB, mode: "report"},
}

// badDocs are published while Parameter Store has nothing better.
var badDocs = []doc{
	{bad: "version: 1\nmode: enforce\nallow:\n- {host: '*.exa"},
	{bad: "version: 1\nmode: off\nallow:\n- {hosts: always.example.com}"},
	{bad: "version: 7\nmode: off\nallow: []"},
	{bad: "gzip+base64:H4sIAAAAAAAA"},
	{bad: "~"},
}

// noPolicy is what rules until the first one could be loaded: the load-error rule, which blocks.
var noPolicy = doc{mode: "enforce", list: never}

// outcome is what becomes of a call.
func (d doc) outcome(c class) wrapper.Outcome {
	switch {
	case d != noPolicy && (c == always || c == d.list):
		return wrapper.Allowed
	case d.mode == "report":
		return wrapper.Reported
	}
	return wrapper.Blocked
}

// text is the policy for a world.
func (d doc) text(w *world) string {
	if d.bad != "" {
		return d.bad
	}
	list := func(format string) string {
		return strings.ReplaceAll(format, "%", string(always)) + ", " + strings.ReplaceAll(format, "%", string(d.list))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nname: soak\nmode: %s\nlocal: [%q, %q, %q, %q, %q]\nallow:\n",
		d.mode, w.collector.addr, w.plain.Listener.Addr(), w.secure.Listener.Addr(), w.aws.Listener.Addr(), w.raw.Addr())
	fmt.Fprintf(&b, "- {host: [%s], schemes: [http, https], ports: [%s, %s]}\n", list("%.example.com, \"**.%.example.com\""), port(w.plain.URL), port(w.secure.URL))
	fmt.Fprintf(&b, "- {host: paths.example.com, schemes: [http], ports: [%s], paths: [%s]}\n", port(w.plain.URL), list("/%/**"))
	fmt.Fprintf(&b, "- {host: [%s], ports: [%s]}\n", list("%.example.com"), w.rawPort())
	for service, tail := range map[string]string{"dynamodb": "table/%", "s3": "%", "sqs": "%"} {
		fmt.Fprintf(&b, "- {aws: %s, endpoint: \"aws.example.com:%s\", resources: [%s]}\n", service, port(w.aws.URL), list(tail))
	}
	return b.String()
}
