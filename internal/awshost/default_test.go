package awshost

import (
	"strings"
	"testing"
)

func TestEndpoint(t *testing.T) {
	for _, tt := range []struct{ id, region, want string }{
		{"dynamodb", "eu-west-1", "dynamodb.eu-west-1.amazonaws.com"},
		{"dynamodb", "cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn"},
		{"dynamodb", "", "dynamodb.amazonaws.com"},
		{"dynamodbstreams", "eu-west-1", "streams.dynamodb.eu-west-1.amazonaws.com"},
		{"s3", "us-east-1", "s3.us-east-1.amazonaws.com"},
		{"sfn", "eu-west-1", "states.eu-west-1.amazonaws.com"},
		{"sts", "eu-west-1", "sts.eu-west-1.amazonaws.com"},
		{"sts", "", "sts.amazonaws.com"},
		{"iam", "eu-west-1", "iam.amazonaws.com"},
		{"iam", "", "iam.amazonaws.com"},
		{"iam", "us-gov-west-1", "iam.us-gov.amazonaws.com"},
		{"iam", "cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn"},
		{"organizations", "eu-west-1", "organizations.us-east-1.amazonaws.com"},
		{"networkmanager", "eu-west-1", "networkmanager.us-west-2.amazonaws.com"},
		{"costexplorer", "us-gov-east-1", "ce.us-gov-west-1.amazonaws.com"},
		{"s3vectors", "eu-west-1", "s3vectors.eu-west-1.api.aws"},
		{"s3vectors", "", "s3vectors.api.aws"},
		{"invoicing", "eu-west-1", "invoicing.us-east-1.api.aws"},
		{"codecatalyst", "eu-west-1", "codecatalyst.global.api.aws"},
		{"partnercentralchannel", "us-gov-west-1", "partnercentral-channel.us-gov.api.aws"},
		{"simpledb", "us-east-1", "sdb.amazonaws.com"},
		{"tomorrow", "eu-west-1", "tomorrow.eu-west-1.amazonaws.com"},
	} {
		if got := Endpoint(tt.id, tt.region); got != tt.want {
			t.Errorf("%s in %q: %s, want %s", tt.id, tt.region, got, tt.want)
		}
	}
}

// Dual-stack hosts are hosts of the service in that region.
func TestDualStack(t *testing.T) {
	for _, region := range []string{"eu-west-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1"} {
		host := "ssm." + region + "." + DualStack(region)
		if h, ok := Parse(host); !ok || !h.Serves("ssm", region) || h.Partition != Partition(region) {
			t.Errorf("%s: %+v", host, h)
		}
	}
}

// elsewhere are the rows of the corpus whose host is not the default of its
// region: the SDK was told more than the region, or the service is not there.
func elsewhere(r hostRow) bool {
	return r.Service == "sts" && r.Host == "sts.amazonaws.com" || r.Service == "health" && strings.HasPrefix(r.Host, "global.") ||
		strings.HasPrefix(r.Host, "queue.") || strings.HasPrefix(r.Host, "search-dynamodb.") ||
		strings.Contains(r.Host, "-kinesis.") || strings.Contains(r.Host, ".endpoint.events.") ||
		r.Service == "signin" || r.Service == "cloudfront" && r.Partition == "aws-us-gov"
}

// The default endpoints of the corpus are those that Endpoint tells.
func TestEndpointCorpus(t *testing.T) {
	n := 0
	for _, r := range hostRows(t) {
		if r.Form != "service" || r.FIPS || r.Dualstack || r.PathPrefix != "" || !strings.HasPrefix(r.Src, "endpoint-rules") || elsewhere(r) {
			continue
		}
		n++
		if got := Endpoint(r.Service, r.Region); got != r.Host {
			t.Errorf("%s: %s in %s: %s, want %s", r.ID, r.Service, r.Region, got, r.Host)
		}
	}
	if n < 500 {
		t.Errorf("%d rows", n)
	}
}
