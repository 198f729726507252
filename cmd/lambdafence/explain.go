package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/policy"
)

// An explanation is what a policy says of a call.
type explanation struct {
	ID       string    `json:"id,omitempty"`
	Decision string    `json:"decision"`
	Mode     string    `json:"mode,omitempty"`
	Layer    int       `json:"layer,omitempty"`
	Rule     string    `json:"rule,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Suggest  string    `json:"suggest,omitempty"`
	Call     *callJSON `json:"call,omitempty"`
	Error    string    `json:"error,omitempty"`
}

// explain answers a question. What Go itself would refuse is denied, with its error.
func explain(set *policy.Set, q *question) (explanation, error) {
	c, err := q.call()
	var refused errRefused
	switch {
	case errors.As(err, &refused):
		return explanation{ID: q.ID, Decision: policy.Deny.String(), Error: err.Error()}, nil
	case err != nil:
		return explanation{}, err
	}
	d := set.Decide(&c)
	j := jsonOf(&c)
	return explanation{
		ID: q.ID, Decision: d.Effect.String(), Mode: d.Mode.String(), Layer: d.Layer, Rule: d.Rule, Reason: d.Reason, Suggest: set.Suggest(&c, d), Call: &j,
	}, nil
}

func explainCommand() *cobra.Command {
	var (
		files         []string
		q             question
		batch, asJSON bool
		aws           operation
		input         string
		to            dial
	)
	cmd := &cobra.Command{
		Use:   "explain --policy FILE (URL | --aws SERVICE --operation NAME | --dial ADDRESS | --batch)",
		Short: "Say why a call is allowed or blocked",
		Long: `Explain judges a call by a policy and says by which rule, with its file and line. Of a
call that a deny rule stops it says which of the rule's fields matched; of one that
no rule allows, which rules came near and what they want that the call does not have,
and what would allow it:

  deny: no allow rule matched (mode enforce, layer 0)
  policy.yaml:7: allow[1] comes near
      methods: wants GET, HEAD; the call has POST
  this would allow it: allow: [{host: "api.example.com", methods: [POST], paths: ["/v1/x"]}]

It exits with 1 if the call is denied. Given several times, --policy makes layers that
must all agree.

With --batch it reads questions from the standard input, a JSON object a line, and
answers each with one; it exits with 0 whatever the answers are:

  {"id":"1","url":"https://h/p","method":"GET"}
  {"id":"2","aws":{"service":"s3","operation":"GetObject","region":"us-east-1","input":{"Bucket":"b","Key":"k"}}}
  {"id":"3","dial":{"network":"tcp","address":"h:5432"}}

Each may have host, account, self, function, time and from. Of an operation, host
is the region's own endpoint where it is left out, and account is self; of a request,
account is whoever its URL says that signs it.`,
		Example: `  lambdafence explain --policy policy.yaml https://api.example.com/v1/x --method POST
  lambdafence explain --policy policy.yaml --dial db.example:5432 --from example.com/m/x
  lambdafence explain --policy policy.yaml --aws s3 --operation GetObject --region eu-west-1 --input '{"Bucket":"b","Key":"k"}'
  lambdafence explain --policy policy.yaml --batch < questions.jsonl`,
		Args: want(0, 1, "one URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch asked := len(args) + given(aws.Service) + given(to.Address); {
			case batch && asked > 0:
				return errors.New("explain: --batch reads its questions from the standard input")
			case !batch && asked != 1:
				return errors.New("explain: want one of URL, --aws, --dial and --batch")
			case len(args) == 1 && !strings.Contains(args[0], "//"):
				return fmt.Errorf("explain: %s is no URL, such as https://api.example.com/; --dial is for connections", beforePath(args[0]))
			case aws.Service == "" && (aws.Operation != "" || input != ""):
				return errors.New("explain: --operation and --input are for --aws")
			case aws.Service != "" && aws.Operation == "":
				return errors.New("explain: --aws needs --operation, as the SDK has it")
			}
			docs, err := documents(cmd, files, batch)
			if err != nil {
				return err
			}
			set, err := compile(docs)
			if err != nil {
				return err
			}
			if batch {
				return explainBatch(set, cmd.InOrStdin(), cmd.OutOrStdout())
			}
			if len(args) == 1 {
				q.URL = args[0]
			}
			if aws.Service != "" {
				q.AWS = &aws
				if input != "" {
					if err := json.Unmarshal([]byte(input), &aws.Input); err != nil {
						return fmt.Errorf("explain: --input: %w", err)
					}
				}
			}
			if to.Address != "" {
				q.Dial = &to
			}
			a, err := explainFully(docs, set, &q)
			if err != nil {
				return fmt.Errorf("explain: %w", err)
			}
			if err := a.tell(cmd.OutOrStdout(), asJSON); err != nil {
				return cannot{err}
			}
			for _, doubt := range aws.doubts() {
				fmt.Fprintln(cmd.ErrOrStderr(), "lambdafence: hint:", oneLine(doubt))
			}
			if a.Decision == policy.Deny.String() {
				return answer{}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&files, "policy", nil, policyHelp)
	f.BoolVar(&batch, "batch", false, "questions from the standard input, a JSON object a line")
	f.BoolVar(&asJSON, "json", false, "the answer as a JSON object")
	f.StringVar(&q.Method, "method", "", "the request's `method` (GET)")
	f.StringVar(&aws.Service, "aws", "", "an operation of this `service` of AWS")
	f.StringVar(&aws.Operation, "operation", "", "the operation's `name`, as the SDK has it")
	f.StringVar(&aws.Region, "region", "", "the `region` that the operation goes to")
	f.StringVar(&input, "input", "", "the operation's input, as `JSON` in the SDK's names")
	f.StringVar(&to.Address, "dial", "", "a connection to this `address`, host:port")
	f.StringVar(&to.Network, "network", "tcp", "the `network` of the connection")
	f.StringVar(&q.Host, "host", "", "the request's Host header, or where the operation goes")
	f.StringVar(&q.Account, "account", "", "the account `id` that signs")
	f.StringVar(&q.Self, "self", "", "the function's own account `id`")
	f.StringVar(&q.Function, "function", "", "the function's `name`")
	f.StringVar(&q.Time, "time", "", "the `time` of the call, RFC 3339 or a date")
	f.StringArrayVar((*[]string)(&q.From), "from", nil, "a Go `module` on the stack of the call, the nearest first")
	_ = cmd.MarkFlagRequired("policy")
	return cmd
}

// given is 1 for a flag that is given, for which people take one that is not empty.
func given(flag string) int { return min(len(flag), 1) }

// explainBatch answers a question a line. A line that is none is answered with its
// error, too: an answer for each line.
func explainBatch(set *policy.Set, in io.Reader, out io.Writer) error {
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var q question
		var e explanation
		err := json.Unmarshal(lines.Bytes(), &q)
		if err == nil {
			e, err = explain(set, &q)
		}
		if err != nil {
			e = explanation{ID: q.ID, Decision: policy.Deny.String(), Error: fmt.Sprintf("line %d: %v", n, err)}
		}
		if err := enc.Encode(e); err != nil {
			return cannot{err}
		}
	}
	if err := lines.Err(); err != nil {
		return cannot{err}
	}
	if err := w.Flush(); err != nil {
		return cannot{err}
	}
	return nil
}

// beforePath is what stands before a path in what was meant for a URL: behind it, and
// before an @, there may be secrets.
func beforePath(s string) string {
	if end := strings.IndexAny(s, "/?#"); end >= 0 {
		s = s[:end]
	}
	return oneLine(s[strings.LastIndexByte(s, '@')+1:])
}
