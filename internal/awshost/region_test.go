package awshost

import "testing"

func TestPartition(t *testing.T) {
	for region, want := range map[string]string{
		"eu-west-1":         "aws",
		"us-gov-east-1":     "aws-us-gov",
		"cn-northwest-1":    "aws-cn",
		"us-iso-east-1":     "aws-iso",
		"us-isob-east-1":    "aws-iso-b",
		"eu-isoe-west-1":    "aws-iso-e",
		"us-isof-south-1":   "aws-iso-f",
		"eusc-de-east-1":    "aws-eusc",
		"aws-global":        "aws",
		"aws-cn-global":     "aws-cn",
		"aws-us-gov-global": "aws-us-gov",
		"xx-fake-9":         "aws",
		"":                  "aws",
	} {
		if got := Partition(region); got != want {
			t.Errorf("%q: %q, want %q", region, got, want)
		}
	}
}

func TestIsRegion(t *testing.T) {
	for label, want := range map[string]bool{
		"us-east-1":       true,
		"ap-southeast-7":  true,
		"mx-central-1":    true,
		"us-gov-west-1":   true,
		"us-isob-west-1":  true,
		"eu-isoe-west-1":  true,
		"eusc-de-east-1":  true,
		"cn-north-1":      true,
		"ap-southeast-12": true,
		"xx-fake-9":       false,
		"us-east":         false,
		"us-east-":        false,
		"us--1":           false,
		"us-east-1a":      false,
		"us-east-1-x":     false,
		"us-gov-1":        false,
		"us-gov-west-1-1": false,
		"us-isox-east-1":  false,
		"eu-gov-west-1":   false,
		"eusc-fr-east-1":  false,
		"eusc-de-1":       false,
		"us":              false,
		"":                false,
	} {
		if got := isRegion(label); got != want {
			t.Errorf("%q: %v", label, got)
		}
	}
}
