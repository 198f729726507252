package awshost

import (
	"strings"
	"testing"
)

// reads is what a test says of a host: "s3 sesv2 us-east-1 bucket=b", or "-" for
// an API with no known service, "customer" and "foreign".
func reads(host string) string {
	h, ok := Parse(host)
	if !ok {
		return "foreign"
	}
	words := []string{h.Partition}
	if !h.API {
		words[0] = "customer " + h.Partition
	}
	for _, s := range h.Services {
		words = append(words, s.ID)
	}
	if h.API && h.Services == nil {
		words = append(words, "-")
	}
	for _, w := range [...]struct{ name, value string }{{"", h.Region}, {"account=", h.Account}, {"bucket=", h.Bucket}} {
		if w.value != "" {
			words = append(words, w.name+w.value)
		}
	}
	if h.AccessPoint {
		words = append(words, "point")
	}
	return strings.Join(words, " ")
}

func checkHosts(t *testing.T, rows [][2]string) {
	t.Helper()
	for _, r := range rows {
		if got := reads(r[0]); got != r[1] {
			t.Errorf("%s: %s, want %s", r[0], got, r[1])
		}
	}
}

func TestParse(t *testing.T) {
	checkHosts(t, [][2]string{
		{"dynamodb.eu-west-1.amazonaws.com", "aws dynamodb eu-west-1"},
		{"123456789012.ddb.eu-west-1.amazonaws.com", "aws dynamodb eu-west-1 account=123456789012"},
		{"123456789012.search-ddb.eu-west-1.api.aws", "aws dynamodb eu-west-1 account=123456789012"},
		{"streams.dynamodb.eu-west-1.amazonaws.com", "aws dynamodbstreams eu-west-1"},
		{"queue.amazonaws.com", "aws sqs"},
		{"us-west-2.queue.amazonaws.com", "aws sqs us-west-2"},
		{"cn-north-1.queue.amazonaws.com.cn", "aws-cn sqs cn-north-1"},
		{"email.eu-west-1.amazonaws.com", "aws pinpointemail ses sesv2 eu-west-1"},
		{"email-smtp.eu-west-1.amazonaws.com", "aws pinpointemail ses sesv2 eu-west-1"},
		{"monitoring.eu-west-1.amazonaws.com", "aws cloudwatch eu-west-1"},
		{"logs.eu-west-1.amazonaws.com", "aws cloudwatchlogs eu-west-1"},
		{"stream-logs.eu-west-1.amazonaws.com", "aws cloudwatchlogs eu-west-1"},
		{"events.eu-west-1.amazonaws.com", "aws cloudwatchevents eventbridge eu-west-1"},
		{"states.us-gov-west-1.amazonaws.com", "aws-us-gov sfn us-gov-west-1"},
		{"stream-logs-fips.us-east-1.amazonaws.com", "aws cloudwatchlogs us-east-1"},
		{"sync-states.eu-west-1.amazonaws.com", "aws sfn eu-west-1"},
		{"sync-states-fips.us-east-1.amazonaws.com", "aws sfn us-east-1"},
		{"data-servicediscovery.eu-west-1.amazonaws.com", "aws servicediscovery eu-west-1"},
		{"sts.amazonaws.com", "aws sts"},
		{"sts.eu-west-1.amazonaws.com", "aws sts eu-west-1"},
		{"iam.amazonaws.com", "aws iam"},
		{"iam.us-gov.amazonaws.com", "aws-us-gov iam"},
		{"iam.global.api.aws", "aws iam"},
		{"routes.geo.us-gov-west-1.us-gov.amazonaws.com", "aws-us-gov georoutes location us-gov-west-1"},
		{"fips.batch.us-east-1.amazonaws.com", "aws batch us-east-1"},
		{"runtime-fips.sagemaker.us-east-1.amazonaws.com", "aws sagemakerruntime sagemakerruntimehttp2 us-east-1"},
		{"sqs.eusc-de-east-1.amazonaws.eu", "aws-eusc sqs eusc-de-east-1"},
		{"sqs.us-isof-south-1.csp.hci.ic.gov", "aws-iso-f sqs us-isof-south-1"},
		{"eu-west-1.signin.aws.amazon.com", "aws signin eu-west-1"},
		{"eu-west-1.oauth.signin.aws", "aws signin eu-west-1"},
		{"us-gov-west-1.signin.amazonaws-us-gov.com", "aws-us-gov signin us-gov-west-1"},
	})
}

