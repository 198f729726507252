package awshost

// A place is where in a partition a service has its endpoint.
type place uint8

const (
	regional      place = iota // dynamodb.eu-west-1.amazonaws.com
	regionalDual               // s3vectors.eu-west-1.api.aws: new services have dual-stack endpoints alone
	oneRegion                  // organizations.us-east-1.amazonaws.com, for every region of the partition
	oneRegionDual              // invoicing.us-east-1.api.aws
	global                     // iam.amazonaws.com
	globalDual                 // codecatalyst.global.api.aws
)

// A form is what the default endpoint of a service looks like.
type form struct {
	name  string // what stands before the region, or before the domain where there is no region
	place place
}

// Endpoint returns the host that the SDK calls by default for a service in a
// region, with id as in Service.ID: neither FIPS, dual-stack nor account-based,
// and without a bucket. A global service has the same host for each region of a
// partition. An empty region gives the global form. A service that the table
// does not have is taken for a regional one whose hosts have its ID.
func Endpoint(id, region string) string {
	p := Partition(region)
	suffix, dual, main := partition(p)
	f := formOf(id, p, region)
	switch f.place {
	case oneRegion, oneRegionDual:
		region = main
	case global, globalDual:
		region = ""
	}
	if f.place == regionalDual || f.place == oneRegionDual || f.place == globalDual {
		suffix = dual
	}
	if region != "" {
		region = "." + region
	}
	return f.name + region + "." + suffix
}

// DualStack returns the domain of a region's dual-stack endpoints, such as
// api.aws.
func DualStack(region string) string {
	_, dual, _ := partition(Partition(region))
	return dual
}

// partition returns a partition's domains and the region where its global
// services are.
func partition(name string) (suffix, dual, main string) {
	switch name {
	case "aws-cn":
		return "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1"
	case "aws-us-gov":
		return "amazonaws.com", "api.aws", "us-gov-west-1"
	case "aws-iso":
		return "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"
	case "aws-iso-b":
		return "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"
	case "aws-iso-e":
		return "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1"
	case "aws-iso-f":
		return "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1"
	case "aws-eusc":
		return "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1"
	}
	return "amazonaws.com", "api.aws", "us-east-1"
}
