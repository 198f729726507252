package main

import (
	"fmt"
	"strings"
)

// page returns docs/aws-services.md, which says of each service what is known of
// its operations.
func page(tables []table) string {
	var b strings.Builder
	b.WriteString(`# The services of AWS

Written by ` + "`make tables`" + `: all services of aws-sdk-go-v2, and what the fence can tell of their operations. Each has an access level. An operation's
resources are told from its input, or it has none, or they are unknown: an allow rule with ` + "`resources`" + ` does not match then, and a deny rule does. That
is so where the input does not name what IAM checks (an id that does not say what it belongs to), or where AWS's reference does not say how.
` + "`aws`" + ` in a rule takes the name in the second column, or the SDK's in the first. Which operations those are stands in the table of the service: a line
for each, with its access level and how the resources are told; none, or ` + "`?`" + ` for unknown. [How to read them](../internal/awscall/plan.go).

| service | ` + "`aws`" + ` | operations | resource told | no resource | unknown |
| --- | --- | ---: | ---: | ---: | ---: |
`)
	var all counts
	for _, t := range tables {
		_, protocols, _ := strings.Cut(t.text, "\n! ")
		protocols, _, _ = strings.Cut(protocols, "\n")
		c := count(t.text)
		all.add(c)
		fmt.Fprintf(&b, "| [%s](../internal/awscall/tables/%[2]s.txt) | `%[2]s` | %[3]s |\n", strings.SplitN(protocols, " ", 3)[2], t.id, c)
	}
	fmt.Fprintf(&b, "| %d services | | %s |\n", len(tables), all)
	return b.String()
}

// counts are the operations of a table by what it tells of their resources.
type counts struct{ told, none, unknown int }

func (c *counts) add(other counts) {
	c.told += other.told
	c.none += other.none
	c.unknown += other.unknown
}

func (c counts) String() string {
	return fmt.Sprintf("%d | %d | %d | %d", c.told+c.none+c.unknown, c.told, c.none, c.unknown)
}

func count(table string) (c counts) {
	for line := range strings.Lines(table) {
		if line[0] < 'A' || line[0] > 'Z' {
			continue
		}
		switch f := strings.Fields(line)[2:]; {
		case len(f) == 0:
			c.none++
		case f[0] == "?":
			c.unknown++
		default:
			c.told++
		}
	}
	return c
}