// Endpoints of a service that one account, or one thing in it, has for itself.
func TestParseOwnEndpoints(t *testing.T) {
	const video = "kinesisvideo kinesisvideoarchivedmedia kinesisvideomedia kinesisvideosignaling kinesisvideowebrtcstorage"
	checkHosts(t, [][2]string{
		{"123456789012.data-kinesis.eu-west-1.amazonaws.com", "aws kinesis eu-west-1 account=123456789012"},
		{"af4lwng4k01746835071.xyz.control-kinesis-fips.us-east-1.amazonaws.com", "aws kinesis us-east-1"},
		{"123456789012.eventsv2.eu-west-1.api.aws", "aws eventbridgev2 eu-west-1 account=123456789012"},
		{"123456789012.cloudfront-kvs.global.api.aws", "aws cloudfrontkeyvaluestore account=123456789012"},
		{"evil.cloudfront-kvs.global.api.aws", "aws -"},
		{"a1b2c3d4e5f6g7-ats.iot.eu-west-1.amazonaws.com", "aws iotdataplane eu-west-1"},
		{"newapi.iot.eu-west-1.amazonaws.com", "aws - eu-west-1"},
		{"a1b2c3d4e5f6g7.credentials.iot.eu-west-1.amazonaws.com", "aws - eu-west-1"},
		{"s-1a2b3c4d.kinesisvideo.eu-west-1.amazonaws.com", "aws " + video + " eu-west-1"},
		{"abcd1234.mediaconvert.eu-west-1.amazonaws.com", "aws mediaconvert eu-west-1"},
		{"g-1.x.mediaconvert.eu-west-1.amazonaws.com", "aws - eu-west-1"},
		{"eu-west-1.neptune-graph.amazonaws.com", "aws neptunegraph eu-west-1"},
		{"g-abcdef1234.eu-west-1.neptune-graph.amazonaws.com", "aws neptunegraph eu-west-1"},
		{"g-abcdef1234.cn-north-1.neptune-graph.amazonaws.com.cn", "aws-cn neptunegraph cn-north-1"},
		{"g-abcdef1234.neptune-graph.eu-west-1.on.aws", "aws neptunegraph eu-west-1"},
		{"neptune-graph.eu-west-1.on.aws", "aws neptunegraph eu-west-1"},
		{"neptune-graph-fips.us-east-1.api.aws", "aws neptunegraph us-east-1"},
		{"g-abcdef1234.neptune-graph.eu-west-1.amazonaws.com", "aws neptunegraph eu-west-1"},
		{"evil.eu-west-1.neptune-graph.amazonaws.com", "aws -"},
		{"g-.eu-west-1.neptune-graph.amazonaws.com", "aws -"},
		{"x.g-abcdef1234.eu-west-1.neptune-graph.amazonaws.com", "aws -"},
		{"g-abcdef1234.cn-north-1.neptune-graph.amazonaws.com", "aws -"},
		{"g-abcdef1234.neptune-graph.amazonaws.com", "aws -"},
		{"g-abcdef1234.eu-west-1.queue.amazonaws.com", "aws -"},
		{"evil.neptune-graph.eu-west-1.on.aws", "aws - eu-west-1"},
		{"x.g-abcdef1234.neptune-graph.eu-west-1.on.aws", "aws - eu-west-1"},
		{"ingest-cell1.timestream.eu-west-1.amazonaws.com", "aws timestreamwrite eu-west-1"},
		{"query-cell23.timestream.eu-west-1.amazonaws.com", "aws timestreamquery eu-west-1"},
		{"query-cellar.timestream.eu-west-1.amazonaws.com", "aws - eu-west-1"},
		{"abc.veo.endpoint.events.amazonaws.com", "aws cloudwatchevents eventbridge"},
		{"abc.veo.endpoint.events.eu-west-1.amazonaws.com", "aws - eu-west-1"},
		{"abc.veo.events.amazonaws.com", "aws -"},
		{"abc.endpoints.email.global.api.aws", "aws pinpointemail ses sesv2"},
		{"abc.email.amazonaws.com", "aws -"},
	})
}

