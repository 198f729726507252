package main

import (
	"io"
	"os"
	"strconv"
	"strings"
)

// A pen writes words in colours, if its reader sees them.
type pen bool

// penFor returns the pen for an output: with colours on a terminal alone, and not
// where NO_COLOR is set (https://no-color.org) or the terminal is a dumb one.
func penFor(w io.Writer) pen {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return pen(err == nil && info.Mode()&os.ModeCharDevice != 0)
}

const (
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (p pen) in(colour, s string) string {
	if !p {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

// effect writes allow or deny.
func (p pen) effect(s string) string {
	if s == "allow" {
		return p.in(green, s)
	}
	return p.in(red, s)
}

// printable escapes what would move a terminal's cursor, or hide in a line: files
// and events are other people's text.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return '\ufffd'
	}, s)
}
