package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/lambdafence/lambdafence/policy"
)

// oneLine makes a line of a text that somebody else wrote. What could move the
// cursor, change the window or forge a line is shown as an escape.
func oneLine(s string) string { return printable(s, "") }

// lines does the same of a text of several lines.
func lines(s string) string { return printable(s, "\n\t") }

// writeJSON writes a value as a line of JSON, which may go to a terminal, too: what
// encoding/json leaves as it is, some terminals obey.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, oneLine(strings.TrimSuffix(b.String(), "\n")))
	return err
}

// why is the reason that an error gives, in a line: of several mistakes in a policy
// the first.
func why(err error) string {
	var several policy.Errors
	if errors.As(err, &several) && len(several) > 0 {
		err = several[0]
	}
	return oneLine(err.Error())
}

// short cuts a line that would not fit into a cell.
func short(s string) string {
	if r := []rune(oneLine(s)); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return oneLine(s)
}

func printable(s, but string) string {
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case unicode.IsPrint(r), strings.ContainsRune(but, r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		s = s[size:]
	}
	return b.String()
}

// indented sets a text of several lines off.
func indented(s string) string {
	s = strings.TrimRight(lines(s), "\n")
	return "    " + strings.ReplaceAll(s, "\n", "\n    ") + "\n"
}

// onTerminal reports whether a stream is a terminal, of which a person sees or
// types what goes through it.
func onTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) // /dev/null is a device, too, and none
}

// confirmed asks whoever types the standard input. Where nobody does, the answer is
// no. The question goes to the terminal itself where there is one to be had: the
// error output may lead to a file.
func confirmed(cmd *cobra.Command, question string) bool {
	if !onTerminal(cmd.InOrStdin()) {
		return false
	}
	screen := cmd.ErrOrStderr()
	if tty, err := os.OpenFile("/dev/tty", os.O_WRONLY, 0); err == nil {
		defer tty.Close()
		screen = tty
	}
	fmt.Fprintf(screen, "%s [y/N] ", question)
	said := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(cmd.InOrStdin()).ReadString('\n') // an end without an answer is a no
		said <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-cmd.Context().Done():
		return false
	case answer := <-said:
		return answer == "y" || answer == "yes"
	}
}
