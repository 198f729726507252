package main

import (
	"testing"
	"time"
)

func TestCanary(t *testing.T) {
	var c canary
	if c.waits() != 0 {
		t.Error("it knows of nothing yet")
	}
	for range 200 {
		c.note(time.Millisecond)
	}
	if got := c.waits(); got != 0 {
		t.Errorf("of an idle machine: %v", got)
	}
	for range len(c.recent) / 2 {
		c.note(9 * time.Millisecond)
	}
	if got := c.waits(); got != 4*time.Millisecond {
		t.Errorf("8ms half of the time: %v", got)
	}
	for range len(c.recent) {
		c.note(time.Millisecond)
	}
	if c.waits() != 0 || c.worst != 4*time.Millisecond {
		t.Errorf("idle again: %v, at worst %v", c.waits(), c.worst)
	}
}
