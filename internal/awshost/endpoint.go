package awshost

import "strings"

// endpoint reads what stands before the region of a host under a domain of APIs.
func (h *Host) endpoint(name string) {
	if h.s3(name) {
		return
	}
	if h.Services = servicesAt(name); h.Services != nil {
		return
	}
	head, last := cutLast(name)
	if head == "" {
		return
	}
	if h.ownEndpoint(head, trimFIPS(last)) || h.Region == "" && h.regionFirst(head, last) {
		return
	}
	h.API = !h.isCustomers(head, last)
}

// servicesAt finds the services of a name with or without a mark of FIPS.
func servicesAt(name string) []Service {
	if s := byHost(name); s != nil {
		return s
	}
	if short := trimFIPS(name); short != name {
		return byHost(short)
	}
	return nil
}

// trimFIPS cuts the mark of FIPS off a name: kms-fips, fips.batch. Where it
// stands in the middle, the table has it.
func trimFIPS(name string) string {
	return strings.TrimPrefix(strings.TrimSuffix(name, "-fips"), "fips.")
}

// ownEndpoint reads the endpoints of a service's API that an account, or a
// thing in it, has for itself.
func (h *Host) ownEndpoint(head, kind string) bool {
	service := ""
	switch kind {
	case "ddb", "search-ddb":
		service, h.Account = "dynamodb", head
	case "eventsv2":
		service, h.Account = "eventsv2", head
	case "cloudfront-kvs":
		service, h.Account = "cloudfront-kvs", head
	case "data-kinesis", "control-kinesis": // of an account or of a stream
		h.Services = byHost("kinesis")
		if isAccount(head) {
			h.Account = head
		}
		return true
	case "iot": // a1b2c3d4e5f6g7-ats.iot
		if id := strings.TrimSuffix(head, "-ats"); len(id) >= 12 && isID(id) {
			h.Services = byHost("data-ats.iot")
		}
	case "neptune-graph":
		if h.Region != "" && isGraph(head) {
			h.Services = byHost(kind)
		}
	case "kinesisvideo", "mediaconvert":
		if isID(strings.TrimPrefix(head, "s-")) {
			h.Services = byHost(kind)
		}
	case "timestream": // found by DescribeEndpoints
		switch {
		case isCell(head, "ingest-cell"):
			h.Services = byHost("ingest.timestream")
		case isCell(head, "query-cell"):
			h.Services = byHost("query.timestream")
		}
	case "events": // a global endpoint of EventBridge
		if strings.HasSuffix(head, ".endpoint") && h.Region == "" {
			h.Services = byHost("events")
		}
	case "email": // a global endpoint of SES
		if strings.HasSuffix(head, ".endpoints") && h.Region == "" {
			h.Services = byHost("email")
		}
	}
	if service != "" {
		if !isAccount(h.Account) {
			h.Account = ""
			return false
		}
		h.Services = byHost(service)
	}
	return h.Services != nil
}

// isID reports whether s is one label that AWS could have made up: letters and
// digits.
func isID(s string) bool {
	return Normal(s) == s && s != ""
}

// isGraph reports whether s is the name that Neptune Analytics gives a graph.
func isGraph(s string) bool {
	id, ok := strings.CutPrefix(s, "g-")
	return ok && isID(id)
}

func isCell(head, prefix string) bool {
	n, ok := strings.CutPrefix(head, prefix)
	return ok && isDigits(n)
}

// regionFirst reads the few hosts that have the region before the service:
// us-east-1.queue, as boto3 called SQS and EMR until 2023, and a graph of Neptune
// Analytics, g-abcdef1234.eu-west-1.neptune-graph.
func (h *Host) regionFirst(head, kind string) bool {
	before, region := cutLast(head)
	switch kind {
	case "queue", "elasticmapreduce":
		if before != "" {
			return false
		}
	case "neptune-graph":
		if before != "" && !isGraph(before) {
			return false
		}
	default:
		return false
	}
	if !isRegion(region) || !h.setRegion(region) {
		return false
	}
	h.Services = byHost(kind)
	return true
}

// graphOnAWS reads the dual-stack hosts of Neptune Analytics, which are where
// those of customers are: g-abcdef1234.neptune-graph.eu-west-1.on.aws. name is
// without .aws. All that is under that name is taken for an API: a wildcard for
// on.aws must not allow everyone's graphs.
func (h *Host) graphOnAWS(name string) bool {
	name, ok := strings.CutSuffix(name, ".on")
	if !ok {
		return false
	}
	name, region := cutLast(name)
	graph, service := cutLast(name)
	if service != "neptune-graph" || !isRegion(region) || !h.setRegion(region) {
		return false
	}
	h.API = true
	if graph == "" || isGraph(graph) {
		h.Services = byHost(service)
	}
	return true
}
