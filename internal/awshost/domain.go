package awshost

import "strings"

// A zone is what a domain of AWS holds.
type zone uint8

const (
	ordinary zone = iota // hosts of customers, and web pages
	api                  // endpoints of APIs, and some hosts of customers
	signin               // the endpoints of AWS Sign-In
)

type domain struct {
	name, partition string
	zone            zone
}

// The domains of AWS, by their last label. All of .aws is Amazon's.
var (
	domainsOfCom = [...]domain{
		{"amazonaws.com", "aws", api},
		{"signin.aws.amazon.com", "aws", signin},
		{"aws.amazon.com", "aws", ordinary},
		{"signin.amazonaws-us-gov.com", "aws-us-gov", signin},
		{"signin-fips.amazonaws-us-gov.com", "aws-us-gov", signin},
		{"amazonaws-us-gov.com", "aws-us-gov", ordinary},
		{"amazoncognito.com", "aws", ordinary},
		{"amazonlightsail.com", "aws", ordinary},
		{"amazonworkspaces.com", "aws", ordinary},
		{"amplifyapp.com", "aws", ordinary},
		{"awsapprunner.com", "aws", ordinary},
		{"awsapps.com", "aws", ordinary},
		{"awsglobalaccelerator.com", "aws", ordinary},
		{"elasticbeanstalk.com", "aws", ordinary},
	}
	domainsOfAWS = [...]domain{
		{"api.aws", "aws", api},
		{"oauth.signin.aws", "aws", signin},
		{"aws", "aws", ordinary},
	}
	otherDomains = [...]domain{
		{"amazonaws.com.cn", "aws-cn", api},
		{"api.amazonwebservices.com.cn", "aws-cn", api},
		{"amazonwebservices.com.cn", "aws-cn", ordinary},
		{"signin.amazonaws.cn", "aws-cn", signin},
		{"cloudfront.cn", "aws-cn", ordinary},
		{"elasticbeanstalk.com.cn", "aws-cn", ordinary},
		{"amazonaws.eu", "aws-eusc", api},
		{"api.amazonwebservices.eu", "aws-eusc", api},
		{"amazonwebservices.eu", "aws-eusc", ordinary},
		{"signin.amazonaws-eusc.eu", "aws-eusc", signin},
		{"c2s.ic.gov", "aws-iso", api},
		{"api.aws.ic.gov", "aws-iso", api},
		{"signin.c2shome.ic.gov", "aws-iso", signin},
		{"csp.hci.ic.gov", "aws-iso-f", api},
		{"api.aws.hci.ic.gov", "aws-iso-f", api},
		{"signin.csphome.hci.ic.gov", "aws-iso-f", signin},
		{"sc2s.sgov.gov", "aws-iso-b", api},
		{"api.aws.scloud", "aws-iso-b", api},
		{"signin.sc2shome.sgov.gov", "aws-iso-b", signin},
		{"cloud.adc-e.uk", "aws-iso-e", api},
		{"api.cloud-aws.adc-e.uk", "aws-iso-e", api},
		{"signin.csphome.adc-e.uk", "aws-iso-e", signin},
		{"cloudfront.net", "aws", ordinary},
		// The private names of instances in a VPC.
		{"ec2.internal", "aws", ordinary},
		{"compute.internal", "aws", ordinary},
	}
)

// domainOf returns the domain of AWS that host is under, and what stands before
// it.
func domainOf(host string) (name string, d *domain) {
	var among []domain
	switch host[strings.LastIndexByte(host, '.')+1:] {
	case "com":
		among = domainsOfCom[:]
	case "aws":
		among = domainsOfAWS[:]
	default:
		among = otherDomains[:]
	}
	for i := range among {
		d := &among[i]
		if n := len(host) - len(d.name); n >= 0 && host[n:] == d.name && (n == 0 || host[n-1] == '.') {
			return host[:max(n-1, 0)], d
		}
	}
	return "", nil
}

// MayParse reports whether host, in its canonical form, may be under a domain of
// AWS. It rules out most others at once, by their last two labels.
func MayParse(host string) bool {
	if len(host) < len("aws") {
		return false
	}
	switch host[len(host)-1] {
	case 'm':
		if strings.HasSuffix(host, ".amazonaws.com") {
			return true
		}
		head, ok := strings.CutSuffix(host, ".com")
		return ok && hasDomainInCom(head)
	case 's':
		return host == "aws" || strings.HasSuffix(host, ".aws")
	case 'n':
		return strings.HasSuffix(host, "s.cn") || strings.HasSuffix(host, "t.cn") || strings.HasSuffix(host, ".com.cn")
	case 'u':
		return strings.HasSuffix(host, "s.eu") || strings.HasSuffix(host, "amazonaws-eusc.eu")
	case 'v':
		return strings.HasSuffix(host, ".ic.gov") || strings.HasSuffix(host, ".sgov.gov")
	case 'd':
		return strings.HasSuffix(host, ".scloud")
	case 'k':
		return strings.HasSuffix(host, ".adc-e.uk")
	case 't':
		return strings.HasSuffix(host, "cloudfront.net")
	case 'l':
		return strings.HasSuffix(host, "ec2.internal") || strings.HasSuffix(host, "compute.internal")
	}
	return false
}

// hasDomainInCom reports whether a host of .com, without it, can be under a
// domain of AWS: they begin with am, aws or elastic.
func hasDomainInCom(host string) bool {
	label := host[strings.LastIndexByte(host, '.')+1:]
	return len(label) > 2 && (label[0] == 'a' && (label[1] == 'm' || label[1] == 'w') || label[0] == 'e' && label[1] == 'l')
}

// wellFormed reports whether each label of name is made of what canonical hosts
// are made of, and none is empty.
func wellFormed(name string) bool {
	start := true
	for i := range len(name) {
		switch c := name[i]; {
		case c == '.':
			if start {
				return false
			}
			start = true
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_':
			start = false
		default:
			return false
		}
	}
	return !start || name == ""
}

// cutLast cuts the last label off name.
func cutLast(name string) (head, label string) {
	i := strings.LastIndexByte(name, '.')
	return name[:max(i, 0)], name[i+1:]
}
