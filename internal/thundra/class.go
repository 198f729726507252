package thundra

import (
	"slices"
	"strings"
)

// A class is a kind of span, and how a policy says the same.
type class struct {
	service string            // of AWS
	names   map[string]string // tags of resources, with what stands before the name in an ARN
	any     []string          // tags that a policy has no field for
	ports   string            // of a database
	hosts   []string          // tags that are hosts
	paths   []string          // tags that are paths
}

// classes are those of Thundra's integrations.
var classes = map[string]class{
	"HTTP":              {hosts: []string{"http.host"}, paths: []string{"http.path"}, any: []string{"http.url", "http.method"}},
	"ELASTICSEARCH":     {hosts: []string{"elasticsearch.host"}, paths: []string{"elasticsearch.normalized_uri", "elasticsearch.uri"}, any: []string{"elasticsearch.method"}},
	"Redis":             {hosts: []string{"redis.host"}, ports: "6379", any: []string{"redis.command", "redis.command.type", "redis.port"}},
	"MYSQL":             {hosts: []string{"db.host"}, ports: "3306", any: []string{"db.instance", "db.port", "db.statement.type", "db.user"}},
	"POSTGRESQL":        {hosts: []string{"db.host"}, ports: "5432", any: []string{"db.instance", "db.port", "db.statement.type", "db.user"}},
	"MONGODB":           {hosts: []string{"db.host"}, ports: "27017", any: []string{"db.instance", "db.port", "mongodb.collection.name", "mongodb.collection", "mongodb.command.name"}},
	"AWS-DynamoDB":      {service: "dynamodb", names: map[string]string{"aws.dynamodb.table.name": "table/"}},
	"AWS-S3":            {service: "s3", names: map[string]string{"aws.s3.bucket.name": "", "aws.s3.object.name": ""}},
	"AWS-SQS":           {service: "sqs", names: map[string]string{"aws.sqs.queue.name": ""}},
	"AWS-SNS":           {service: "sns", names: map[string]string{"aws.sns.topic.name": ""}},
	"AWS-Kinesis":       {service: "kinesis", names: map[string]string{"aws.kinesis.stream.name": "stream/"}},
	"AWS-Firehose":      {service: "firehose", names: map[string]string{"aws.firehose.stream.name": "deliverystream/"}},
	"AWS-Lambda":        {service: "lambda", names: map[string]string{"aws.lambda.name": "function:", "aws.lambda.qualifier": ""}},
	"AWS-Athena":        {service: "athena", any: []string{"db.instance", "s3.outputLocation"}},
	"AWS-SES":           {service: "ses", names: map[string]string{"aws.ses.mail.source": "identity/"}, any: []string{"aws.ses.mail.destination", "aws.ses.mail.subject", "aws.ses.mail.template.name"}},
	"AWS-EventBridge":   {service: "eventbridge", names: map[string]string{"aws.eventbridge.eventbus.name": "event-bus/"}},
	"AWS-StepFunctions": {service: "sfn", names: map[string]string{"aws.sf.state_machine.arn": ""}},
	"AWSService":        {any: []string{"aws.service.name", "aws.operation.name"}},
}

// inside are tags that narrow another: what they name is within what that names.
var inside = map[string]string{"aws.s3.object.name": "/", "aws.lambda.qualifier": ":"}

// kinds are the operation types of AWS's classes, in the words of a policy.
var kinds = map[string]string{
	"READ": "read", "WRITE": "write", "LIST": "list", "TAGGING": "tagging", "PERMISSION": "permissions", "PERMISSIONS": "permissions", "EXECUTE": "write", "DELETE": "write",
}

// operationType is the tag that every class has, and decorations are tags of every span
// that narrow nothing.
const operationType = "operation.type"

var decorations = []string{"topology.vertex"}

// has reports whether spans of a class have a tag.
func (c *class) has(tag string) bool {
	_, named := c.names[tag]
	return named || tag == operationType || slices.Contains(c.any, tag) || slices.Contains(c.hosts, tag) || slices.Contains(c.paths, tag) || slices.Contains(decorations, tag)
}

// isMethod reports whether a value is a method of HTTP as it is sent.
func isMethod(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