func TestParseS3(t *testing.T) {
	checkHosts(t, [][2]string{
		{"s3.amazonaws.com", "aws s3"},
		{"b.s3.amazonaws.com", "aws s3 bucket=b"},
		{"s3.eu-west-1.amazonaws.com", "aws s3 eu-west-1"},
		{"my.dotted.bucket.s3.eu-west-1.amazonaws.com", "aws s3 eu-west-1 bucket=my.dotted.bucket"},
		{"b.s3-fips.dualstack.us-gov-east-1.amazonaws.com", "aws-us-gov s3 us-gov-east-1 bucket=b"},
		{"b.s3-us-west-2.amazonaws.com", "aws s3 us-west-2 bucket=b"},
		{"s3-fips-us-gov-west-1.amazonaws.com", "aws-us-gov s3 us-gov-west-1"},
		{"b.s3-external-1.amazonaws.com", "aws s3 us-east-1 bucket=b"},
		{"b.s3-accelerate.dualstack.amazonaws.com", "aws s3 bucket=b"},
		{"ap-123456789012.s3-accesspoint.eu-west-1.amazonaws.com", "aws s3 eu-west-1 account=123456789012 bucket=ap point"},
		{"alias-s3alias.s3.eu-west-1.amazonaws.com", "aws s3 eu-west-1 bucket=alias-s3alias point"},
		{"mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com", "aws s3 bucket=mfzwi23gnjvgw.mrap point"},
		{"ol-123456789012.s3-object-lambda.eu-west-1.amazonaws.com", "aws s3 eu-west-1 account=123456789012 bucket=ol point"},
		{"s3-object-lambda.eu-west-1.amazonaws.com", "aws s3 eu-west-1"},
		{"ap-123456789012.op-01234567890123456.s3-outposts.eu-west-1.amazonaws.com", "aws s3 eu-west-1 account=123456789012 bucket=ap point"},
		{"s3-outposts.eu-west-1.api.aws", "aws s3control s3outposts eu-west-1"},
		{"123456789012.s3-control.dualstack.eu-west-1.amazonaws.com", "aws s3control eu-west-1 account=123456789012"},
		{"b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", "aws s3 us-east-1 bucket=b--use1-az4--x-s3"},
		{"p--use1-az4--xa-s3.s3express-fips-use1-az4.dualstack.us-east-1.amazonaws.com", "aws s3 us-east-1 bucket=p--use1-az4--xa-s3 point"},
		{"s3express-control.us-east-1.amazonaws.com", "aws s3 s3control us-east-1"},
		{"s3tables.us-east-1.amazonaws.com", "aws s3tables us-east-1"},

		// A bucket may be named like anything.
		{"eu-west-1.s3.amazonaws.com", "aws s3 bucket=eu-west-1"},
		{"sqs.eu-west-1.amazonaws.com.s3.eu-west-1.amazonaws.com", "aws s3 eu-west-1 bucket=sqs.eu-west-1.amazonaws.com"},
		{"vpce-1.sqs.us-east-1.vpce.s3.amazonaws.com", "aws s3 bucket=vpce-1.sqs.us-east-1.vpce"},

		// A web site is its owner's, whoever that is.
		{"b.s3-website-us-east-1.amazonaws.com", "customer aws us-east-1"},
		{"b.s3-website.eu-central-1.amazonaws.com", "customer aws eu-central-1"},

		// What is no form of S3.
		{"evil-s3.amazonaws.com", "aws -"},
		{"b.s3x.eu-west-1.amazonaws.com", "aws - eu-west-1"},
		{"b.s3-tomorrow.amazonaws.com", "aws -"},
		{"b.s3-global.amazonaws.com", "aws -"},
		{"b.s3express-control.us-east-1.amazonaws.com", "aws - us-east-1"},
		{"evil.s3-control.us-east-1.amazonaws.com", "aws - us-east-1"},
		{"ap-123456789012.evil.s3-outposts.eu-west-1.amazonaws.com", "aws - eu-west-1"},
		{"dualstack.eu-west-1.amazonaws.com", "aws - eu-west-1"},
		{"s3-us-iso-east-1.amazonaws.com", "aws -"},
	})
}

