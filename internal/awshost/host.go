package awshost

import "strings"

// A Host is what the name of a host of AWS tells.
type Host struct {
	API       bool      // an endpoint of a service's API. False: an ordinary host, such as execute-api, lambda-url, an S3 website, a load balancer, a database
	Services  []Service // the services that answer there (SES and SESv2 share one), shared and read-only. nil: unknown. Only where API
	Region    string    // empty: the name does not tell
	Partition string    // aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-eusc
	Account   string    // account-based endpoints of DynamoDB and others; access points
	Bucket    string    // S3: the bucket (virtual-hosted), or the name or alias of an access point; empty: path style

	// AccessPoint: Bucket is no bucket's name. It is an access point's, of
	// Account and Region, or the alias of one; whose bucket is behind it the name
	// does not tell. What is said of a bucket of that name must not be taken for it.
	AccessPoint bool
}

// Parse reads a canonical host name: lower case, no final dot, no port. ok is
// false for a name that is not under a domain of AWS. A name that is under one
// of its APIs' domains but has no known form is an API endpoint with no known
// service: a wildcard must not allow a service of tomorrow. Parse tells nothing
// of the host's address, nor whether the host exists.
func Parse(host string) (Host, bool) {
	if !MayParse(host) {
		return Host{}, false
	}
	if h := parsed.Recall(host); h != nil {
		return *h, true
	}
	h, ok := parse(host)
	if ok {
		parsed.Keep(host, func(host string) Host { h, _ := parse(host); return h })
	}
	return h, ok
}

var parsed Memo[Host]

func parse(host string) (Host, bool) {
	name, d := domainOf(host)
	if d == nil {
		return Host{}, false
	}
	h := Host{Partition: d.partition}
	if !wellFormed(name) {
		h.API = d.zone != ordinary
		return h, true
	}
	if d.zone == ordinary {
		if d.name != "aws" || !h.graphOnAWS(name) {
			h.regionOf(name)
		}
		return h, true
	}
	h.API = true
	if inVPC, ok := strings.CutSuffix(name, ".vpce"); ok {
		h.vpcEndpoint(inVPC)
		return h, true
	}
	switch name, fits := h.cutRegion(name); {
	case !fits:
	case d.zone == signin && name == "":
		h.Services = byHost("signin")
	case d.zone == api:
		h.endpoint(name)
	}
	return h, true
}

// cutRegion cuts the region, or what stands for it in the hosts of global
// services, off the end of name. A region of another partition does not fit:
// nobody answers at sqs.us-east-1.amazonaws.com.cn.
func (h *Host) cutRegion(name string) (before string, fits bool) {
	before, last := cutLast(name)
	switch {
	case last == "global":
		return before, true
	case last == "us-gov" && h.Partition == "aws":
		h.Partition = "aws-us-gov"
		if before, last = cutLast(before); !isRegion(last) { // route53.us-gov, routes.geo.us-gov-west-1.us-gov
			return strings.TrimSuffix(name, ".us-gov"), true
		}
		return before, h.setRegion(last)
	case isRegion(last):
		return before, h.setRegion(last)
	}
	return name, true
}

// setRegion reports whether the region is one of the partition that the domain
// is of. Those of GovCloud are under the domains of aws.
func (h *Host) setRegion(region string) bool {
	p := Partition(region)
	if p == h.Partition || p == "aws-us-gov" && h.Partition == "aws" {
		h.Region, h.Partition = region, p
		return true
	}
	return false
}

// Serves reports whether the service with that ID answers at h, in region.
// Either region may be empty: what is not known does not contradict. For a host
// that is for a whole partition the region must be of that partition.
func (h *Host) Serves(id, region string) bool {
	if region != "" && !h.in(region) {
		return false
	}
	for i := range h.Services {
		if h.Services[i].ID == id {
			return true
		}
	}
	return false
}

func (h *Host) in(region string) bool {
	if h.Region != "" && !strings.HasSuffix(region, "-global") { // aws-global is every region of aws
		return region == h.Region
	}
	p := Partition(region)
	// Some global hosts of GovCloud are those of aws: budgets.api.aws.
	return p == h.Partition || p == "aws-us-gov" && h.Partition == "aws"
}
