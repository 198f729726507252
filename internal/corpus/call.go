package corpus

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// parseCall reads a line such as "deny - dial tcp h:25 mode=report".
func parseCall(s string) (Call, error) {
	c := Call{Layer: -1}
	words := strings.Fields(s)
	if len(words) < 4 {
		return c, fmt.Errorf("want a decision, a rule and a call, got %q", s)
	}
	switch words[0] {
	case "allow":
		c.Want = Allow
	case "deny":
		c.Want = Deny
	case "refused":
		c.Want = Refused
	default:
		return c, fmt.Errorf("want allow, deny or refused, got %q", words[0])
	}
	if words[1] != "-" {
		c.Rule = words[1]
	}
	rest := words[4:]
	switch words[2] {
	case "aws":
		c.AWS = newAWS(words[3])
	case "dial":
		if len(rest) == 0 {
			return c, fmt.Errorf("want dial, a network and an address, got %q", s)
		}
		c.Network, c.Address = words[3], rest[0]
		rest = rest[1:]
	default:
		c.Method, c.URL = words[2], words[3]
	}
	for _, word := range rest {
		if err := c.option(word); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (c *Call) option(word string) (err error) {
	key, value, _ := strings.Cut(word, "=")
	switch key {
	case "host":
		c.Host = value
	case "addr":
		c.Addr, err = netip.ParseAddr(value)
	case "function":
		c.Function = value
	case "from":
		c.From = append(c.From, value)
	case "time":
		if c.Time, err = time.Parse(time.RFC3339, value); err != nil {
			c.Time, err = time.Parse(time.DateOnly, value)
		}
	case "mode":
		c.Mode = value
	case "layer":
		c.Layer, err = strconv.Atoi(value)
	default:
		if c.Service == "" || !c.AWS.option(key, value) {
			err = fmt.Errorf("unexpected %q", word)
		}
	}
	return err
}
