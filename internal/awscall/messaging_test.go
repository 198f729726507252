package awscall

import (
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

func TestSQS(t *testing.T) {
	const send = "SendMessage"
	run(t, "SQS", []described{
		{"queue", send, in{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q1"}, policy.Write, "arn:aws:sqs:OWN:q1"},
		{"queue of another account", send, in{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/999988887777/q1.fifo"}, policy.Write, "arn:aws:sqs:eu-west-1:999988887777:q1.fifo"},
		{"the host counts for nothing", send, in{"QueueUrl": "http://evil.example:9/999988887777/q1"}, policy.Write, "arn:aws:sqs:eu-west-1:999988887777:q1"},
		{"an account in the host", send, in{"QueueUrl": "https://123456789012/q1"}, policy.Write, "unknown"},
		{"a query", send, in{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q1?x"}, policy.Write, "unknown"},
		{"an escape", send, in{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q%31"}, policy.Write, "unknown"},
		{"one segment more", send, in{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q1/999988887777/q2"}, policy.Write, "unknown"},
		{"no account", send, in{"QueueUrl": "http://localhost:9324/queue/q1"}, policy.Write, "unknown"},
		{"no URL", send, in{"QueueUrl": "q1"}, policy.Write, "unknown"},
		{"no name", send, in{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/"}, policy.Write, "unknown"},
		{"nothing", send, in{}, policy.Write, "unknown"},
		{"receiving reads", "ReceiveMessage", in{"QueueUrl": "https://x/123456789012/q1"}, policy.Read, "arn:aws:sqs:OWN:q1"},
		{"attributes hold the policy", "SetQueueAttributes", in{"QueueUrl": "https://x/123456789012/q1"}, policy.Permissions, "arn:aws:sqs:OWN:q1"},
		{"create", "CreateQueue", in{"QueueName": "q1"}, policy.Write, "arn:aws:sqs:OWN:q1"},
		{"URL of a queue", "GetQueueUrl", in{"QueueName": "q1"}, policy.Read, "arn:aws:sqs:OWN:q1"},
		{"URL of another's queue", "GetQueueUrl", in{"QueueName": "q1", "QueueOwnerAWSAccountId": "999988887777"}, policy.Read, "arn:aws:sqs:eu-west-1:999988887777:q1"},
		{"URL of nobody's queue", "GetQueueUrl", in{"QueueName": "q1", "QueueOwnerAWSAccountId": "self"}, policy.Read, "unknown"},
		{"moving messages", "StartMessageMoveTask", in{"SourceArn": "arn:aws:sqs:us-east-1:999988887777:b", "DestinationArn": "arn:aws:sqs:us-east-1:999988887777:c"}, policy.Write, "arn:aws:sqs:us-east-1:999988887777:b arn:aws:sqs:us-east-1:999988887777:c"},
		{"a task is no resource", "CancelMessageMoveTask", in{"TaskHandle": "abc"}, policy.Write, "unknown"},
		{"all queues", "ListQueues", in{"QueueNamePrefix": "q"}, policy.Read, "none"},
	})
}

func TestSNS(t *testing.T) {
	const topic = "arn:aws:sns:us-east-1:123456789012:top"
	run(t, "SNS", []described{
		{"topic", "Publish", in{"TopicArn": topic}, policy.Write, topic},
		{"target", "Publish", in{"TargetArn": "arn:aws:sns:us-east-1:999988887777:endpoint/GCM/app/x"}, policy.Write, "arn:aws:sns:us-east-1:999988887777:endpoint/GCM/app/x"},
		{"topic and target count both", "Publish", in{"TopicArn": topic, "TargetArn": topic + "2"}, policy.Write, topic + " " + topic + "2"},
		{"a phone has no ARN", "Publish", in{"PhoneNumber": "+12065550100"}, policy.Write, "unknown"},
		{"a phone beside a topic", "Publish", in{"TopicArn": topic, "PhoneNumber": "+12065550100"}, policy.Write, "unknown"},
		{"to nobody", "Publish", in{}, policy.Write, "unknown"},
		{"batch", "PublishBatch", in{"TopicArn": topic}, policy.Write, topic},
		{"create", "CreateTopic", in{"Name": "top"}, policy.Write, "arn:aws:sns:OWN:top"},
		{"subscription is of its topic", "Unsubscribe", in{"SubscriptionArn": topic + ":6b0e71bd"}, policy.Write, topic},
		{"subscription that is pending", "Unsubscribe", in{"SubscriptionArn": "PendingConfirmation"}, policy.Write, "unknown"},
		{"topic for a subscription", "Unsubscribe", in{"SubscriptionArn": topic}, policy.Write, "unknown"},
		{"one part too many", "Unsubscribe", in{"SubscriptionArn": topic + ":a:b"}, policy.Write, "unknown"},
		{"attributes hold the policy", "SetTopicAttributes", in{"TopicArn": topic}, policy.Permissions, topic},
		{"phones", "OptInPhoneNumber", in{"PhoneNumber": "+12065550100"}, policy.Write, "unknown"},
	})
}

func TestEventBridge(t *testing.T) {
	const foreign = "arn:aws:events:us-east-1:999988887777:event-bus/partner"
	entries := func(buses ...any) in {
		var list []any
		for _, b := range buses {
			list = append(list, in{"EventBusName": b})
		}
		return in{"Entries": list}
	}
	run(t, "EventBridge", []described{
		{"default bus", "PutEvents", entries(nil), policy.Write, "arn:aws:events:OWN:event-bus/default"},
		{"buses", "PutEvents", entries("orders", foreign, "orders"), policy.Write, "arn:aws:events:OWN:event-bus/orders " + foreign},
		{"bus with a colon", "PutEvents", entries("orders", "a:b"), policy.Write, "unknown"},
		{"no entries", "PutEvents", entries(), policy.Write, "unknown"},
		{"global endpoint", "PutEvents", in{"Entries": []any{in{"EventBusName": "orders"}}, "EndpointId": "abcde.veo"}, policy.Write, "unknown"},
		{"partner", "PutPartnerEvents", in{"Entries": []any{in{"Source": "aws.partner/x/y"}}}, policy.Write, "arn:aws:events:eu-west-1::event-source/aws.partner/x/y"},
		{"rule on the default bus", "PutRule", in{"Name": "r"}, policy.Write, "arn:aws:events:OWN:rule/r"},
		{"rule on the default bus by name", "PutRule", in{"Name": "r", "EventBusName": "default"}, policy.Write, "arn:aws:events:OWN:rule/r"},
		{"rule on a bus", "PutTargets", in{"Rule": "r", "EventBusName": "orders"}, policy.Write, "arn:aws:events:OWN:rule/orders/r"},
		{"rule on a foreign bus", "DeleteRule", in{"Name": "r", "EventBusName": foreign}, policy.Write, "arn:aws:events:us-east-1:999988887777:rule/partner/r"},
		{"rule on what is no bus", "DeleteRule", in{"Name": "r", "EventBusName": "arn:aws:sqs:us-east-1:999988887777:q"}, policy.Write, "unknown"},
		{"rule on a bus with a colon", "DeleteRule", in{"Name": "r", "EventBusName": "a:b"}, policy.Write, "unknown"},
		{"no rule", "DeleteRule", in{"EventBusName": "orders"}, policy.Write, "unknown"},
		{"who may send", "PutPermission", in{}, policy.Permissions, "arn:aws:events:OWN:event-bus/default"},
		{"bus without a name", "DescribeEventBus", in{}, policy.Read, "arn:aws:events:OWN:event-bus/default"},
		{"archive", "CreateArchive", in{"ArchiveName": "a", "EventSourceArn": foreign, "KmsKeyIdentifier": "alias/k"}, policy.Write, "arn:aws:events:OWN:archive/a " + foreign + " arn:aws:kms:OWN:alias/k"},
		{"replay", "StartReplay", in{"ReplayName": "r", "EventSourceArn": "arn:aws:events:r:a:archive/a", "Destination": in{"Arn": foreign}}, policy.Write, "arn:aws:events:OWN:replay/r arn:aws:events:r:a:archive/a " + foreign},
		{"endpoint", "CreateEndpoint", in{"Name": "e", "EventBuses": []any{in{"EventBusArn": foreign}}}, policy.Write, "arn:aws:events:OWN:endpoint/e " + foreign},
	})
}

func TestStreams(t *testing.T) {
	const stream = "arn:aws:kinesis:us-east-1:999988887777:stream/s"
	run(t, "Kinesis", []described{
		{"name", "PutRecord", in{"StreamName": "s"}, policy.Write, "arn:aws:kinesis:OWN:stream/s"},
		{"ARN", "PutRecord", in{"StreamARN": stream}, policy.Write, stream},
		{"name and ARN count both", "PutRecord", in{"StreamARN": stream, "StreamName": "t"}, policy.Write, stream + " arn:aws:kinesis:OWN:stream/t"},
		{"an id of tomorrow", "PutRecord", in{"StreamName": "s", "StreamId": "x"}, policy.Write, "unknown"},
		{"nothing", "PutRecord", in{}, policy.Write, "unknown"},
		{"iterator alone", "GetRecords", in{"ShardIterator": "AAAA"}, policy.Read, "unknown"},
		{"consumer", "SubscribeToShard", in{"ConsumerARN": stream + "/consumer/c:1700000000"}, policy.Read, stream + "/consumer/c:1700000000"},
		{"consumer by name", "DescribeStreamConsumer", in{"StreamARN": stream, "ConsumerName": "c"}, policy.Read, stream + "/consumer/c"},
		{"consumer with a colon", "DescribeStreamConsumer", in{"StreamARN": stream, "ConsumerName": "c:1"}, policy.Read, "unknown"},
		{"encryption names its key", "StartStreamEncryption", in{"StreamName": "s", "KeyId": "alias/k"}, policy.Write, "arn:aws:kinesis:OWN:stream/s arn:aws:kms:OWN:alias/k"},
		{"encryption without a key", "StartStreamEncryption", in{"StreamName": "s"}, policy.Write, "unknown"},
	})
	run(t, "Firehose", []described{
		{"name", "PutRecordBatch", in{"DeliveryStreamName": "d"}, policy.Write, "arn:aws:firehose:OWN:deliverystream/d"},
		{"tags", "TagDeliveryStream", in{"DeliveryStreamName": "d"}, policy.Tagging, "arn:aws:firehose:OWN:deliverystream/d"},
		{"all", "ListDeliveryStreams", in{}, policy.List, "none"},
	})
}