func TestParseVPCEndpoints(t *testing.T) {
	checkHosts(t, [][2]string{
		{"vpce-1a-2b.sqs.us-east-1.vpce.amazonaws.com", "aws sqs us-east-1"},
		{"vpce-1a-2b-us-east-1a.api.ecr.us-east-1.vpce.amazonaws.com", "aws ecr us-east-1"},
		{"vpce-1a-2b.kinesis-streams.us-east-1.vpce.amazonaws.com", "aws kinesis us-east-1"},
		{"vpce-1a-2b.kms-fips.us-east-1.vpce.amazonaws.com", "aws kms us-east-1"},
		{"bucket.vpce-1a-2b.s3.us-east-1.vpce.amazonaws.com", "aws s3 us-east-1"},
		{"my.b.bucket.vpce-1a-2b.s3.us-east-1.vpce.amazonaws.com", "aws s3 us-east-1 bucket=my.b"},
		{"ap-123456789012.accesspoint.vpce-1a-2b.s3.us-east-1.vpce.amazonaws.com", "aws s3 us-east-1 account=123456789012 bucket=ap point"},
		{"123456789012.control.vpce-1a-2b.s3.us-east-1.vpce.amazonaws.com", "aws s3control us-east-1 account=123456789012"},
		{"vpce-1a-2b.s3.us-east-1.vpce.amazonaws.com", "aws s3 us-east-1"},

		// The service behind these is whoever's.
		{"vpce-1a-2b.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com", "customer aws us-east-1"},
		{"vpce-1a-2b.execute-api.us-east-1.vpce.amazonaws.com", "customer aws us-east-1"},
		{"vpce-1a-2b.dkr.ecr.us-east-1.vpce.amazonaws.com", "customer aws us-east-1"},

		{"sqs.us-east-1.vpce.amazonaws.com", "aws - us-east-1"},
		{"evil.sqs.us-east-1.vpce.amazonaws.com", "aws - us-east-1"},
		{"vpce-1a-2b.tomorrow.us-east-1.vpce.amazonaws.com", "aws - us-east-1"},
		{"vpce-1a-2b.sqs.vpce.amazonaws.com", "aws -"},
		{"vpce-1a-2b.sqs.cn-north-1.vpce.amazonaws.com", "aws -"},
		{"evil.s3.us-east-1.vpce.amazonaws.com", "aws - us-east-1"},
		{"b.evil.vpce-1a-2b.s3.us-east-1.vpce.amazonaws.com", "aws - us-east-1"},
		{"evil.control.vpce-1a-2b.s3.us-east-1.vpce.amazonaws.com", "aws - us-east-1"},
		{"vpce.amazonaws.com", "aws -"},
	})
}

// A service that SDKs released years ago find elsewhere is the same service.
func TestParseOfOlderSDKs(t *testing.T) {
	checkHosts(t, [][2]string{
		{"streaming-logs.eu-west-1.amazonaws.com", "aws cloudwatchlogs eu-west-1"},
		{"streaming-logs-fips.us-east-1.amazonaws.com", "aws cloudwatchlogs us-east-1"},
		{"streaming-logs.eu-west-1.api.aws", "aws cloudwatchlogs eu-west-1"},
		{"streaming-logs.cn-north-1.amazonaws.com.cn", "aws-cn cloudwatchlogs cn-north-1"},
		{"discovery-datasync.eu-west-1.amazonaws.com", "aws datasync eu-west-1"},
		{"discovery-datasync-fips.us-east-1.amazonaws.com", "aws datasync us-east-1"},
		{"edge.iotsitewise.eu-west-1.amazonaws.com", "aws iotsitewise eu-west-1"},
		{"model.iotsitewise.eu-west-1.amazonaws.com", "aws iotsitewise eu-west-1"},
		{"verification.signer.eu-west-1.amazonaws.com", "aws signer eu-west-1"},
		{"verification.signer-fips.us-east-1.amazonaws.com", "aws signer us-east-1"},
		{"identity-chime.us-east-1.amazonaws.com", "aws chime chimesdkidentity us-east-1"},
		{"messaging-chime.us-east-1.amazonaws.com", "aws chime chimesdkmessaging us-east-1"},
		{"meetings-chime.us-east-1.amazonaws.com", "aws chimesdkmeetings us-east-1"},
		{"eu-west-1.elasticmapreduce.amazonaws.com", "aws emr eu-west-1"},
		{"cn-north-1.elasticmapreduce.amazonaws.com.cn", "aws-cn emr cn-north-1"},

		{"evil-logs.eu-west-1.amazonaws.com", "aws - eu-west-1"},
		{"streaming-s3.eu-west-1.amazonaws.com", "aws - eu-west-1"},
		{"evil.elasticmapreduce.amazonaws.com", "aws -"},
		{"cn-north-1.elasticmapreduce.amazonaws.com", "aws -"},
	})
}

