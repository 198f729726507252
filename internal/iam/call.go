package iam

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// A Call is an operation, as an event has it, or with its input.
type Call struct {
	Service, Operation string
	// Input is the operation's input as JSON is decoded, in the SDK's names. nil: it
	// is not known, as it is not of an event.
	Input map[string]any
	// Access, Also and Resources are as in [policy.Call].
	Access    policy.Access
	Also      []policy.Access
	Resources []string
	// Region is where the call goes, Account who signs it.
	Region, Account string
	// Host and Path are where the request goes; they are needed of connections of
	// API Gateway alone.
	Host, Path string
}

// Describe makes a call of an operation and its input.
func Describe(service, operation string, input map[string]any, region, account string) *Call {
	if input == nil {
		input = map[string]any{}
	}
	c := &Call{Service: service, Operation: operation, Input: input, Region: region, Account: account}
	described := awscall.Call{Service: service, Operation: operation, Input: input, Region: region, Account: account}
	c.Access, c.Also, c.Resources = described.Describe()
	return c
}

// Of makes a call of one that a fence has seen.
func Of(c *policy.Call) *Call {
	return &Call{
		Service: c.Service, Operation: c.Operation, Access: c.Access, Also: c.Also, Resources: c.Resources,
		Region: c.Region, Account: c.Account, Host: c.Host, Path: c.Path,
	}
}

// A Grant is an action that a call needs, and on what: patterns of ARNs as IAM has
// them, in which what is a name is escaped.
type Grant struct {
	Action    string
	Resources []string
	// Alias is, for a key that goes by an alias, its name: alias/orders. IAM does not
	// know keys by it; the grant holds for any key, under a condition.
	Alias string
}

// Grants returns what a call needs, sorted and each action once, and notes on what is
// needed besides that the call does not tell.
func (c *Call) Grants() (grants []Grant, notes []string) {
	s, _ := awshost.Find(c.Service)
	g := granter{call: c, ref: known(), service: s, partition: awshost.Partition(c.Region)}
	if !isWord(c.Operation) {
		g.note("this is no operation")
		return nil, g.notes
	}
	for _, arn := range c.Resources {
		if !isARN(arn) {
			g.note("it names something that is no ARN: nothing is granted")
			return nil, g.notes
		}
		g.resources = append(g.resources, g.patterns(arn)...)
	}
	g.operation()
	if c.Input != nil {
		g.roles()
		g.keys()
	} else if g.ref.passes[g.key()] && c.Access == policy.Write {
		g.note("an event does not say which role it passes on: iam:PassRole is not granted")
	}
	return g.sorted(), g.notes
}

// A granter collects what a call needs.
type granter struct {
	call      *Call
	ref       *reference
	service   awshost.Service
	partition string
	resources []string // patterns
	grants    []Grant
	notes     []string
}

func (g *granter) key() string { return g.service.ID + "." + g.call.Operation }

func (g *granter) note(text string) {
	text = g.call.Service + ":" + g.call.Operation + ": " + text
	if !slices.Contains(g.notes, text) {
		g.notes = append(g.notes, text)
	}
}

// operation grants what the operation needs.
func (g *granter) operation() {
	if g.ref.unsigned[g.key()] {
		return
	}
	if g.special() || g.directory() {
		return
	}
	needs, ok := operations()[g.key()]
	if !ok {
		needs = []need{{name: cmp.Or(g.ref.methods[g.key()], g.call.Operation)}}
	}
	for i := range needs {
		g.need(&needs[i])
	}
}

// need grants one action.
func (g *granter) need(n *need) {
	a, ok := g.ref.find(cmp.Or(n.prefix, g.prefix()), n.name)
	if !ok {
		g.note(fmt.Sprintf("the reference of actions does not have %s: the name is assumed", a))
	}
	if !g.applies(n, a) {
		return
	}
	switch {
	case n.on == onFirst && len(g.resources) > 0:
		g.grant(a, g.resources[:1])
	case n.on == onRest && len(g.resources) > 0:
		rest := g.resources[1:]
		if len(rest) == 0 {
			rest = g.resources // it is copied onto itself
		}
		g.grant(a, rest)
	case strings.ContainsAny(n.on, "{@"):
		g.dependent(n, a)
	case n.on == onMatching:
		if fit := g.ref.fits(a, g.resources); len(fit) > 0 {
			g.grant(a, fit)
		}
	default:
		g.main(n, a)
	}
}

