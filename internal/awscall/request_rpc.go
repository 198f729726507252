package awscall

import (
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// rpc reads AWS JSON, which names the operation in a header, and RPC v2 with
// CBOR, which does so in the path. Both are sent by POST, and the resources are
// in the body.
//
// The services read several protocols at one place. Only a request that says
// one of them and none of the others is read: a form that is posted with a
// target is an Action to some.
//
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
// https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
func (w *words) rpc(host awshost.Host) (id string, n Named) {
	if w.Method != "POST" {
		return "", n
	}
	for _, p := range w.query.pairs {
		if !isSignature(p.key) {
			return "", n
		}
	}
	prefix, operation, letter := w.jsonTarget()
	if letter == "" {
		prefix, operation, letter = w.cborTarget()
	}
	if !isWord(operation) {
		return "", n
	}
	for _, s := range host.Services {
		own, letters, _, known := protocols(s.ID)
		if !known {
			return "", n // it may be this one's
		}
		if own == prefix && strings.Contains(letters, letter) {
			if id != "" {
				return "", n
			}
			id = s.ID
		}
	}
	if id == "" || respelled(id, operation) {
		return "", n
	}
	return id, unseen(id, operation)
}

// respelled reports whether an operation is another one but for its case, for
// which the service may take it. One that is like no other is one of tomorrow.
func respelled(service, operation string) bool {
	lines := table(service)
	if _, there := lineOf(lines, operation); there {
		return false
	}
	_, there := lineOf(strings.ToLower(lines), strings.ToLower(operation))
	return there
}

func (w *words) jsonTarget() (prefix, operation, letter string) {
	if w.Path != "/" || w.header.has("smithy-protocol") {
		return "", "", ""
	}
	switch kind, charset, _ := strings.Cut(w.header.one("content-type"), ";"); {
	case kind != "application/x-amz-json-1.0" && kind != "application/x-amz-json-1.1":
		return "", "", ""
	case charset != "" && !strings.EqualFold(strings.Trim(charset, " "), "charset=utf-8"):
		return "", "", ""
	}
	prefix, operation, _ = strings.Cut(w.header.one("x-amz-target"), ".")
	return prefix, operation, "j"
}

func (w *words) cborTarget() (prefix, operation, letter string) {
	if w.header.has("x-amz-target") || w.header.one("smithy-protocol") != "rpc-v2-cbor" || w.header.one("content-type") != "application/cbor" {
		return "", "", ""
	}
	rest, ok := strings.CutPrefix(w.Path, "/service/")
	prefix, operation, _ = strings.Cut(rest, "/operation/")
	if !ok {
		return "", "", ""
	}
	return prefix, operation, "c"
}

// action reads the query protocol, as far as the query has all of it: a GET
// without a body. It is the only one of these protocols that names resources
// where they can be seen.
//
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
func (w *words) action(host awshost.Host) (id string, n Named) {
	operation := w.query.one("Action")
	if !isWord(operation) || w.Method != "GET" || w.Body || len(host.Services) != 1 || w.header.has("x-amz-target") || w.header.has("smithy-protocol") {
		return "", n
	}
	id = host.Services[0].ID
	_, letters, _, _ := protocols(id)
	if !strings.Contains(letters, "q") || w.Path != "/" && id != "sqs" || respelled(id, operation) {
		return "", n
	}
	input := w.parameters()
	if w.Path != "/" { // the path of a queue's URL is the queue
		if w.query.has("QueueUrl") {
			return "", n
		}
		input["QueueUrl"] = "https://queue" + w.Path
	}
	n = Read(id, operation, input)
	if misspelled(id, operation, input) {
		n.unread, n.unsaid = true, true
	}
	return id, n
}

// parameters returns the parameters of a query as an input. A list, and what
// lies deeper, is there but cannot be read: Attributes.entry.1.key.
func (w *words) parameters() map[string]any {
	input := make(map[string]any, len(w.query.pairs))
	for _, p := range w.query.pairs {
		if name, _, deep := strings.Cut(p.key, "."); deep {
			input[name] = []byte{1}
		} else if _, there := input[name]; !there {
			input[name] = p.value
		}
	}
	return input
}

// misspelled reports whether a parameter is one that says something of the
// resources, but for its case. Whether that counts, each service knows for
// itself.
func misspelled(service, operation string, input map[string]any) bool {
	members, _ := Members(service, operation)
	for _, member := range members {
		for name := range strings.FieldsFuncSeq(member, func(r rune) bool { return r == '.' || r == '+' }) {
			for key := range input {
				if key != name && strings.EqualFold(key, name) {
					return true
				}
			}
		}
	}
	return false
}
