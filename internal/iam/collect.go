package iam

import (
	"cmp"
	"maps"
	"slices"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/internal/learn"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
)

// A Collector takes in events and adds up what they need. Its memory is bounded.
type Collector struct {
	uses  map[use]map[string]bool // the patterns that an action was needed on
	notes map[string]int64        // calls, by what is to be said of them
	apart map[string]int64        // calls that are granted nothing, by why
	size  int
	// Calls are those of AWS that were taken in, Lost those for which there was no room.
	Calls, Lost int64
}

// A use is an action, and the alias of the key that it was done with, if that is how the
// key was named.
type use struct{ action, alias string }

// Bounds of what is told apart.
const (
	maxPatterns = 1 << 16
	maxSayings  = 256
)

// NewCollector returns a collector.
func NewCollector() *Collector {
	return &Collector{uses: map[use]map[string]bool{}, notes: map[string]int64{}, apart: map[string]int64{}}
}

// Add takes in an event. One that is not of AWS needs nothing.
func (c *Collector) Add(ev *wrapper.Event) {
	if ev.Call.Kind != policy.AWS {
		return
	}
	calls := int64(max(ev.Count, 1))
	c.Calls += calls
	if why := notGranted(ev); why != "" {
		c.say(c.apart, why+": "+ev.Call.String(), calls)
		return
	}
	grants, notes := Of(&ev.Call).Grants()
	for _, note := range notes {
		c.say(c.notes, note, calls)
	}
	for i := range grants {
		c.add(&grants[i], calls)
	}
}

// notGranted says why an event is no reason to grant what its call needs.
func notGranted(ev *wrapper.Event) string {
	call := &ev.Call
	host, isAWS := awshost.Parse(call.Host)
	switch why := learn.NotProposed(ev); {
	case why != "":
		return why
	case call.Self != "" && call.Account != call.Self:
		return "signed by " + call.Account + ", and not by the function's own account"
	case call.Host != "" && !isAWS:
		return "sent to a host that is not AWS's"
	case isAWS && host.Partition != "" && host.Partition != awshost.Partition(call.Region):
		return "sent to another partition than that of its region"
	}
	return ""
}

func (c *Collector) add(g *Grant, calls int64) {
	u := use{g.Action, g.Alias}
	for _, pattern := range g.Resources {
		if c.uses[u][pattern] {
			continue
		}
		if c.size >= maxPatterns {
			c.Lost += calls
			return
		}
		if c.uses[u] == nil {
			c.uses[u] = map[string]bool{}
		}
		c.uses[u][pattern] = true
		c.size++
	}
}

func (c *Collector) say(where map[string]int64, what string, calls int64) {
	if _, told := where[what]; !told && len(where) >= maxSayings {
		c.Lost += calls
		return
	}
	where[what] += calls
}

// Uses returns what was needed, exactly.
func (c *Collector) Uses() []Grant {
	var all []Grant
	for u, patterns := range c.uses {
		all = append(all, Grant{Action: u.action, Alias: u.alias, Resources: slices.Sorted(maps.Keys(patterns))})
	}
	slices.SortFunc(all, func(a, b Grant) int { return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.Alias, b.Alias)) })
	return all
}

// A Saying is something to be told of calls besides the policy.
type Saying struct {
	Text  string `json:"text"`
	Calls int64  `json:"calls"`
}

// Notes returns what is needed besides, or is wider than what was seen.
func (c *Collector) Notes() []Saying { return sayings(c.notes) }

// Apart returns the calls that were granted nothing, and why.
func (c *Collector) Apart() []Saying { return sayings(c.apart) }

func sayings(all map[string]int64) []Saying {
	said := []Saying{}
	for _, text := range slices.Sorted(maps.Keys(all)) {
		said = append(said, Saying{text, all[text]})
	}
	return said
}
