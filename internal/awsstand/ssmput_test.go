package awsstand_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

func TestPutParameter(t *testing.T) {
	const (
		str    = types.ParameterTypeString
		secure = types.ParameterTypeSecureString
	)
	big, huge := strings.Repeat("x", 4097), strings.Repeat("x", 8193)
	for _, test := range []struct {
		name    string
		in      ssm.PutParameterInput
		version int64
		tier    types.ParameterTier
		code    string
	}{
		{"new", ssm.PutParameterInput{Name: aws.String("/new"), Value: aws.String("v"), Type: str}, 1, "Standard", ""},
		{"new without a type", ssm.PutParameterInput{Name: aws.String("/new"), Value: aws.String("v")}, 0, "", "ValidationException"},
		{"of no known type", ssm.PutParameterInput{Name: aws.String("/new"), Value: aws.String("v"), Type: "Blob"}, 0, "", "UnsupportedParameterType"},
		{"there already", ssm.PutParameterInput{Name: aws.String("/there"), Value: aws.String("v"), Type: str}, 0, "", "ParameterAlreadyExists"},
		{"overwritten", ssm.PutParameterInput{Name: aws.String("/there"), Value: aws.String("v"), Overwrite: aws.Bool(true)}, 2, "Standard", ""},
		{"its type changed", ssm.PutParameterInput{Name: aws.String("/there"), Value: aws.String("v"), Type: secure, Overwrite: aws.Bool(true)}, 0, "", "HierarchyTypeMismatchException"},
		{"overwritten with tags", ssm.PutParameterInput{Name: aws.String("/there"), Value: aws.String("v"), Overwrite: aws.Bool(true),
			Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}, 0, "", "ValidationException"},
		{"key", ssm.PutParameterInput{Name: aws.String("/new"), Value: aws.String("v"), Type: secure, KeyId: aws.String("alias/own")}, 1, "Standard", ""},
		{"key of a plain one", ssm.PutParameterInput{Name: aws.String("/new"), Value: aws.String("v"), Type: str, KeyId: aws.String("alias/own")}, 0, "", "ValidationException"},
		{"empty", ssm.PutParameterInput{Name: aws.String("/new"), Value: aws.String(""), Type: str}, 0, "", "ValidationException"},
		{"nested", ssm.PutParameterInput{Name: aws.String("/new"), Value: aws.String("{{ssm:x}}"), Type: str}, 0, "", "ValidationException"},
		{"4097 bytes", ssm.PutParameterInput{Name: aws.String("/new"), Value: &big, Type: str}, 0, "", "ValidationException"},
		{"4096 bytes", ssm.PutParameterInput{Name: aws.String("/new"), Value: aws.String(big[1:]), Type: str}, 1, "Standard", ""},
		{"4097 bytes, advanced", ssm.PutParameterInput{Name: aws.String("/new"), Value: &big, Type: str, Tier: "Advanced"}, 1, "Advanced", ""},
		{"4097 bytes, intelligent", ssm.PutParameterInput{Name: aws.String("/new"), Value: &big, Type: str, Tier: "Intelligent-Tiering"}, 1, "Advanced", ""},
		{"8193 bytes", ssm.PutParameterInput{Name: aws.String("/new"), Value: &huge, Type: str, Tier: "Advanced"}, 0, "", "ValidationException"},
		{"8192 bytes", ssm.PutParameterInput{Name: aws.String("/new"), Value: aws.String(huge[1:]), Type: str, Tier: "Advanced"}, 1, "Advanced", ""},
		{"no known tier", ssm.PutParameterInput{Name: aws.String("/new"), Value: aws.String("v"), Type: str, Tier: "Best"}, 0, "", "ValidationException"},
		{"advanced stays advanced", ssm.PutParameterInput{Name: aws.String("/advanced"), Value: aws.String("v"), Overwrite: aws.Bool(true)}, 2, "Advanced", ""},
		{"advanced to standard", ssm.PutParameterInput{Name: aws.String("/advanced"), Value: aws.String("v"), Overwrite: aws.Bool(true), Tier: "Standard"}, 0, "", "ValidationException"},
		{"denied", ssm.PutParameterInput{Name: aws.String("/denied/x"), Value: aws.String("v"), Type: str}, 0, "", "AccessDeniedException"},
		{"a name with two slashes", ssm.PutParameterInput{Name: aws.String("/a//b"), Value: aws.String("v"), Type: str}, 0, "", "ValidationException"},
		{"a name that ends in a slash", ssm.PutParameterInput{Name: aws.String("/a/"), Value: aws.String("v"), Type: str}, 0, "", "ValidationException"},
		{"a path without its first slash", ssm.PutParameterInput{Name: aws.String("a/b"), Value: aws.String("v"), Type: str}, 0, "", "ValidationException"},
		{"a name with a selector", ssm.PutParameterInput{Name: aws.String("/a:1"), Value: aws.String("v"), Type: str}, 0, "", "ValidationException"},
		{"a reserved name", ssm.PutParameterInput{Name: aws.String("/AWS/x"), Value: aws.String("v"), Type: str}, 0, "", "AccessDeniedException"},
		{"another reserved name", ssm.PutParameterInput{Name: aws.String("ssm-x"), Value: aws.String("v"), Type: str}, 0, "", "ValidationException"},
		{"fifteen levels", ssm.PutParameterInput{Name: aws.String(strings.Repeat("/a", 15)), Value: aws.String("v"), Type: str}, 1, "Standard", ""},
		{"sixteen levels", ssm.PutParameterInput{Name: aws.String(strings.Repeat("/a", 16)), Value: aws.String("v"), Type: str}, 0, "", "HierarchyLevelLimitExceededException"},
		{"a long name", ssm.PutParameterInput{Name: aws.String("/" + strings.Repeat("a", 1000)), Value: aws.String("v"), Type: str}, 0, "", "ValidationException"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stand, client := start(t, awsstand.Config{})
			stand.PutParameter("/there", "x")
			stand.PutParameter("/advanced", big)
			stand.Deny("/denied")
			out, err := client.PutParameter(t.Context(), &test.in)
			if got := code(err); got != test.code {
				t.Fatalf("error %q, want %q: %v", got, test.code, err)
			}
			if err == nil && (out.Version != test.version || out.Tier != test.tier) {
				t.Errorf("version %d, tier %s", out.Version, out.Tier)
			}
		})
	}
}

