package thundra

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// http writes the rules of an entry for requests.
func (w *writer) http(name string, c *class, tags map[string]values) {
	methods, ok := w.methods(name, tags)
	if !ok {
		return
	}
	if narrows(tags, "http.url") {
		w.note("left out: http.url; say host and paths")
		return
	}
	var paths []string
	for _, tag := range c.paths {
		if narrows(tags, tag) {
			for _, v := range tags[tag] {
				path := "/" + strings.TrimPrefix(quote(v), "/")
				if tag == "elasticsearch.normalized_uri" { // the path's first segments
					path = strings.TrimSuffix(path, "/") + "/**"
				}
				paths = append(paths, path)
			}
		}
	}
	rest := []string{methods, field("paths", paths)}
	if !narrows(tags, c.hosts[0]) {
		w.anyHost(name, rest)
		return
	}
	for _, at := range hostsOf(tags[c.hosts[0]]) {
		fields := slices.Clone(rest)
		if at.port != "" {
			fields = append([]string{"ports: [" + at.port + "]"}, fields...)
		}
		if w.list == "allow" {
			fields = append([]string{"schemes: [http, https]"}, fields...)
		}
		w.rule("- host: "+list(at.names), fields...)
	}
}

// methods is the field for the methods of an entry.
func (w *writer) methods(name string, tags map[string]values) (string, bool) {
	all := values(nil)
	for _, tag := range []string{operationType, "http.method", "elasticsearch.method"} {
		switch {
		case !narrows(tags, tag):
		case all == nil:
			all = tags[tag]
		default:
			all = slices.DeleteFunc(slices.Clone(all), func(m string) bool { return !slices.Contains(tags[tag], m) })
		}
	}
	if all == nil {
		return "", true
	}
	var methods []string
	for _, m := range all {
		if isMethod(m) {
			methods = append(methods, m)
		} else {
			w.note("%s is no method as it is sent (they are case-sensitive): it never matched", m)
		}
	}
	if len(methods) == 0 {
		w.note("left out: no method of %s is left", name)
		return "", false
	}
	return field("methods", methods), true
}

// anyPorts are the ports that a class is denied on at any host.
var anyPorts = map[string]string{"HTTP": "80, 443, 8080, 8443", "ELASTICSEARCH": "80, 443, 9200"}

// anyHost writes the rules of an entry that names no host.
func (w *writer) anyHost(name string, fields []string) {
	switch {
	case w.list == "deny":
		// Of a raw connection nothing but the port is known: without ports all would be
		// denied, to databases too.
		w.note("any host is denied on the ports of HTTP, whatever connects to them, calls of AWS and raw connections too")
		w.rule(`- host: "**"`, append([]string{"ports: [" + anyPorts[name] + "]"}, fields...)...)
	case name != "HTTP":
		w.note("left out: the configuration does not say at which host %s is; add a rule for it", name)
	default:
		w.note("any host was allowed: hosts of AWS's services and local addresses are not")
		fields = append([]string{"schemes: [http, https]"}, fields...)
		w.rule(`- host: "**"`, fields...)
		w.rule(`- cidr: [0.0.0.0/0, "::/0"]`, fields...)
	}
}

// database writes the rule of an entry for a database, of which a policy knows host and
// port.
func (w *writer) database(name string, c *class, tags map[string]values) {
	if !narrows(tags, c.hosts[0]) {
		w.note("left out: the configuration does not say at which host %s is; say host, and ports: [%s]", name, c.ports)
		return
	}
	var lost []string
	for _, tag := range append([]string{operationType}, c.any...) {
		if narrows(tags, tag) && !strings.HasSuffix(tag, ".port") {
			lost = append(lost, tag)
		}
	}
	if len(lost) > 0 {
		w.note("%s is left out: a policy does not look into a connection; the rule is wider", strings.Join(lost, ", "))
	}
	port := c.ports
	for _, tag := range c.any {
		if narrows(tags, tag) && strings.HasSuffix(tag, ".port") {
			port = strings.Join(tags[tag], ", ")
		}
	}
	for _, at := range hostsOf(tags[c.hosts[0]]) {
		ports := port
		if at.port != "" {
			ports = at.port
		}
		if w.list == "deny" {
			w.rule("- host: " + list(at.names)) // at whatever port it is
			continue
		}
		w.rule("- host: "+list(at.names), "ports: ["+ports+"]")
	}
}

// A place is hosts that have one port, which is empty where it is not said.
type place struct {
	names []string
	port  string
}

// hostsOf sorts hosts by their ports.
func hostsOf(all []string) []place {
	var places []place
	for _, v := range all {
		name, port := v, ""
		if before, after, ok := strings.Cut(v, ":"); ok && isPort(after) {
			name, port = before, after
		}
		if a, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
			name = a.String()
		} else {
			name = quote(name)
		}
		i := slices.IndexFunc(places, func(p place) bool { return p.port == port })
		if i < 0 {
			i = len(places)
			places = append(places, place{port: port})
		}
		places[i].names = append(places[i].names, name)
	}
	return places
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0 && s[0] != '0'
}

// quote makes a pattern of a text: but for a whole star, Thundra had none.
func quote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`).Replace(s)
}

// list writes texts as a list in YAML.
func list(all []string) string {
	var b strings.Builder
	for i, s := range all {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(s))
	}
	return fmt.Sprintf("[%s]", b.String())
}

// plain makes a text fit for one line of a comment or a terminal.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 500 {
		s = string(runes[:500]) + "…"
	}
	return s
}
