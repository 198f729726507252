package awshost

import (
	"slices"
	"testing"
)

// TestMayParse: no domain of AWS is ruled out, and most others are.
func TestMayParse(t *testing.T) {
	for _, d := range slices.Concat(domainsOfCom[:], domainsOfAWS[:], otherDomains[:]) {
		for _, host := range []string{d.name, "a." + d.name, "a.b-1." + d.name} {
			if !MayParse(host) {
				t.Errorf("%s is ruled out", host)
			}
		}
	}
	for _, host := range []string{
		"", "s", "com", "aws.example", "api.example.com", "example.net", "a.cn", "a.example.eu", "example.gov", "example.uk", "db.internal", "a.scloud.example", "paws",
	} {
		if MayParse(host) {
			t.Errorf("%s may be of AWS", host)
		}
	}
}
