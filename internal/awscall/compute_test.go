package awscall

import (
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

func TestLambda(t *testing.T) {
	const foreign = "arn:aws:lambda:us-east-1:999988887777:function:fn"
	fn := func(name string) in { return in{"FunctionName": name} }
	qualified := func(name, qualifier string) in { return in{"FunctionName": name, "Qualifier": qualifier} }
	const inv = "Invoke"
	run(t, "Lambda", []described{
		{"name", inv, fn("fn"), policy.Write, "arn:aws:lambda:OWN:function:fn"},
		{"name with a qualifier", inv, fn("fn:live"), policy.Write, "arn:aws:lambda:OWN:function:fn:live"},
		{"qualifier", inv, qualified("fn", "7"), policy.Write, "arn:aws:lambda:OWN:function:fn:7"},
		{"latest", inv, qualified("fn", "$LATEST"), policy.Write, "arn:aws:lambda:OWN:function:fn:$LATEST"},
		{"the same qualifier twice", inv, qualified("fn:7", "7"), policy.Write, "arn:aws:lambda:OWN:function:fn:7"},
		{"two qualifiers", inv, qualified("fn:7", "8"), policy.Write, "unknown"},
		{"empty qualifier", inv, qualified("fn", ""), policy.Write, "unknown"},
		{"qualifier with a colon", inv, qualified("fn", "7:x"), policy.Write, "unknown"},
		{"partial ARN", inv, fn("999988887777:function:fn"), policy.Write, "arn:aws:lambda:eu-west-1:999988887777:function:fn"},
		{"partial ARN with a qualifier", inv, fn("999988887777:function:fn:live"), policy.Write, "arn:aws:lambda:eu-west-1:999988887777:function:fn:live"},
		{"ARN", inv, fn(foreign), policy.Write, foreign},
		{"ARN with a qualifier", inv, qualified(foreign, "live"), policy.Write, foreign + ":live"},
		{"ARN of a version", inv, fn(foreign + ":3"), policy.Write, foreign + ":3"},
		{"ARN with too many parts", inv, fn(foreign + ":3:4"), policy.Write, "unknown"},
		{"ARN of no function", inv, fn("arn:aws:lambda:us-east-1:999988887777:layer:fn"), policy.Write, "unknown"},
		{"ARN of another service", inv, fn("arn:aws:sqs:us-east-1:999988887777:function:fn"), policy.Write, "unknown"},
		{"ARN that is cut off", inv, fn("arn:aws:lambda:fn"), policy.Write, "unknown"},
		{"function: could be a name", inv, fn("function:fn"), policy.Write, "unknown"},
		{"an account could be a name", inv, fn("999988887777:fn"), policy.Write, "unknown"},
		{"region, account and name", inv, fn("us-east-1:999988887777:function:fn"), policy.Write, "unknown"},
		{"name with a slash", inv, fn("fn/x"), policy.Write, "unknown"},
		{"empty name", inv, fn(""), policy.Write, "unknown"},
		{"nothing", inv, in{"Qualifier": "live"}, policy.Write, "unknown"},
		{"who may call", "AddPermission", fn("fn"), policy.Permissions, "arn:aws:lambda:OWN:function:fn"},
		{"code from S3", "UpdateFunctionCode", in{"FunctionName": "fn", "S3Bucket": "code", "S3Key": "a.zip"}, policy.Write, "arn:aws:lambda:OWN:function:fn arn:aws:s3:::code/a.zip"},
		{"code from a bucket without a key", "UpdateFunctionCode", in{"FunctionName": "fn", "S3Bucket": "code"}, policy.Write, "unknown"},
		{"code in the request", "UpdateFunctionCode", in{"FunctionName": "fn"}, policy.Write, "arn:aws:lambda:OWN:function:fn"},
		{"event source", "CreateEventSourceMapping", in{"FunctionName": "fn", "EventSourceArn": "arn:aws:sqs:r:a:q"}, policy.Write, "arn:aws:lambda:OWN:function:fn arn:aws:sqs:r:a:q"},
		{"mapping", "DeleteEventSourceMapping", in{"UUID": "14e0db71"}, policy.Write, "arn:aws:lambda:OWN:event-source-mapping:14e0db71"},
		{"layer", "GetLayerVersion", in{"LayerName": "base", "VersionNumber": float64(7)}, policy.Read, "arn:aws:lambda:OWN:layer:base:7"},
		{"layer of another account", "GetLayerVersion", in{"LayerName": "arn:aws:lambda:us-east-1:999988887777:layer:base", "VersionNumber": "7"}, policy.Read, "arn:aws:lambda:us-east-1:999988887777:layer:base:7"},
		{"layer with a colon", "GetLayerVersion", in{"LayerName": "base:1", "VersionNumber": "7"}, policy.Read, "unknown"},
		{"layer of no number", "GetLayerVersion", in{"LayerName": "base", "VersionNumber": "x"}, policy.Read, "unknown"},
		{"layer of no name", "GetLayerVersion", in{"VersionNumber": "7"}, policy.Read, "unknown"},
		{"versions of a layer", "ListLayerVersions", in{"LayerName": "base"}, policy.List, "arn:aws:lambda:OWN:layer:base"},
		{"callback", "SendDurableExecutionCallbackSuccess", in{"CallbackId": "x"}, policy.Write, "unknown"},
	})
}

func TestStepFunctions(t *testing.T) {
	const machine, execution = "arn:aws:states:us-east-1:123456789012:stateMachine:sm", "arn:aws:states:us-east-1:123456789012:execution:sm:ex1"
	run(t, "SFN", []described{
		{"start", "StartExecution", in{"stateMachineArn": machine}, policy.Write, machine},
		{"start an alias", "StartSyncExecution", in{"stateMachineArn": machine + ":live"}, policy.Write, machine},
		{"execution", "DescribeExecution", in{"executionArn": execution}, policy.Read, execution},
		{"executions", "ListExecutions", in{"stateMachineArn": machine}, policy.List, machine},
		{"executions of nothing", "ListExecutions", in{}, policy.List, "unknown"},
		{"create", "CreateStateMachine", in{"name": "sm"}, policy.Write, "arn:aws:states:OWN:stateMachine:sm"},
		{"a token is no resource", "SendTaskSuccess", in{"taskToken": "tok"}, policy.Write, "unknown"},
		{"a name where an ARN must be", "StartExecution", in{"stateMachineArn": "sm"}, policy.Write, "unknown"},
		{"alias of two versions", "CreateStateMachineAlias", in{"routingConfiguration": []any{in{"stateMachineVersionArn": machine + ":1"}, in{"stateMachineVersionArn": machine + ":2"}}}, policy.Write, machine},
	})
}
