package cases

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Scratch is a file by which a test and a handler talk.
func Scratch(name string) string { return filepath.Join(os.Getenv("BOOTSTRAP_SCRATCH"), name) }

// await waits for the test to make a file, and gives up after a while.
func await(name string) error {
	for range 2000 {
		if _, err := os.Stat(Scratch(name)); err == nil {
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return fmt.Errorf("%s never came", name)
}

// Note adds a line to a file for the test.
func Note(name, line string) {
	f, err := os.OpenFile(Scratch(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Fprintln(f, line)
}
