package awshost

import (
	"strings"
	"testing"
)

func TestNormal(t *testing.T) {
	for name, want := range map[string]string{
		"":                  "",
		"sqs":               "sqs",
		"Secrets Manager":   "secretsmanager",
		"secrets-manager":   "secretsmanager",
		"SECRETSMANAGER":    "secretsmanager",
		"Route 53":          "route53",
		"ѕqs":               "qs", // the first letter is Cyrillic
		"\u212aMS":          "ms", // a Kelvin sign is no k
		"s\x00q\ts:.*/-_qs": "sqsqs",
	} {
		if got := Normal(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	for _, tt := range []struct {
		name, id, iam string
	}{
		{"S3", "s3", "s3"},
		{"SFN", "sfn", "states"},
		{"states", "sfn", "states"},
		{"DynamoDB Streams", "dynamodbstreams", "dynamodb"},
		{"dynamodb", "dynamodb", "dynamodb"},
		{"secrets-manager", "secretsmanager", "secretsmanager"},
		{"logs", "cloudwatchlogs", "logs"},
		{"CloudWatch", "cloudwatch", "cloudwatch"},
		{"events", "eventbridge", "events"},
		{"ses", "ses", "ses"},
		{"SESv2", "sesv2", "ses"},
		{"S3 Control", "s3control", "s3"},
		{"apigateway", "apigateway", "apigateway"},
		{"ApiGatewayV2", "apigatewayv2", "apigateway"},
		{"execute-api", "apigatewaymanagementapi", "executeapi"},
		{"es", "opensearch", "es"},
		{"elasticloadbalancing", "elasticloadbalancing", "elasticloadbalancing"},
		{"Elastic Load Balancing v2", "elasticloadbalancingv2", "elasticloadbalancing"},
		{"Cognito Identity Provider", "cognitoidentityprovider", "cognitoidp"},
		{"cognito-idp", "cognitoidentityprovider", "cognitoidp"},
		{"Bedrock Runtime", "bedrockruntime", "bedrock"},
		{"SageMaker Runtime", "sagemakerruntime", "sagemaker"},
		{"IoT Data Plane", "iotdataplane", "iot"},
		{"tag", "resourcegroupstaggingapi", "tag"},
		{"aoss", "opensearchserverless", "aoss"},
		{"elasticfilesystem", "efs", "elasticfilesystem"},
		{"XRay", "xray", "xray"},
		{"CloudControl", "cloudcontrol", "cloudformation"},
		{"Transcribe Streaming", "transcribestreaming", "transcribe"},
		{"License Manager Linux Subscriptions", "licensemanagerlinuxsubscriptions", "licensemanagerlinuxsubscriptions"},
	} {
		if s, known := Find(tt.name); s != (Service{tt.id, tt.iam}) || !known {
			t.Errorf("%s: %v, %v", tt.name, s, known)
		}
	}
}

// A service that no table has is not taken for another.
func TestFindUnknown(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"Tomorrow Service", "tomorrowservice"},
		{"", ""},
		{"*", ""},
		{"ѕ3", "3"}, // the first letter is Cyrillic
		{"s3.evil", "s3evil"},
		{strings.Repeat("x ", 1000), strings.Repeat("x", 1000)},
	} {
		if s, known := Find(tt.name); s != (Service{tt.want, tt.want}) || known {
			t.Errorf("%q: %v, %v", tt.name, s, known)
		}
	}
	padded := "s3" + strings.Repeat("-", 1000)
	if s, known := Find(padded); s.ID != "s3" || !known {
		t.Errorf("s3 and a thousand hyphens: %v, %v", s, known)
	}
}

// The table is what the lookups take it for: sorted, normal, and each service
// found under its ID, its prefix in IAM and its default host.
func TestTable(t *testing.T) {
	sorted := len(Services())
	if sorted < 400 {
		t.Errorf("%d services are sorted", sorted)
	}
	for _, s := range services {
		if s.ID != Normal(s.ID) || s.IAM != Normal(s.IAM) || s.ID == "" || s.IAM == "" {
			t.Errorf("%v is not normal", s)
		}
		if got, ok := Find(s.ID); got != s || !ok {
			t.Errorf("%v: found %v", s, got)
		}
		if main, ok := Find(s.IAM); !ok || main.ID != s.IAM && main.IAM != s.IAM {
			t.Errorf("%v: its prefix finds %v", s, main)
		}
		for _, region := range []string{"us-east-1", "eu-west-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1", "us-iso-east-1", "us-isob-east-1", "us-isof-south-1", "eu-isoe-west-1", ""} {
			host := Endpoint(s.ID, region)
			h, ok := Parse(host)
			if !ok || !h.API || !h.Serves(s.ID, "") {
				t.Errorf("%v: %s is %+v", s, host, h)
			}
			if region != "" && !(&Host{Services: h.Services, Partition: h.Partition}).Serves(s.ID, region) {
				t.Errorf("%v: %s is in %s", s, host, h.Partition)
			}
			if h.Region != "" && strings.Contains(host, region) && h.Region != region && region != "" {
				t.Errorf("%v: %s is in %s", s, host, h.Region)
			}
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	names := []string{"secretsmanager", "Secrets Manager", "SFN", "DynamoDB", "License Manager Linux Subscriptions", "Marketplace Entitlement Service", "states"}
	for _, r := range hostRows(t) {
		if n := testing.AllocsPerRun(10, func() { Parse(r.Host) }); n != 0 {
			t.Errorf("Parse(%s): %v allocations", r.Host, n)
		}
	}
	for _, name := range names {
		if n := testing.AllocsPerRun(10, func() { Find(name) }); n != 0 {
			t.Errorf("Find(%s): %v allocations", name, n)
		}
	}
	if n := testing.AllocsPerRun(10, func() { Normal("secretsmanager") }); n != 0 {
		t.Errorf("Normal: %v allocations", n)
	}
}