// What customers have under a domain of AWS is no API, and anybody can be a
// customer.
func TestParseCustomersHosts(t *testing.T) {
	checkHosts(t, [][2]string{
		{"a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", "customer aws us-east-1"},
		{"x.appsync-realtime-api.us-east-1.amazonaws.com", "customer aws us-east-1"},
		{"x.lambda-url.us-east-1.on.aws", "customer aws us-east-1"},
		{"g-abcdef1234.neptune-graph.us-east-1.off.aws", "customer aws us-east-1"},
		{"g-abcdef1234.neptune-graph.cn-north-1.on.aws", "customer aws"},
		{"g-abcdef1234.neptune-graph.us-east-1.on.cloudfront.net", "customer aws us-east-1"},
		{"dualstack.x-1.us-east-1.elb.amazonaws.com", "customer aws us-east-1"},
		{"x-1.elb.us-east-1.amazonaws.com", "customer aws us-east-1"},
		{"x.cn-north-1.elb.amazonaws.com.cn", "customer aws-cn cn-north-1"},
		{"orders.cluster-c1.eu-west-1.rds.amazonaws.com", "customer aws eu-west-1"},
		{"x.abc.0001.use1.cache.amazonaws.com", "customer aws"},
		{"clustercfg.x.abc.memorydb.us-east-1.amazonaws.com", "customer aws us-east-1"},
		{"ec2-3-4-5-6.compute-1.amazonaws.com", "customer aws"},
		{"ec2-3-4-5-6.eu-west-1.compute.amazonaws.com", "customer aws eu-west-1"},
		{"b-1a2b-1.mq.us-east-1.amazonaws.com", "customer aws us-east-1"},
		{"us-east-1a.fs-01234567.efs.us-east-1.amazonaws.com", "customer aws us-east-1"},
		{"s-1234.server.transfer.us-east-1.amazonaws.com", "customer aws us-east-1"},
		{"d-123456789012.d.codeartifact.us-east-1.amazonaws.com", "customer aws us-east-1"},
		{"123456789012.dkr.ecr.us-east-1.amazonaws.com", "customer aws us-east-1"},
		{"x.us-east-1.awsapprunner.com", "customer aws us-east-1"},
		{"d111111abcdef8.cloudfront.net", "customer aws"},
		{"aws.amazon.com", "customer aws"},
		{"docs.aws.amazon.com", "customer aws"},

		// An API of tomorrow looks much the same.
		{"runtime.kafka.us-east-1.amazonaws.com", "aws - us-east-1"},
		{"runtime.transfer.us-east-1.amazonaws.com", "aws - us-east-1"},
		{"runtime.ecr.us-east-1.amazonaws.com", "aws - us-east-1"},
		{"runtime.rds.us-east-1.amazonaws.com", "aws - us-east-1"},
		{"us-east-1.rds.amazonaws.com", "aws -"},
		{"cn-north-1.x.rds.amazonaws.com", "aws -"},
		{"tomorrow.us-east-1.api.aws", "aws - us-east-1"},
	})
}

