package policy

import (
	"net/netip"
	"strconv"
	"strings"
)

// parseAddr reads an address literal as a C resolver would: the dotted and the
// colon forms, and the decimal, hexadecimal, octal and short forms of inet_aton.
// Go's own resolver looks the latter up as names, the cgo resolver does not;
// whichever runs, such a host stands for the address. Zones are dropped and
// IPv4-mapped addresses unmapped: that is what is connected to.
func parseAddr(host string) (netip.Addr, bool) {
	if strings.IndexByte(host, ':') >= 0 {
		a, err := netip.ParseAddr(host)
		return a.WithZone("").Unmap(), err == nil
	}
	if !endsInNumber(host) {
		return netip.Addr{}, false
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a, true
	}
	return parseAton(host)
}

// endsInNumber reports whether the last label starts with a digit, as every
// IPv4 form does. It keeps names off the slow path.
func endsInNumber(host string) bool {
	i := strings.LastIndexByte(host, '.') + 1
	return i < len(host) && host[i] >= '0' && host[i] <= '9'
}

// parseAton reads an IPv4 address as inet_aton(3) does: one to four parts, each
// decimal, 0x hexadecimal or 0 octal, the last one filling the remaining bytes.
func parseAton(host string) (netip.Addr, bool) {
	var v uint64
	rest, more := host, true
	for n := 1; more; n++ {
		var part string
		part, rest, more = strings.Cut(rest, ".")
		x, err := strconv.ParseUint(part, 0, 64)
		if err != nil || n > 4 || strings.Contains(part, "_") || isGoOnly(part) {
			return netip.Addr{}, false
		}
		if more {
			if x > 255 {
				return netip.Addr{}, false
			}
			v |= x << (8 * (4 - n))
			continue
		}
		if x >= 1<<(8*(5-n)) {
			return netip.Addr{}, false
		}
		v |= x
	}
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}), true
}

// isGoOnly reports the prefixes that strconv knows and C does not.
func isGoOnly(part string) bool {
	return len(part) > 1 && part[0] == '0' && strings.IndexByte("bBoO", part[1]) >= 0
}

// The IPv6 ranges that carry an IPv4 address inside them.
var (
	compatible = netip.MustParsePrefix("::/96")           // RFC 4291 2.5.5.1
	translated = netip.MustParsePrefix("::ffff:0:0:0/96") // RFC 2765
	nat64      = netip.MustParsePrefix("64:ff9b::/96")    // RFC 6052
	nat64Local = netip.MustParsePrefix("64:ff9b:1::/48")  // RFC 8215
	sixToFour  = netip.MustParsePrefix("2002::/16")       // RFC 3056
	teredo     = netip.MustParsePrefix("2001::/32")       // RFC 4380
)

// embedded returns the IPv4 addresses inside a, an unmapped IPv6 address. A
// local NAT64 prefix may place it in either of two ways, so there can be two.
func embedded(a netip.Addr) (inner [2]netip.Addr, n int) {
	if !a.Is6() {
		return inner, 0
	}
	b := a.As16()
	add := func(w, x, y, z byte) {
		inner[n] = netip.AddrFrom4([4]byte{w, x, y, z})
		n++
	}
	switch {
	case compatible.Contains(a) || translated.Contains(a) || nat64.Contains(a):
		add(b[12], b[13], b[14], b[15])
	case nat64Local.Contains(a):
		add(b[12], b[13], b[14], b[15])
		if b[6]|b[7]|b[9]|b[10] != 0 {
			if inner[0].IsUnspecified() {
				n = 0 // it stands in the other way
			}
			add(b[6], b[7], b[9], b[10])
		}
	case sixToFour.Contains(a):
		add(b[2], b[3], b[4], b[5])
	case teredo.Contains(a):
		add(^b[12], ^b[13], ^b[14], ^b[15])
	case b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe: // ISATAP, RFC 5214
		add(b[12], b[13], b[14], b[15])
	}
	return inner, n
}

// A localKind is what makes a place a local door. The zero value: nothing does.
type localKind uint8

const (
	notLocal localKind = iota
	loopback
	linkLocal
	platform
	unspecified
	multicast
	localName
	unixSocket
	runtimeAPI
)

func (k localKind) String() string {
	return name(k, "not local", "loopback address", "link-local address", "platform address",
		"unspecified address", "multicast address", "name of this machine", "unix socket", "the Lambda Runtime API")
}

// localRanges are the addresses of this machine and of its network segment,
// where the platform's own services listen.
var localRanges = []struct {
	prefix netip.Prefix
	kind   localKind
}{
	{netip.MustParsePrefix("127.0.0.0/8"), loopback},
	{netip.MustParsePrefix("::1/128"), loopback},
	{netip.MustParsePrefix("169.254.0.0/16"), linkLocal},
	{netip.MustParsePrefix("fe80::/10"), linkLocal},
	{netip.MustParsePrefix("fd00:ec2::/32"), platform},
	{netip.MustParsePrefix("0.0.0.0/8"), unspecified},
	{netip.MustParsePrefix("::/128"), unspecified},
	{netip.MustParsePrefix("224.0.0.0/4"), multicast},
	{netip.MustParsePrefix("ff00::/8"), multicast},
}

// localBytes are what the addresses of localRanges begin with.
var localBytes = func() (first [256]bool) {
	for _, r := range localRanges {
		b := firstByte(r.prefix.Addr())
		for range 1 << max(0, 8-r.prefix.Bits()) {
			first[b] = true
			b++
		}
	}
	return first
}()

func firstByte(a netip.Addr) byte {
	if a.Is4() {
		return a.As4()[0]
	}
	return a.As16()[0]
}

// localRange returns the kind of local address that a is, or carries inside it.
func localRange(a netip.Addr) localKind {
	if localBytes[firstByte(a)] {
		for i := range localRanges {
			if localRanges[i].prefix.Contains(a) {
				return localRanges[i].kind
			}
		}
	}
	inner, n := embedded(a)
	for _, v4 := range inner[:n] {
		if kind := localRange(v4); kind != notLocal {
			return kind
		}
	}
	return notLocal
}

// isLocalPrefix reports whether every address of p is local, so that an allow
// rule which names p means a local door and not merely covers it.
func isLocalPrefix(p netip.Prefix) bool {
	if p.IsSingleIP() {
		return localRange(p.Addr()) != notLocal
	}
	for i := range localRanges {
		if r := localRanges[i].prefix; r.Contains(p.Addr()) && r.Bits() <= p.Bits() {
			return true
		}
	}
	return false
}
