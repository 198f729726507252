package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// A bar shows on a terminal how far a long piece of work is. A nil one shows
// nothing: where errors go to a file or a pipe, there is none.
type bar struct {
	w     io.Writer
	now   func() time.Time
	began time.Time
	drawn time.Time
	shown bool
}

const (
	barAfter = 300 * time.Millisecond // shorter work needs no bar
	barEvery = 100 * time.Millisecond
	barWidth = 30
)

// newBar returns a bar if w is a terminal.
func newBar(w io.Writer) *bar {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return &bar{w: w, now: time.Now, began: time.Now()}
}

// part shows how much of the work is done, of 1.
func (b *bar) part(done float64) {
	b.draw(func(took time.Duration) string {
		done = max(0, min(1, done))
		full := int(done * barWidth)
		line := fmt.Sprintf("[%s%s] %3.0f%%", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), 100*done)
		if done > 0.02 {
			line += fmt.Sprintf("  %s left", time.Duration(float64(took)*(1-done)/done).Round(time.Second))
		}
		return line
	})
}

// bytes shows how much was read; of 0: nobody knows of how much.
func (b *bar) bytes(read, of int64) {
	if of > 0 {
		b.part(float64(read) / float64(of))
		return
	}
	b.draw(func(took time.Duration) string {
		return fmt.Sprintf("%.0f MB read, %.0f MB/s", float64(read)/1e6, float64(read)/1e6/took.Seconds())
	})
}

// draw draws the line that text makes, unless one was drawn just now.
func (b *bar) draw(text func(took time.Duration) string) {
	if b == nil {
		return
	}
	now := b.now()
	if now.Sub(b.began) < barAfter || now.Sub(b.drawn) < barEvery {
		return
	}
	b.drawn, b.shown = now, true
	fmt.Fprintf(b.w, "\r\x1b[K%s", text(now.Sub(b.began)))
}

// clear takes the bar away, until it is drawn again.
func (b *bar) clear() {
	if b != nil && b.shown {
		fmt.Fprint(b.w, "\r\x1b[K")
		b.shown = false
	}
}

// A size is how much was read, and how much there is; 0: nobody knows.
type size struct{ read, all int64 }

// sizeOf adds up files, if all are such as have a size.
func sizeOf(stdin io.Reader, files []string) *size {
	s := new(size)
	for _, name := range files {
		info, err := os.Stat(name)
		if name == "-" {
			f, ok := stdin.(*os.File)
			if !ok {
				return new(size)
			}
			info, err = f.Stat()
		}
		if err != nil || !info.Mode().IsRegular() {
			return new(size)
		}
		s.all += info.Size()
	}
	return s
}