// Names that only look like AWS's, and odd ones.
func TestParseForeignAndOdd(t *testing.T) {
	checkHosts(t, [][2]string{
		{"", "foreign"},
		{".", "foreign"},
		{".com", "foreign"},
		{"com", "foreign"},
		{"aws", "customer aws"},
		{"localhost", "foreign"},
		{"127.0.0.1", "foreign"},
		{"::1", "foreign"},
		{"xamazonaws.com", "foreign"},
		{"amazonaws.com.evil.example", "foreign"},
		{"s3.amazonaws.com.evil.cn", "foreign"},
		{"amazonaws.cn", "foreign"},
		{"internal", "foreign"},
		{"db.corp.internal", "foreign"},
		{"amazonaws.com", "aws -"},
		{"s3.amazonaws.com.", "foreign"}, // not canonical
		{"S3.amazonaws.com", "aws -"},
		{"s3..amazonaws.com", "aws -"},
		{".s3.amazonaws.com", "aws -"},
		{"b\x00.s3.amazonaws.com", "aws -"},
		{"b/..s3.amazonaws.com", "aws -"},
		{"sqs.us-east-1.amazonaws.com.cn", "aws-cn -"},
		{"sqs.us-iso-east-1.amazonaws.com", "aws -"},
		{"sqs.us-isox-east-1.amazonaws.com", "aws -"},
		{"sqs.us-gov-west-1.amazonaws.com.cn", "aws-cn -"},
		{"sqs.eusc-fr-east-1.amazonaws.eu", "aws-eusc -"},
		{"us-isox-east-1.queue.amazonaws.com", "aws -"},
		{"cn-north-1.queue.amazonaws.com", "aws -"},
		{"evil.eu-west-1.signin.aws.amazon.com", "aws - eu-west-1"},
		{"us-gov-west-1.us-gov.amazonaws.com", "aws-us-gov - us-gov-west-1"},
		{"us-gov.amazonaws.com", "aws-us-gov -"},
		{"global.amazonaws.com", "aws -"},
	})
}

func TestServes(t *testing.T) {
	for _, tt := range []struct {
		name, host, id, region string
		want                   bool
	}{
		{"the service and region", "sqs.eu-west-1.amazonaws.com", "sqs", "eu-west-1", true},
		{"another service", "sqs.eu-west-1.amazonaws.com", "sns", "eu-west-1", false},
		{"another region", "sqs.eu-west-1.amazonaws.com", "sqs", "us-east-1", false},
		{"the caller's region is unknown", "sqs.eu-west-1.amazonaws.com", "sqs", "", true},
		{"the host's region is unknown", "b.s3.amazonaws.com", "s3", "eu-west-1", true},
		{"two services share a host", "email.eu-west-1.amazonaws.com", "sesv2", "eu-west-1", true},
		{"a global host, any region of its partition", "iam.amazonaws.com", "iam", "eu-west-1", true},
		{"a global host, a region of another partition", "iam.amazonaws.com", "iam", "cn-north-1", false},
		{"a host that GovCloud shares", "budgets.api.aws", "budgets", "us-gov-west-1", true},
		{"the SDK's global region", "organizations.us-east-1.amazonaws.com", "organizations", "aws-global", true},
		{"the global region of another partition", "organizations.us-east-1.amazonaws.com", "organizations", "aws-cn-global", false},
		{"an unknown service has no name", "tomorrow.us-east-1.amazonaws.com", "tomorrow", "us-east-1", false},
		{"nor an empty one", "tomorrow.us-east-1.amazonaws.com", "", "us-east-1", false},
		{"a bucket named like a service", "sqs.s3.eu-west-1.amazonaws.com", "sqs", "eu-west-1", false},
		{"a customer's host", "x.execute-api.eu-west-1.amazonaws.com", "apigatewaymanagementapi", "eu-west-1", false},
		{"a look-alike", "sqs.eu-west-1.amazonaws.com.evil.example", "sqs", "eu-west-1", false},
	} {
		h, _ := Parse(tt.host)
		if got := h.Serves(tt.id, tt.region); got != tt.want {
			t.Errorf("%s: %s serves %s in %q: %v", tt.name, tt.host, tt.id, tt.region, got)
		}
	}
}
