package awshost

import (
	"reflect"
	"strings"
	"testing"
)

// awsDomains are the ends of all hosts of AWS.
var awsDomains = []string{
	"aws", "amazonaws.com", "aws.amazon.com", "amazonaws-us-gov.com", "amazoncognito.com", "amazonlightsail.com", "amazonworkspaces.com",
	"amplifyapp.com", "awsapprunner.com", "awsapps.com", "awsglobalaccelerator.com", "elasticbeanstalk.com", "cloudfront.net",
	"amazonaws.com.cn", "amazonwebservices.com.cn", "signin.amazonaws.cn", "cloudfront.cn", "elasticbeanstalk.com.cn",
	"amazonaws.eu", "amazonwebservices.eu", "signin.amazonaws-eusc.eu", "ic.gov", "sgov.gov", "aws.scloud", "adc-e.uk",
	"ec2.internal", "compute.internal",
}

// FuzzParse: nothing panics, and no host is AWS's whose end is not. What is not
// an API has no services, and a service is told only by a well-formed name.
func FuzzParse(f *testing.F) {
	for _, r := range hostRows(f) {
		f.Add(r.Host)
	}
	for _, host := range []string{"", ".", "..amazonaws.com", "-fips.amazonaws.com", "fips.-fips.api.aws", "dualstack.s3.amazonaws.com", "vpce-.vpce.amazonaws.com"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		h, ok := Parse(host)
		for range 2 { // now it may be remembered
			if again, same := Parse(host); same != ok || !reflect.DeepEqual(again, h) {
				t.Errorf("%q: %+v, then %+v", host, h, again)
			}
			if read, same := parse(host); same != ok || !reflect.DeepEqual(read, h) {
				t.Errorf("%q: %+v, but it reads %+v", host, h, read)
			}
		}
		under := false
		for _, d := range awsDomains {
			under = under || host == d || strings.HasSuffix(host, "."+d)
		}
		switch {
		case ok && !under:
			t.Errorf("%q is AWS's: %+v", host, h)
		case !ok && (h.API || h.Services != nil || h.Region+h.Partition+h.Account+h.Bucket != "" || h.AccessPoint):
			t.Errorf("%q is not AWS's, but %+v", host, h)
		case ok && h.Partition == "":
			t.Errorf("%q: no partition", host)
		case !h.API && h.Services != nil || h.Services != nil && !wellFormed(host):
			t.Errorf("%q: %+v", host, h)
		case h.Services == nil && (h.Bucket != "" || h.Account != ""):
			t.Errorf("%q: of no service, but %+v", host, h)
		case h.Region != "" && (!isRegion(h.Region) || Partition(h.Region) != h.Partition || !strings.Contains(host, h.Region) && !strings.Contains(host, "s3-external-1")):
			t.Errorf("%q: region %q in %q", host, h.Region, h.Partition)
		case h.Bucket != "" && !strings.HasPrefix(host, h.Bucket):
			t.Errorf("%q: bucket %q", host, h.Bucket)
		}
		for _, s := range h.Services {
			if got, known := Find(s.ID); !known || got != s || !h.Serves(s.ID, h.Region) {
				t.Errorf("%q: %v", host, s)
			}
		}
	})
}

// FuzzFind: what is remembered of a name is what is read in it.
func FuzzFind(f *testing.F) {
	for _, name := range []string{"DynamoDB", "Secrets Manager", "states", "Tomorrow", "", "\u212aMS", strings.Repeat("-", 60) + "SQS"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		want, wantKnown := find(name)
		for range 2 {
			if s, known := Find(name); s != want || known != wantKnown {
				t.Errorf("%q: %v, %v, want %v, %v", name, s, known, want, wantKnown)
			}
		}
		if n := Normal(name); !wantKnown && want != (Service{n, n}) {
			t.Errorf("%q: %v", name, want)
		}
	})
}
