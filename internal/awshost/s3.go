package awshost

import "strings"

// s3 reads the hosts of S3, in all their forms, and reports whether name is one.
// The label that ends the name says which; before it stands a bucket or an
// access point, and a bucket's name may have dots.
func (h *Host) s3(name string) bool {
	head, label := cutLast(name)
	if label == "dualstack" {
		head, label = cutLast(head)
	}
	if !strings.HasPrefix(label, "s3") {
		return false
	}
	switch kind := trimFIPS(label); {
	case kind == "s3":
		h.setBucket(head)
	case kind == "s3-accesspoint" && h.Region != "":
		h.setAccessPoint(head)
	case kind == "s3-object-lambda" && h.Region != "":
		h.setAccessPoint(head) // or the route of a WriteGetObjectResponse
	case kind == "s3-outposts" && head != "" && h.Region != "":
		point, outpost := cutLast(head)
		if !strings.HasPrefix(outpost, "op-") && outpost != "ec2" {
			return false
		}
		h.setAccessPoint(point)
	case kind == "s3-control" && h.Region != "" && (head == "" || isDigits(head)):
		h.Services, h.Account = byHost("s3-control"), head
		return true
	case h.Region != "":
		return h.s3Express(head, kind)
	default:
		return h.s3Global(head, kind)
	}
	h.Services = byHost("s3")
	return true
}

// s3Express reads the hosts of directory buckets: one for each zone, and one of
// each region for making them.
func (h *Host) s3Express(head, kind string) bool {
	switch zone, ok := strings.CutPrefix(kind, "s3express-"); {
	case !ok:
		return false
	case zone == "control" && head == "":
		h.Services = byHost("s3express-control")
	case zone == "control":
		return false
	default:
		h.Services = byHost("s3")
		h.setBucket(head)
	}
	return true
}

// s3Global reads the hosts without a region of their own, and those of old that
// have it in the label: s3-us-west-2.
func (h *Host) s3Global(head, kind string) bool {
	tail, ok := strings.CutPrefix(kind, "s3-")
	if !ok {
		return false
	}
	switch region := strings.TrimPrefix(tail, "fips-"); {
	case tail == "accelerate":
		h.setBucket(head)
	case tail == "external-1":
		h.setRegion("us-east-1")
		h.setBucket(head)
	case tail == "global": // multi-Region access points
		point, ok := strings.CutSuffix(head, ".accesspoint")
		if !ok {
			return false
		}
		h.Bucket, h.AccessPoint = point, true
	case strings.HasPrefix(tail, "website-"):
		h.setRegion(strings.TrimPrefix(tail, "website-"))
		h.API = false
		return true
	case isRegion(region) && h.setRegion(region):
		h.setBucket(head)
	default:
		return false
	}
	h.Services = byHost("s3")
	return true
}

// setBucket notes the bucket of a virtual-hosted name. The alias of an access
// point stands there as well; no bucket's name may end as one does.
func (h *Host) setBucket(name string) {
	h.Bucket = name
	for _, end := range [...]string{"-s3alias", "--ol-s3", "-ol-s3", "--op-s3", "--xa-s3", ".mrap"} {
		if strings.HasSuffix(name, end) {
			h.AccessPoint = true
		}
	}
}

// setAccessPoint notes an access point: its name and account in one label, or
// its alias.
func (h *Host) setAccessPoint(label string) {
	h.Bucket, h.AccessPoint = label, label != ""
	if i := strings.LastIndexByte(label, '-'); i > 0 && isAccount(label[i+1:]) {
		h.Bucket, h.Account = label[:i], label[i+1:]
	}
}
