package awscall

// table returns the table of a service, by the normal form of its id. It is
// empty for a service that has none.
func table(id string) string {
	switch id {
	case "dynamodb":
		return tableDynamoDB
	case "dynamodbstreams":
		return tableDynamoDBStreams
	case "eventbridge":
		return tableEventBridge
	case "firehose":
		return tableFirehose
	case "kinesis":
		return tableKinesis
	case "kms":
		return tableKMS
	case "lambda":
		return tableLambda
	case "s3":
		return tableS3
	case "secretsmanager":
		return tableSecretsManager
	case "sfn":
		return tableSFN
	case "sns":
		return tableSNS
	case "sqs":
		return tableSQS
	case "ssm":
		return tableSSM
	case "sts":
		return tableSTS
	}
	return ""
}
