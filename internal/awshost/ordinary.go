package awshost

import "strings"

// isCustomers reports the hosts under a domain of APIs that are none of AWS's
// APIs but what customers have there: web sites, load balancers, databases. last
// is the last label before the region, or of all, and head what stands before
// it. The forms are told narrowly: what has none of them is taken for an API,
// which no wildcard allows.
func (h *Host) isCustomers(head, last string) bool {
	if h.Region == "" {
		return h.isCustomersOfRegion(head, last)
	}
	switch last {
	case "execute-api", "appsync-api", "appsync-realtime-api", "elb", "s3-website", "grafana-workspace", "emrappui-prod":
		return true
	case "kafka", "kafka-serverless", "memorydb", "dax-clusters": // a node.a cluster
		return strings.Contains(head, ".")
	case "mq":
		return strings.HasPrefix(head, "b-")
	case "efs", "fsx":
		return strings.Contains("."+head, ".fs-")
	case "transfer":
		return strings.HasSuffix(head, ".server")
	case "codeartifact":
		return strings.HasSuffix(head, ".d")
	case "ecr":
		return head == "dkr" || strings.HasSuffix(head, ".dkr")
	}
	return false
}

// isCustomersOfRegion reads the hosts whose region stands before the last label:
// search-orders.us-east-1.es.
func (h *Host) isCustomersOfRegion(head, last string) bool {
	switch last {
	case "elb", "rds", "docdb", "neptune", "redshift", "redshift-serverless", "es", "aoss", "cloudsearch", "compute", "eks", "airflow":
		name, region := cutLast(head)
		return name != "" && isRegion(region) && h.setRegion(region)
	case "compute-1":
		return strings.HasPrefix(head, "ec2-")
	case "cache": // orders.abc123.0001.use1
		return strings.Contains(head, ".")
	}
	return false
}

// regionOf notes the region of an ordinary host: its last label, or the last but
// one.
func (h *Host) regionOf(name string) {
	head, last := cutLast(name)
	if !isRegion(last) {
		_, last = cutLast(head)
	}
	if isRegion(last) {
		h.setRegion(last)
	}
}
