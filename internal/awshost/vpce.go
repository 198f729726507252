package awshost

import "strings"

// vpcEndpoint reads the names of interface endpoints, without .vpce and what
// follows it: vpce-1a2b-3c4d-us-east-1a.sqs.us-east-1. Anybody can have one,
// but what answers there is the service.
func (h *Host) vpcEndpoint(name string) {
	name, fits := h.cutRegion(name)
	if !fits || h.Region == "" {
		return
	}
	head, last := cutLast(name)
	if s3 := trimFIPS(last); s3 == "s3" {
		h.s3VPCEndpoint(head)
		return
	}
	id, service, _ := strings.Cut(name, ".")
	switch {
	case !strings.HasPrefix(id, "vpce-"):
	case strings.HasPrefix(service, "vpce-svc-"), service == "execute-api", service == "dkr.ecr":
		h.API = false // of a customer: vpce-svc is what anybody offers to anybody
	default:
		h.Services = servicesAt(service)
	}
}

// s3VPCEndpoint reads what stands before .s3: the endpoint, before it what it is
// used for, and before that a bucket, an access point or an account.
func (h *Host) s3VPCEndpoint(name string) {
	head, id := cutLast(name)
	if !strings.HasPrefix(id, "vpce-") {
		return
	}
	head, use := cutLast(head)
	switch use {
	case "", "bucket":
		h.Services = byHost("s3")
		h.setBucket(head)
	case "accesspoint":
		h.Services = byHost("s3")
		h.setAccessPoint(head)
	case "control":
		if head == "" || isDigits(head) {
			h.Services, h.Account = byHost("s3-control"), head
		}
	}
}
