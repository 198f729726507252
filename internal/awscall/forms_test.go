package awscall

import (
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

func TestECS(t *testing.T) {
	const (
		foreign = "arn:aws:ecs:us-east-1:999988887777:cluster/stage"
		service = "arn:aws:ecs:us-east-1:999988887777:service/stage/billing"
		set     = "arn:aws:ecs:eu-west-1:123456789012:task-set/prod/orders/ecs-svc/1"
	)
	run(t, "ECS", []described{
		{"default cluster", "StopTask", in{"Task": "t1"}, policy.Write, "arn:aws:ecs:OWN:task/default/t1"},
		{"cluster", "StopTask", in{"Cluster": "prod", "Task": "t1"}, policy.Write, "arn:aws:ecs:OWN:task/prod/t1"},
		{"empty cluster", "StopTask", in{"Cluster": "", "Task": "t1"}, policy.Write, "unknown"},
		{"cluster by ARN takes the task with it", "StopTask", in{"Cluster": foreign, "Task": "t1"}, policy.Write, "arn:aws:ecs:us-east-1:999988887777:task/stage/t1"},
		{"task by ARN", "StopTask", in{"Cluster": "prod", "Task": "arn:aws:ecs:us-east-1:999988887777:task/stage/t1"}, policy.Write, "arn:aws:ecs:us-east-1:999988887777:task/stage/t1"},
		{"no task", "StopTask", in{"Cluster": "prod"}, policy.Write, "unknown"},
		{"all tasks", "GetTaskProtection", in{"Cluster": "prod"}, policy.Read, "arn:aws:ecs:OWN:task/prod/*"},
		{"tasks by name and ARN", "DescribeTasks", in{"Tasks": []any{"t1", "arn:aws:ecs:OTHER:1:task/x/t2"}}, policy.Read, "arn:aws:ecs:OWN:task/default/t1 arn:aws:ecs:OTHER:1:task/x/t2"},
		{"a task without a name among others", "DescribeTasks", in{"Tasks": []any{"t1", ""}}, policy.Read, "unknown"},
		{"a colon in a name", "StopTask", in{"Cluster": "prod", "Task": "t:1"}, policy.Write, "unknown"},
		{"parents by ARN that agree", "DescribeTaskSets", in{"Cluster": foreign, "Service": service, "TaskSets": []any{"s1"}}, policy.Read, "arn:aws:ecs:us-east-1:999988887777:task-set/stage/billing/s1"},
		{"parents by ARN that do not", "DescribeTaskSets", in{"Cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/stage", "Service": service, "TaskSets": []any{"s1"}}, policy.Read, "unknown"},
		{"a broken ARN as a parent", "StopTask", in{"Cluster": "arn:aws:ecs", "Task": "t1"}, policy.Write, "unknown"},
		{"two services", "DescribeServices", in{"Cluster": "prod", "Services": []any{"a", "b"}}, policy.Read, "arn:aws:ecs:OWN:service/prod/a arn:aws:ecs:OWN:service/prod/b"},
		{"two of two things", "DescribeServices", in{"Cluster": []any{"a", "b"}, "Services": []any{"a", "b"}}, policy.Read, "unknown"},
		{"family", "RunTask", in{"TaskDefinition": "web"}, policy.Write, "arn:aws:ecs:OWN:task-definition/web:*"},
		{"family and revision", "RunTask", in{"TaskDefinition": "web:3"}, policy.Write, "arn:aws:ecs:OWN:task-definition/web:3"},
		{"revision that is no number", "RunTask", in{"TaskDefinition": "web:x"}, policy.Write, "unknown"},
		{"family that is no name", "RunTask", in{"TaskDefinition": "we/b:1"}, policy.Write, "unknown"},
		{"definition by ARN", "RunTask", in{"TaskDefinition": "arn:aws:ecs:us-east-1:999988887777:task-definition/web:3"}, policy.Write, "arn:aws:ecs:us-east-1:999988887777:task-definition/web:3"},
		{"definition by half an ARN", "RunTask", in{"TaskDefinition": "arn:aws:ecs"}, policy.Write, "unknown"},
		{"what a thing is in", "StopServiceDeployment", in{"ServiceDeploymentArn": "arn:aws:ecs:OTHER:1:service-deployment/prod/orders/1"}, policy.Write, "arn:aws:ecs:OTHER:1:service-deployment/prod/orders/1 arn:aws:ecs:OTHER:1:service/prod/orders"},
		{"what a thing is in, not to be told", "StopServiceDeployment", in{"ServiceDeploymentArn": "arn:aws:ecs:OTHER:1:service-deployment/1"}, policy.Write, "unknown"},
		{"a service by an old ARN, without its cluster", "UpdateService", in{"Cluster": "prod", "Service": "arn:aws:ecs:eu-west-1:123456789012:service/orders"}, policy.Write, "unknown"},
		{"no instance", "ListTasks", in{"Cluster": "prod"}, policy.List, "none"},
		{"task set by ARN", "UpdateTaskSet", in{"Cluster": "prod", "Service": "orders", "TaskSet": set}, policy.Write, set},
	})
}

func TestLogs(t *testing.T) {
	const foreign = "arn:aws:logs:us-east-1:999988887777:log-group:/shared"
	run(t, "CloudWatch Logs", []described{
		{"group", "DeleteLogGroup", in{"LogGroupName": "/app"}, policy.Write, "arn:aws:logs:OWN:log-group:/app"},
		{"group by ARN", "FilterLogEvents", in{"LogGroupIdentifier": foreign + ":*"}, policy.Read, foreign},
		{"group by half an ARN", "FilterLogEvents", in{"LogGroupIdentifier": "arn:aws:logs"}, policy.Read, "unknown"},
		{"group twice", "FilterLogEvents", in{"LogGroupName": "/app", "LogGroupIdentifier": foreign}, policy.Read, "arn:aws:logs:OWN:log-group:/app " + foreign},
		{"a colon in a group", "DeleteLogGroup", in{"LogGroupName": "/app:x"}, policy.Write, "unknown"},
		{"stream", "GetLogEvents", in{"LogGroupName": "/app", "LogStreamName": "1"}, policy.Read, "arn:aws:logs:OWN:log-group:/app:log-stream:1"},
		{"stream of a group by ARN", "GetLogEvents", in{"LogGroupIdentifier": foreign, "LogStreamName": "1"}, policy.Read, foreign + ":log-stream:1"},
		{"stream of two groups", "GetLogEvents", in{"LogGroupName": "/app", "LogGroupIdentifier": foreign, "LogStreamName": "1"}, policy.Read, "unknown"},
		{"no stream", "GetLogEvents", in{"LogGroupName": "/app"}, policy.Read, "unknown"},
		{"where the events go", "PutSubscriptionFilter", in{"LogGroupName": "/app", "DestinationArn": "arn:aws:kinesis:us-east-1:999988887777:stream/out"}, policy.Write, "arn:aws:logs:OWN:log-group:/app arn:aws:kinesis:us-east-1:999988887777:stream/out"},
		{"query", "StartQuery", in{"LogGroupName": "/app", "QueryString": "fields source | filter source = 'x' and @message like /source /"}, policy.Read, "arn:aws:logs:OWN:log-group:/app"},
		{"query of groups in its text", "StartQuery", in{"LogGroupName": "/app", "QueryString": " source\tlogGroups(namePrefix: ['/'])"}, policy.Read, "unknown"},
		{"query of groups further on", "StartQuery", in{"LogGroupName": "/app", "QueryString": "fields a | join (SOURCE '/b')"}, policy.Read, "unknown"},
		{"query of groups in PPL", "StartQuery", in{"LogGroupName": "/app", "QueryLanguage": "PPL", "QueryString": "source=[`/b`] | fields a"}, policy.Read, "unknown"},
		{"query in PPL", "StartQuery", in{"LogGroupName": "/app", "QueryLanguage": "PPL", "QueryString": "fields a"}, policy.Read, "arn:aws:logs:OWN:log-group:/app"},
		{"query in SQL", "StartQuery", in{"LogGroupName": "/app", "QueryLanguage": "SQL", "QueryString": "SELECT * FROM `/b`"}, policy.Read, "unknown"},
		{"export", "CreateExportTask", in{"LogGroupName": "/app", "Destination": "exports"}, policy.Write, "arn:aws:logs:OWN:log-group:/app arn:aws:s3:::exports"},
	})
}

func TestOpenSearch(t *testing.T) {
	insight := func(kind, name string) in { return in{"Entity": in{"Type": kind, "Value": name}} }
	run(t, "OpenSearch", []described{
		{"of a domain", "ListInsights", insight("DomainName", "search"), policy.List, "arn:aws:es:OWN:domain/search"},
		{"of an account", "ListInsights", insight("Account", "123456789012"), policy.List, "none"},
		{"of something new", "ListInsights", insight("Galaxy", "x"), policy.List, "unknown"},
		{"of nothing", "ListInsights", in{}, policy.List, "unknown"},
	})
}

func TestSES(t *testing.T) {
	const shared = "arn:aws:ses:us-east-1:999988887777:identity/partner.example"
	from := func(address string) in { return in{"FromEmailAddress": address} }
	run(t, "SESv2", []described{
		{"address", "SendEmail", from("shop@example.com"), policy.Write, "arn:aws:ses:OWN:identity/shop@example.com"},
		{"domain in capitals", "SendEmail", from("Shop@EXAMPLE.com"), policy.Write, "arn:aws:ses:OWN:identity/Shop@example.com"},
		{"address with a name", "SendEmail", from("The Shop <shop@example.com>"), policy.Write, "arn:aws:ses:OWN:identity/shop@example.com"},
		{"another address for a name", "SendEmail", from("a@example.com <shop@example.com>"), policy.Write, "unknown"},
		{"two addresses", "SendEmail", from("a@b.example, c@d.example"), policy.Write, "unknown"},
		{"unclosed", "SendEmail", from("Shop <shop@example.com"), policy.Write, "unknown"},
		{"no address", "SendEmail", from("shop"), policy.Write, "unknown"},
		{"in the message's own head", "SendEmail", in{"Content": in{"Raw": in{}}}, policy.Write, "unknown"},
		{"identity of another account", "SendEmail", in{"FromEmailAddress": "x@partner.example", "FromEmailAddressIdentityArn": shared}, policy.Write, shared},
		{"half an ARN", "SendEmail", in{"FromEmailAddress": "x@partner.example", "FromEmailAddressIdentityArn": "arn:aws"}, policy.Write, "unknown"},
		{"template", "SendEmail", in{"FromEmailAddress": "a@b.example", "Content": in{"Template": in{"TemplateName": "hello"}}}, policy.Write, "arn:aws:ses:OWN:identity/a@b.example arn:aws:ses:OWN:template/hello"},
	})
}

func TestBedrock(t *testing.T) {
	model := func(id string) in { return in{"ModelId": id} }
	run(t, "Bedrock Runtime", []described{
		{"model", "InvokeModel", model("anthropic.claude-3-haiku-20240307-v1:0"), policy.Read, "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"},
		{"a dot in the version", "InvokeModel", model("zai.glm-4.7"), policy.Read, "arn:aws:bedrock:eu-west-1::foundation-model/zai.glm-4.7"},
		{"profile", "InvokeModel", model("eu.anthropic.claude-sonnet-4-20250514-v1:0"), policy.Read, "arn:aws:bedrock:OWN:inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0"},
		{"profile of GovCloud", "InvokeModel", model("us-gov.anthropic.claude"), policy.Read, "arn:aws:bedrock:OWN:inference-profile/us-gov.anthropic.claude"},
		{"a model of one's own by its id", "InvokeModel", model("a1b2c3"), policy.Read, "unknown"},
		{"no name", "InvokeModel", model("a/b.c"), policy.Read, "unknown"},
		{"by ARN", "InvokeModel", model("arn:aws:bedrock:OTHER:1:provisioned-model/p"), policy.Read, "arn:aws:bedrock:OTHER:1:provisioned-model/p"},
		{"half an ARN", "InvokeModel", model("arn:aws:bedrock"), policy.Read, "unknown"},
		{"endpoint", "InvokeModel", model("arn:aws:sagemaker:OTHER:1:endpoint/e"), policy.Read, "arn:aws:bedrock:OTHER:1:marketplace/model-endpoint/all-access arn:aws:sagemaker:OTHER:1:endpoint/e"},
		{"prompt", "Converse", model("arn:aws:bedrock:OTHER:1:prompt/p"), policy.Read, "unknown"},
		{"guardrail of another account", "InvokeModel", in{"ModelId": "amazon.nova-pro-v1:0", "GuardrailIdentifier": "arn:aws:bedrock:OTHER:1:guardrail/g"}, policy.Read, "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0 arn:aws:bedrock:OTHER:1:guardrail/g"},
	})
}

func TestSSMTargets(t *testing.T) {
	command := func(targets ...any) in { return in{"DocumentName": "d", "Targets": targets} }
	run(t, "SSM", []described{
		{"by ids", "SendCommand", command(in{"Key": "InstanceIds", "Values": []any{"i-1", "mi-2"}}), policy.Write, "arn:aws:ssm:OWN:document/d arn:aws:ec2:OWN:instance/i-1 arn:aws:ssm:OWN:managed-instance/mi-2"},
		{"by a tag", "SendCommand", command(in{"Key": "tag:env", "Values": []any{"prod"}}), policy.Write, "unknown"},
		{"by ids and a tag", "SendCommand", command(in{"Key": "InstanceIds", "Values": []any{"i-1"}}, in{"Key": "tag:env", "Values": []any{"prod"}}), policy.Write, "unknown"},
		{"by something that is no id", "SendCommand", command(in{"Key": "InstanceIds", "Values": []any{"*"}}), policy.Write, "unknown"},
		{"runbook", "StartAutomationExecution", in{"DocumentName": "d", "DocumentVersion": "2"}, policy.Write, "arn:aws:ssm:OWN:document/d arn:aws:ssm:OWN:automation-definition/d:2 arn:aws:ssm:OWN:automation-execution/*"},
		{"runbook of AWS", "StartAutomationExecution", in{"DocumentName": "AWS-Do"}, policy.Write, "arn:aws:ssm:eu-west-1::document/AWS-Do arn:aws:ssm:eu-west-1::automation-definition/AWS-Do:$DEFAULT arn:aws:ssm:OWN:automation-execution/*"},
		{"runbook of another account", "StartAutomationExecution", in{"DocumentName": "arn:aws:ssm:OTHER:1:document/d"}, policy.Write, "arn:aws:ssm:OTHER:1:document/d arn:aws:ssm:OTHER:1:automation-definition/d:$DEFAULT arn:aws:ssm:OWN:automation-execution/*"},
		{"no version", "StartAutomationExecution", in{"DocumentName": "d", "DocumentVersion": "1:2"}, policy.Write, "unknown"},
	})
}

// TestS3Elsewhere: what an operation reads or writes in S3 counts beside its own
// resources.
func TestS3Elsewhere(t *testing.T) {
	at := func(uri string) in {
		return in{"QueryString": "SELECT 1", "ResultConfiguration": in{"OutputLocation": uri}}
	}
	run(t, "Athena", []described{
		{"results where the workgroup says", "StartQueryExecution", in{"QueryString": "SELECT 1"}, policy.Write, "arn:aws:athena:OWN:workgroup/primary"},
		{"results in a bucket", "StartQueryExecution", at("s3://results"), policy.Write, "arn:aws:athena:OWN:workgroup/primary arn:aws:s3:::results"},
		{"results beneath a prefix", "StartQueryExecution", at("s3://results/a/b/"), policy.Write, "arn:aws:athena:OWN:workgroup/primary arn:aws:s3:::results/a/b/"},
		{"results at no URI of S3", "StartQueryExecution", at("https://results.s3.amazonaws.com/a"), policy.Write, "unknown"},
		{"results past dots", "StartQueryExecution", at("s3://results/../evil/a"), policy.Write, "unknown"},
		{"results in capitals", "StartQueryExecution", at("S3://results/a"), policy.Write, "unknown"},
	})
	run(t, "Textract", []described{
		{"bytes", "DetectDocumentText", in{"Document": in{"Bytes": []byte{1}}}, policy.Read, "none"},
		{"object", "DetectDocumentText", in{"Document": in{"S3Object": in{"Bucket": "scans", "Name": "1.png"}}}, policy.Read, "arn:aws:s3:::scans/1.png"},
		{"an object's bucket", "DetectDocumentText", in{"Document": in{"S3Object": in{"Bucket": "scans"}}}, policy.Read, "unknown"},
		{"in and out", "StartDocumentAnalysis", in{"DocumentLocation": in{"S3Object": in{"Bucket": "scans", "Name": "1.png"}}, "OutputConfig": in{"S3Bucket": "texts"}}, policy.Write, "arn:aws:s3:::scans/1.png arn:aws:s3:::texts"},
		{"objects of two buckets", "AnalyzeID", in{"DocumentPages": []any{in{"S3Object": in{"Bucket": "a", "Name": "1"}}, in{"S3Object": in{"Bucket": "b", "Name": "2"}}}}, policy.Read, "unknown"},
	})
	run(t, "Transcribe", []described{
		{"in and out", "StartTranscriptionJob", in{"Media": in{"MediaFileUri": "s3://calls/1.wav"}, "OutputBucketName": "texts"}, policy.Write, "arn:aws:s3:::calls/1.wav arn:aws:s3:::texts"},
	})
	run(t, "Polly", []described{
		{"out", "StartSpeechSynthesisTask", in{"Text": "x", "OutputS3BucketName": "voice"}, policy.Write, "arn:aws:s3:::voice"},
	})
}

// TestNamesWithoutCase: a database in capitals is the same one.
func TestNamesWithoutCase(t *testing.T) {
	run(t, "RDS", []described{
		{"instance", "DeleteDBInstance", in{"DBInstanceIdentifier": "Orders"}, policy.Write, "arn:aws:rds:OWN:db:orders"},
		{"by ARN", "ListTagsForResource", in{"ResourceName": "arn:aws:rds:eu-west-1:123456789012:db:Orders"}, policy.Read, "arn:aws:rds:OWN:db:orders"},
		{"where it is copied to", "CopyDBSnapshot", in{"SourceDBSnapshotIdentifier": "A", "TargetDBSnapshotIdentifier": "B"}, policy.Write, "arn:aws:rds:OWN:snapshot:a arn:aws:rds:OWN:snapshot:b"},
	})
	run(t, "ElastiCache", []described{
		{"cluster", "DeleteCacheCluster", in{"CacheClusterId": "Sessions"}, policy.Write, "arn:aws:elasticache:OWN:cluster:sessions"},
	})
	run(t, "DynamoDB", []described{
		{"a table has a case", "DeleteTable", in{"TableName": "Orders"}, policy.Write, "arn:aws:dynamodb:OWN:table/Orders"},
	})
}