// applies reports whether the condition of a need holds. Of an event's input nothing
// is known; but that an operation sets permissions is.
func (g *granter) applies(n *need, a *action) bool {
	if g.call.Input != nil {
		return n.holds(g.call.Input)
	}
	return n.when == "" || strings.HasPrefix(n.when, "!") || a.level == 'p' && g.call.Access == policy.Permissions
}

// main grants an action on what the call names.
func (g *granter) main(n *need, a *action) {
	switch {
	case g.call.Resources == nil && (len(a.types) > 0 || g.assumed(a)):
		g.unknown(n, a)
	case len(a.types) == 0 && !g.assumed(a):
		g.grant(a, []string{"*"})
	case len(g.resources) == 0:
		g.grant(a, g.ref.any(a, g.partition, g.call.Region, g.call.Account))
	default:
		fit := g.ref.fits(a, g.resources)
		if len(fit) == 0 {
			fit = g.resources // of a type that the reference does not have, such as a version
		}
		g.grant(a, fit)
	}
}

// assumed reports whether the reference does not have an action.
func (g *granter) assumed(a *action) bool {
	_, known := g.ref.find(a.prefix, a.name)
	return !known
}

// unknown grants an action on nobody knows what, where no call of its kind says it. Of
// an event's that is for a person to decide: what it took is known to nobody.
func (g *granter) unknown(n *need, a *action) {
	never := n.on == onAll || n.on == onAny || awscall.Opaque(g.call.Service, g.call.Operation)
	switch {
	case n.on == onAnything, n.on == onAny && g.call.Input != nil:
		g.grant(a, []string{"*"})
		g.note(fmt.Sprintf("the call does not say on what: %s is granted on anything", a))
	case never && g.call.Input != nil && !g.assumed(a):
		g.grant(a, g.ref.any(a, g.partition, g.call.Region, g.call.Account))
		g.note(fmt.Sprintf("the call does not say on what: %s is granted on all that it takes", a))
	case never && len(a.required) > 0:
		all := strings.Join(g.ref.any(a, g.partition, g.call.Region, g.call.Account), ", ")
		g.note(fmt.Sprintf("the call does not say on what: %s is not granted; on all that it takes would be %s", a, all))
	default:
		g.note(fmt.Sprintf("what it was done to is not known: %s is not granted", a))
	}
}

// dependent grants an action on what the input names besides: a key, a secret. Of an
// event these are those of the call's resources that the action takes.
func (g *granter) dependent(n *need, a *action) {
	var on []string
	if g.call.Input != nil {
		for _, arn := range awscall.Resources(n.on, g.call.Input, g.call.Region, g.call.Account) {
			for _, pattern := range g.patterns(arn) {
				on = append(on, pattern+n.tail)
			}
		}
	} else {
		for _, arn := range g.resources {
			if len(g.ref.fits(a, []string{arn})) == 0 && n.tail != "" {
				arn += n.tail
			}
			on = append(on, g.ref.fits(a, []string{arn})...)
		}
	}
	switch {
	case len(on) > 0:
		g.grant(a, on)
	case n.prefix == "": // what the operation is named for
		g.main(n, a)
	}
}

// grant adds an action on some patterns.
func (g *granter) grant(a *action, on []string) {
	name := a.String()
	for _, arn := range g.wider(a, on) {
		alias := ""
		if a.prefix == "kms" && isAlias(arn) && !slices.Contains(a.types, "alias") {
			alias = aliasOf(arn)
		}
		i := slices.IndexFunc(g.grants, func(have Grant) bool { return have.Action == name && have.Alias == alias })
		if i < 0 {
			i = len(g.grants)
			g.grants = append(g.grants, Grant{Action: name, Alias: alias})
		}
		have := &g.grants[i]
		for _, one := range withKey(arn, alias) {
			if !slices.Contains(have.Resources, one) {
				have.Resources = append(have.Resources, one)
			}
		}
	}
}

func (g *granter) sorted() []Grant {
	for i := range g.grants {
		slices.Sort(g.grants[i].Resources)
	}
	slices.SortFunc(g.grants, func(a, b Grant) int { return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.Alias, b.Alias)) })
	return g.grants
}

// prefix is that of the service in IAM. S3 has one for each kind of store.
func (g *granter) prefix() string {
	if g.service.ID == "s3" && len(g.resources) > 0 {
		if of := serviceOf(g.resources[0]); of == "s3-outposts" || of == "s3-object-lambda" {
			return of
		}
	}
	return g.service.IAM
}

func serviceOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 4); len(parts) == 4 {
		return parts[2]
	}
	return ""
}

func normalPrefix(name string) string { return awshost.Normal(name) }
