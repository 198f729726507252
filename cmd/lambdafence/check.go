package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/review"
	"github.com/lambdafence/lambdafence/policy"
)

// A remark is what check says of a line of a file.
type remark struct {
	File  string `json:"file"`
	Level string `json:"level"` // error, warning or info
	review.Finding
}

func checkCommand() *cobra.Command {
	var c checker
	cmd := &cobra.Command{
		Use:   "check [--strict] FILE...",
		Short: "Say what is wrong or unwise in a policy",
		Long: `Check reads policies, "-" being the standard input, and says what is wrong in them:

  policy.yaml:6:3: allow[1]: unknown field "path"; did you mean "paths"?

Of a valid policy it says what is unwise, by the name of the check and with what to
write instead:

  policy.yaml:4:9: "*.com" allows every domain below com: anybody can register one (wide)
      name the hosts, or put the wildcard below a domain of one owner

The checks are

  access       an access level that no stated operation has, or an operation that
               the access levels exclude
  accounts     anybody's key may sign, and nothing says whose resources are meant
  apex         a deny rule for "**.x" that forgets x, or for www.x alone
  aws-host     a deny rule for one of the many hosts of a service of AWS
  bucket       a bucket that is not named whole: anybody can make one that fits
  door         a local door behind which secrets lie
  endpoint     a host that is taken for AWS's, which adds to AWS's own
  method       a method in small letters: methods are matched as they are sent
  operation    an operation that the service does not have
  region       a region that does not exist
  resource     a resource that the service does not have, or not in that form
  secret       a secret that is allowed by its name, or by its ARN, alone
  service      a service that this version does not know
  shadowed     a rule that changes nothing: others match all that it matches
  shared-host  a host, or a domain, where everybody has something
  size         what push does with a policy that is too large for a parameter
  subdomains   a deny rule for a domain, but not for the names below it
  unreachable  an allow rule that a deny rule overrides, whatever it matches
  until        a rule that no longer holds, or soon will not
  wide         a rule that allows about everything of its kind

What is marked (info) may well be meant, and --strict lets it pass.

It exits with 1 for a policy that is not valid or, with --strict, has a warning, and
with 3 where a file cannot be read.`,
		Example: `  lambdafence check policy.yaml
  lambdafence check --strict --json baseline.yaml policy.yaml
  aws ssm get-parameter --name /fence/orders --query Parameter.Value --output text | lambdafence check -`,
		Args: want(1, -1, "FILE..."),
		RunE: func(cmd *cobra.Command, files []string) error {
			c.now, c.out, c.pen = time.Now(), cmd.OutOrStdout(), penFor(cmd.OutOrStdout())
			var unread []error
			for _, name := range files {
				text, err := readPolicy(cmd, name)
				if err != nil {
					unread = append(unread, err)
					continue
				}
				if err := c.check(name, text); err != nil {
					return cannot{err}
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", oneLine(name), c.summary())
			}
			switch {
			case len(unread) > 0:
				return cannot{errors.Join(unread...)}
			case c.errors > 0 || c.strict && c.warnings > 0:
				return answer{}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&c.strict, "strict", false, "a warning is an error")
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "one JSON object a line")
	return cmd
}

// A checker checks files, and counts what it says.
type checker struct {
	strict, asJSON bool
	now            time.Time
	out            io.Writer
	pen            pen

	errors, warnings int
	last             struct{ errors, warnings int } // of the last file
}

func (c *checker) check(name string, text []byte) error {
	c.last = struct{ errors, warnings int }{}
	d, err := review.Read(name, text)
	var wrong policy.Errors
	switch {
	case errors.As(err, &wrong):
		for _, e := range wrong {
			c.last.errors++
			if err := c.tell(remark{name, "error", review.Finding{Check: "valid", Line: e.Line, Column: e.Column, Message: e.Message}}); err != nil {
				return err
			}
		}
	case err != nil:
		return err
	default:
		for _, f := range d.Check(c.now) {
			level := "warning"
			if f.Info {
				level = "info"
			} else {
				c.last.warnings++
			}
			if err := c.tell(remark{name, level, f}); err != nil {
				return err
			}
		}
	}
	c.errors += c.last.errors
	c.warnings += c.last.warnings
	return nil
}

func (c *checker) tell(r remark) error {
	if c.asJSON {
		enc := json.NewEncoder(c.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(r)
	}
	at := fmt.Sprintf("%s:%d:%d:", oneLine(r.File), r.Line, r.Column)
	message := oneLine(r.Message)
	var err error
	switch r.Level {
	case "error":
		_, err = fmt.Fprintf(c.out, "%s %s\n", at, c.pen.in(red, message))
	case "warning":
		_, err = fmt.Fprintf(c.out, "%s %s (%s)\n    %s\n", at, c.pen.in(yellow, message), r.Check, oneLine(r.Fix))
	default:
		_, err = fmt.Fprintf(c.out, "%s %s (%s, info)\n    %s\n", at, message, r.Check, oneLine(r.Fix))
	}
	return err
}

// summary says how the last file fared.
func (c *checker) summary() string {
	if c.last.errors > 0 {
		return "not valid"
	}
	s := "valid"
	switch c.last.warnings {
	case 0:
	case 1:
		s += ", 1 warning"
	default:
		s += fmt.Sprintf(", %d warnings", c.last.warnings)
	}
	return s
}
