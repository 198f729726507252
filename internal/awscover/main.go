// Command awscover counts the operations of which package awscall tells the right
// resources and access level, against a table that does not come from its
// generator.
//
//	make aws-coverage
//
// operations.txt says which operations count, and expect/README.md how they are
// judged.
package main

import (
	"fmt"
	"os"
)

func main() {
	r, err := measure()
	if err == nil {
		err = r.print(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "awscover:", err)
		os.Exit(1)
	}
}
