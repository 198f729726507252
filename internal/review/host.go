package review

import (
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/internal/braces"
	"github.com/lambdafence/lambdafence/policy"
)

func hasMeta(s string) bool { return strings.ContainsAny(s, `*?[]{}\`) }

// hosts reads a host of a document, which is valid.
func hosts(text string) (every bool, names []*name, nets []netip.Prefix) {
	alternatives, err := braces.Expand(text, "")
	if err != nil {
		alternatives = nil
	}
	for _, alt := range alternatives {
		if alt == "**" {
			every = true
			continue
		}
		if addr, err := netip.ParseAddr(policy.CanonicalHost(alt)); err == nil && (!hasMeta(alt) || strings.Contains(alt, ":")) {
			nets = append(nets, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		names = append(names, nameOf(alt))
	}
	return every, names, nets
}

// nameOf reads a pattern over names. That ** is never nothing before a name is said
// by a label that it must have.
func nameOf(text string) *name {
	if !hasMeta(text) {
		return exactName(policy.CanonicalHost(text))
	}
	first, rest, _ := strings.Cut(text, ".")
	if (first == "*" || first == "**") && rest != "" && !hasMeta(rest) {
		suffix := policy.CanonicalHost(rest)
		return &name{glob: newGlob(strings.Replace(first, "**", "**.*", 1)+"."+suffix, "."), suffix: suffix}
	}
	text = strings.TrimSuffix(strings.ToLower(text), ".")
	if rest, ok := strings.CutPrefix(text, "**."); ok {
		text = "**.*." + rest
	}
	return &name{glob: newGlob(text, ".")}
}

// written is the name as a policy writes it.
func (n *name) written() string { return strings.Replace(n.text, "**.*.", "**.", 1) }

// exactName is a name without wildcards, in its canonical form.
func exactName(text string) *name {
	h, _ := awshost.Parse(text)
	local := isLocal(text)
	return &name{glob: newGlob(text, "."), local: local, special: local || h.API}
}

// prefix reads a range of a document, which is valid.
func prefix(text string) netip.Prefix {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen())
	}
	p, err := netip.ParsePrefix(text)
	if err == nil && p.Addr().Is4In6() {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

// closed denies everything, and says why: a door, or anything else.
var closed = sync.OnceValue(func() *policy.Set { return compiled("allow: []") })

// isLocal reports whether a host is a local door.
func isLocal(host string) bool {
	return closed().Decide(&policy.Call{Host: host, Port: 1}).Rule == "local"
}

// opensDoors reports whether an allow rule for a range opens the local doors that
// are in it: whether all of it is local.
func opensDoors(p netip.Prefix) bool {
	host := p.Addr().String()
	if !p.IsValid() || !isLocal(host) {
		return false
	}
	s := compiled(`allow: [{cidr: "` + p.String() + `", ports: [1]}]`)
	return s.Decide(&policy.Call{Host: host, Port: 1}).Effect == policy.Allow
}

// compiled compiles a document of this package's own.
func compiled(doc string) *policy.Set {
	p, err := policy.Parse([]byte(doc))
	if err != nil {
		panic(err)
	}
	s, err := policy.Compile(p)
	if err != nil {
		panic(err)
	}
	return s
}

// endpoints reads an endpoint of a document, which is valid.
func endpoints(text string) (all []*endpoint) {
	host, port := splitEndpoint(text)
	_, names, nets := hosts(host)
	for _, n := range names {
		all = append(all, &endpoint{text: text, name: n, port: port})
	}
	for _, p := range nets {
		all = append(all, &endpoint{text: text, net: p, port: port})
	}
	return all
}

func splitEndpoint(s string) (host string, port uint16) {
	if a, err := netip.ParseAddrPort(s); err == nil && a.Port() != 0 {
		return a.Addr().String(), a.Port()
	}
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.Contains(s[:i], ":") {
		return s, 0
	}
	n, err := strconv.ParseUint(s[i+1:], 10, 16)
	if err != nil {
		return s, 0
	}
	return s[:i], uint16(n)
}