func TestPutParameterByHand(t *testing.T) {
	stand := awsstand.New(awsstand.Config{Account: "210987654321", Region: "us-east-2"})
	if stand.Account() != "210987654321" || stand.Region() != "us-east-2" {
		t.Errorf("stands in %s of %s", stand.Region(), stand.Account())
	}
	for _, test := range []struct {
		name, value string
		opts        []awsstand.PutOption
		want        int64
	}{
		{"/p", "one", nil, 1},
		{"/p", "two", []awsstand.PutOption{awsstand.WithLabel("live")}, 2},
		{"/p", "three", []awsstand.PutOption{awsstand.WithLabel("1st")}, 0},
		{"/p", "four", []awsstand.PutOption{awsstand.Secure()}, 0},
		{"/s", "one", []awsstand.PutOption{awsstand.Secure()}, 1},
		{"/s", "two", nil, 2},
		{"/p", "", nil, 0},
	} {
		if got := stand.PutParameter(test.name, test.value, test.opts...); got != test.want {
			t.Errorf("%s %q: version %d, want %d", test.name, test.value, got, test.want)
		}
	}
}

func TestBounded(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	value := strings.Repeat("x", 8192)
	for i := range 10_000 { // of 8 KB: more than the stand keeps
		if stand.PutParameter("/p/"+strings.Repeat("a", i%100+1)+strings.Repeat("b", i/100+1), value) == 0 {
			_, err := client.PutParameter(t.Context(), &ssm.PutParameterInput{Name: aws.String("/more"), Value: &value, Type: "String", Tier: "Advanced"})
			if code(err) != "ParameterLimitExceeded" {
				t.Errorf("when full: %v", err)
			}
			if _, err := client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: aws.String("/p/ab")}); err != nil {
				t.Fatal(err)
			}
			if stand.PutParameter("/more", value) != 1 {
				t.Error("no room although one was deleted")
			}
			return
		}
	}
	t.Error("it keeps more than 80 MB")
}
