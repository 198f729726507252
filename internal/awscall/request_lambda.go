package awscall

import (
	"net/url"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// lambda reads the invocations of a function. The rest of the service's API is
// about functions and seldom called in this way: it stays unknown.
func (w *words) lambda(host awshost.Host) (id string, n Named) {
	if w.Method != "POST" || !host.Serves("lambda", "") || w.header.has("x-amz-target") || w.header.has("smithy-protocol") {
		return "", n
	}
	parts := strings.Split(strings.TrimSuffix(w.Path, "/"), "/")
	if len(parts) != 5 || parts[2] != "functions" {
		return "", n
	}
	operation := ""
	switch parts[1] + " " + parts[4] {
	case "2015-03-31 invocations":
		operation = "Invoke"
	case "2014-11-13 invoke-async":
		operation = "InvokeAsync"
	case "2021-11-15 response-streaming-invocations":
		operation = "InvokeWithResponseStream"
	}
	name, err := url.PathUnescape(parts[3])
	if operation == "" || err != nil || strings.Contains(name, "/") {
		return "", n
	}
	input := map[string]any{"FunctionName": name}
	for _, p := range w.query.pairs {
		switch {
		case p.key == "Qualifier" && operation != "InvokeAsync":
			input["Qualifier"] = p.value
		case !isSignature(p.key):
			return "", n
		}
	}
	return "lambda", Read("lambda", operation, input)
}
