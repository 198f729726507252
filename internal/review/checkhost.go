package review

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/policy"
)

// wideHosts finds wildcards of allow rules under which anybody can have a name.
func wideHosts(r *Rule) []Finding {
	if r.Deny {
		return nil
	}
	var fs []Finding
	for _, v := range r.Fields["host"] {
		check, why := openTo(v.Text)
		switch {
		case why == "":
		case v.Text == "**":
			fs = append(fs, r.find(check, v, "name the hosts; to forbid some and allow the rest, leave out the allow list", `"**" allows %s`, why))
		default:
			fs = append(fs, r.find(check, v, "name the hosts, or put the wildcard below a domain of one owner", "%q allows %s", v.Text, why))
		}
	}
	return fs
}

// openTo says whom a host pattern lets in that its author cannot know, if anybody.
func openTo(pattern string) (check, why string) {
	for _, alt := range alternatives(pattern) {
		fixed, wild := cutWild(alt)
		if !wild {
			continue
		}
		if fixed == "" {
			return "wide", "names of every domain there is"
		}
		fixed = policy.CanonicalHost(fixed)
		suffix, icann := publicsuffix.PublicSuffix(fixed)
		switch {
		case suffix == fixed && icann:
			return "wide", fmt.Sprintf("every domain below %s: anybody can register one", fixed)
		case isOfAWS(fixed):
			if !isShared(fixed) {
				continue
			}
		case suffix != fixed || !strings.Contains(fixed, ".") && !icann: // of a network of one's own, such as .internal
			if !sharedDomains[fixed] {
				continue
			}
		}
		return "shared-host", fmt.Sprintf("every name below %s: anybody can have one", fixed)
	}
	return "", ""
}

// sharedDomains are those that hold customers' names, and that the list of public
// suffixes does not have.
var sharedDomains = map[string]bool{
	"azureedge.net": true, "azurefd.net": true, "b-cdn.net": true, "backblazeb2.com": true, "core.windows.net": true, "digitaloceanspaces.com": true,
	"fastly.net": true, "firebaseio.com": true, "ngrok.app": true, "r2.cloudflarestorage.com": true, "r2.dev": true, "run.app": true, "windows.net": true,
}

// isOfAWS reports whether names below a domain are hosts of AWS's customers, which
// the list of public suffixes has in part.
func isOfAWS(domain string) bool {
	for _, d := range []string{"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "on.aws", "api.aws"} {
		if domain == d || strings.HasSuffix(domain, "."+d) {
			return true
		}
	}
	return false
}

// isShared reports whether a domain of AWS is not one customer's. A label of a
// customer, such as c9akciq32 of his databases, has digits; what AWS calls its
// services and regions has them in a few forms only.
func isShared(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if strings.ContainsAny(label, "0123456789") && !isRegion(label) && !strings.HasPrefix(label, "s3") {
			return false
		}
	}
	return true
}

// isRegion reports whether a label has the form of a region.
func isRegion(label string) bool {
	h, ok := awshost.Parse(awshost.Endpoint("sqs", label))
	return ok && h.Region == label
}

// cutWild returns what stands fixed at the end of a host pattern without braces:
// the labels after the last one with a wildcard.
func cutWild(pattern string) (fixed string, wild bool) {
	i := strings.LastIndexAny(pattern, "*?[]")
	if i < 0 {
		return pattern, false
	}
	_, fixed, _ = strings.Cut(pattern[i:], ".")
	return fixed, true
}

// maxAlternatives is how many a pattern may have.
const maxAlternatives = 64

// alternatives returns what a pattern's braces expand to.
func alternatives(pattern string) []string {
	done, todo := []string(nil), []string{pattern}
	for len(todo) > 0 && len(done)+len(todo) <= maxAlternatives {
		p := todo[0]
		todo = todo[1:]
		end := strings.IndexByte(p, '}')
		open := strings.LastIndexByte(p[:max(end, 0)], '{')
		if open < 0 {
			done = append(done, p)
			continue
		}
		for alt := range strings.SplitSeq(p[open+1:end], ",") {
			todo = append(todo, p[:open]+alt+p[end+1:])
		}
	}
	return append(done, todo...)
}

// wideRanges finds address ranges of allow rules that are far more than one owner's.
func wideRanges(r *Rule) []Finding {
	if r.Deny {
		return nil
	}
	var fs []Finding
	for _, v := range r.Fields["cidr"] {
		p, err := netip.ParsePrefix(v.Text)
		if err != nil {
			continue // one address
		}
		widest := 16
		if p.Addr().Is6() {
			widest = 32
		}
		private := p.Bits() >= 7 && (p.Addr().IsPrivate() || p.Addr().IsLoopback() || sharedSpace.Contains(p.Addr()))
		if p.Bits() < widest && !private {
			fs = append(fs, r.find("wide", v, "name the range of the network that is meant, such as that of a VPC", "%s is %s", p, extent(p)))
		}
	}
	return fs
}

// sharedSpace is private to a provider's network, RFC 6598.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

func extent(p netip.Prefix) string {
	if p.Bits() == 0 {
		return "every address there is"
	}
	return "far more than one owner's addresses"
}

// sharedEndpoints looks at the hosts that an allow rule takes for AWS's.
func sharedEndpoints(r *Rule) []Finding {
	if r.Deny {
		return nil
	}
	var fs []Finding
	for _, v := range r.Fields["endpoint"] {
		host, _, _ := strings.Cut(v.Text, ":")
		if _, why := openTo(host); why != "" {
			fs = append(fs, r.find("endpoint", v, "name the host", "%q takes for AWS's %s", v.Text, why))
		}
	}
	if len(fs) == 0 && len(r.Fields["endpoint"]) > 0 {
		fs = append(fs, info(r.find("endpoint", r.Fields["endpoint"][0], "none needed if that is meant",
			"an endpoint adds to AWS's own hosts, which stay allowed")))
	}
	return fs
}
