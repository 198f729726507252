package awsstand_test

import (
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

// The real clients are held against these services in internal/integration; here are the edges, as they are on the wire.

// A step is a request and what must come of it.
type step struct {
	name, operation, body string
	want                  string // that the answer holds; begins with "!": that it does not
	code                  string
}

func run(t *testing.T, stand *awsstand.Stand, service string, steps []step) {
	t.Helper()
	for _, s := range steps {
		got, code := ask(t, stand, service, s.operation, s.body)
		if code != s.code {
			t.Errorf("%s: error %q, want %q: %s", s.name, code, s.code, got)
		}
		not, negated := strings.CutPrefix(s.want, "!")
		if strings.Contains(got, not) == negated && s.want != "" {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
		}
	}
}

func TestDynamoDBItems(t *testing.T) {
	stand := awsstand.New(awsstand.Config{Tables: map[string][]string{"t": {"id"}}})
	const conditions = `"TableName":"t","Item":{"id":{"S":"1"}},"ExpressionAttributeValues":{":v":{"S":"1"},":w":{"S":"2"}},"ConditionExpression":`
	const update = `"TableName":"t","Key":{"id":{"S":"1"}},"ReturnValues":"ALL_NEW","ExpressionAttributeNames":{"#n":"n"},` +
		`"ExpressionAttributeValues":{":one":{"N":"1"},":s":{"S":"x"},":bad":{"N":"x"}},"UpdateExpression":`
	run(t, stand, "dynamodb", []step{
		{"put", "PutItem", `{"TableName":"t","Item":{"id":{"S":"1"},"a":{"S":"x"}}}`, "{}", ""},
		{"get", "GetItem", `{"TableName":"t","Key":{"id":{"S":"1"}}}`, `{"Item":{"a":{"S":"x"},"id":{"S":"1"}}}`, ""},
		{"by ARN", "GetItem", `{"TableName":"arn:aws:dynamodb:eu-west-1:123456789012:table/t","Key":{"id":{"S":"1"}}}`, `"x"`, ""},
		{"another account's", "GetItem", `{"TableName":"arn:aws:dynamodb:eu-west-1:210987654321:table/t","Key":{"id":{"S":"1"}}}`, "", "AccessDeniedException"},
		{"no table", "GetItem", `{"TableName":"x","Key":{"id":{"S":"1"}}}`, "", "ResourceNotFoundException"},
		{"a number is no string", "GetItem", `{"TableName":"t","Key":{"id":{"N":"1"}}}`, "{}", ""},
		{"no key", "PutItem", `{"TableName":"t","Item":{"a":{"S":"x"}}}`, "", "ValidationException"},
		{"an empty key", "PutItem", `{"TableName":"t","Item":{"id":{"S":""}}}`, "", "ValidationException"},
		{"a key that is a list", "PutItem", `{"TableName":"t","Item":{"id":{"L":[]}}}`, "", "ValidationException"},
		{"a key of two types", "PutItem", `{"TableName":"t","Item":{"id":{"S":"1","N":"1"}}}`, "", "ValidationException"},
		{"a number that is none", "PutItem", `{"TableName":"t","Item":{"id":{"N":"x"}}}`, "", "ValidationException"},
		{"more than the key", "GetItem", `{"TableName":"t","Key":{"id":{"S":"1"},"a":{"S":"x"}}}`, "", "ValidationException"},
		{"too large", "PutItem", `{"TableName":"t","Item":{"id":{"S":"1"},"a":{"S":"` + strings.Repeat("x", 400<<10) + `"}}}`, "", "ValidationException"},

		{"exists", "PutItem", `{` + conditions + `"attribute_exists(id) AND id = :v","ReturnValues":"ALL_OLD"}`, `"a":{"S":"x"}`, ""},
		{"does not", "PutItem", `{` + conditions + `"attribute_not_exists(id)"}`, "", "ConditionalCheckFailedException"},
		{"differs", "PutItem", `{` + conditions + `"id = :w"}`, "", "ConditionalCheckFailedException"},
		{"second fails", "PutItem", `{` + conditions + `"id = :v and id = :w"}`, "", "ConditionalCheckFailedException"},
		{"OR", "PutItem", `{` + conditions + `"id = :v OR id = :w"}`, "", "ValidationException"},
		{"dangling AND", "PutItem", `{` + conditions + `"id = :v AND"}`, "", "ValidationException"},
		{"unknown value", "PutItem", `{` + conditions + `"id = :x"}`, "", "ValidationException"},
		{"unknown name", "PutItem", `{` + conditions + `"attribute_exists(#x)"}`, "", "ValidationException"},
		{"a size", "PutItem", `{` + conditions + `"size(id) < :v"}`, "", "ValidationException"},

		{"count from nothing", "UpdateItem", `{` + update + `"SET #n = if_not_exists(#n, :one) + :one, s = :s"}`, `"n":{"N":"2"},"s":{"S":"x"}`, ""},
		{"down, and a copy", "UpdateItem", `{` + update + `"SET #n = #n - :one, c = s"}`, `"c":{"S":"x"},"id":{"S":"1"},"n":{"N":"1"}`, ""},
		{"if it exists", "UpdateItem", `{` + update + `"SET #n = if_not_exists(#n, :s)"}`, `"n":{"N":"1"}`, ""},
		{"remove", "UpdateItem", `{` + update + `"REMOVE c, s SET d = :s"}`, `{"Attributes":{"d":{"S":"x"},"id":{"S":"1"},"n":{"N":"1"}}}`, ""},
		{"of a string", "UpdateItem", `{` + update + `"SET #n = d + :one"}`, "", "ValidationException"},
		{"of no number", "UpdateItem", `{` + update + `"SET #n = :bad + :one"}`, "", "ValidationException"},
		{"of nothing", "UpdateItem", `{` + update + `"SET #n = missing"}`, "", "ValidationException"},
		{"no value", "UpdateItem", `{` + update + `"SET #n = :missing"}`, "", "ValidationException"},
		{"no name", "UpdateItem", `{` + update + `"SET #x = :s"}`, "", "ValidationException"},
		{"a path", "UpdateItem", `{` + update + `"SET a.b = :s"}`, "", "ValidationException"},
		{"no equals", "UpdateItem", `{` + update + `"SET #n :s"}`, "", "ValidationException"},
		{"half a function", "UpdateItem", `{` + update + `"SET #n = if_not_exists(#n"}`, "", "ValidationException"},
		{"ADD", "UpdateItem", `{` + update + `"ADD #n :one"}`, "", "ValidationException"},
		{"the key", "UpdateItem", `{` + update + `"SET id = :s"}`, "", "ValidationException"},
		{"nothing was changed by these", "GetItem", `{"TableName":"t","Key":{"id":{"S":"1"}}}`, `{"Item":{"d":{"S":"x"},"id":{"S":"1"},"n":{"N":"1"}}}`, ""},
		{"update makes one", "UpdateItem", `{"TableName":"t","Key":{"id":{"S":"2"}},"ReturnValues":"ALL_NEW"}`, `"id":{"S":"2"}`, ""},
		{"update of a bad key", "UpdateItem", `{"TableName":"t","Key":{}}`, "", "ValidationException"},

		{"delete", "DeleteItem", `{"TableName":"t","Key":{"id":{"S":"1"}},"ReturnValues":"ALL_OLD"}`, `"d":{"S":"x"}`, ""},
		{"delete again", "DeleteItem", `{"TableName":"t","Key":{"id":{"S":"1"}}}`, "{}", ""},
		{"delete of no table", "DeleteItem", `{"TableName":"x","Key":{"id":{"S":"1"}}}`, "", "ResourceNotFoundException"},
		{"a member it has not", "PutItem", `{"TableName":"t","Item":{"id":{"S":"1"}},"Expected":{}}`, "", "SerializationException"},

		{"create", "CreateTable", `{"TableName":"u","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}`, "ACTIVE", ""},
		{"create again", "CreateTable", `{"TableName":"u","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}`, "", "ResourceInUseException"},
		{"create without keys", "CreateTable", `{"TableName":"v"}`, "", "ValidationException"},
		{"describe", "DescribeTable", `{"TableName":"u"}`, "arn:aws:dynamodb:eu-west-1:123456789012:table/u", ""},
		{"describe nothing", "DescribeTable", `{"TableName":"v"}`, "", "ResourceNotFoundException"},
	})
}

func TestDynamoDBQuery(t *testing.T) {
	stand := awsstand.New(awsstand.Config{Tables: map[string][]string{"n": {"id", "at"}, "b": {"id", "at"}, "h": {"id"}}})
	steps := []step{{"one without a range", "PutItem", `{"TableName":"h","Item":{"id":{"S":"1"}}}`, "", ""}}
	for _, at := range []string{"9", "10", "-1", "2.5"} {
		steps = append(steps, step{"put", "PutItem", `{"TableName":"n","Item":{"id":{"S":"1"},"at":{"N":"` + at + `"}}}`, "", ""})
	}
	for _, at := range []string{"AQ==", "/w==", "Ag=="} {
		steps = append(steps, step{"put", "PutItem", `{"TableName":"b","Item":{"id":{"S":"1"},"at":{"B":"` + at + `"}}}`, "", ""})
	}
	for _, at := range []string{"aa", "ab", "b"} {
		steps = append(steps, step{"put", "PutItem", `{"TableName":"n","Item":{"id":{"S":"2"},"at":{"S":"` + at + `"}}}`, "", ""})
	}
	ask := func(name, table, condition, more, want, code string) {
		steps = append(steps, step{name, "Query", `{"TableName":"` + table + `","KeyConditionExpression":"` + condition + `",` + more +
			`"ExpressionAttributeValues":{":1":{"S":"1"},":2":{"S":"2"},":a":{"S":"a"},":lo":{"N":"0"},":hi":{"N":"9"},":l":{"L":[]}}}`, want, code})
	}
	ask("all", "n", "id = :1", "", `"Count":4`, "")
	ask("in the order of numbers", "n", "id = :1", `"Limit":2,`, `"LastEvaluatedKey":{"at":{"N":"2.5"},"id":{"S":"1"}}`, "")
	ask("from there on", "n", "id = :1", `"Limit":1,"ExclusiveStartKey":{"at":{"N":"2.5"},"id":{"S":"1"}},`, `[{"at":{"N":"9"}`, "")
	ask("backwards", "n", "id = :1", `"Limit":1,"ScanIndexForward":false,`, `[{"at":{"N":"10"}`, "")
	ask("bytes", "b", "id = :1", `"Limit":2,`, `"LastEvaluatedKey":{"at":{"B":"Ag=="}`, "")
	ask("begins", "n", "id = :2 AND begins_with(at, :a)", "", `"Count":2`, "")
	ask("between", "n", "id = :1 AND at BETWEEN :lo AND :hi", "", `"Count":2`, "")
	ask("less", "n", "id = :1 AND at < :hi", "", `"Count":2`, "")
	ask("at most", "n", "id = :1 AND at <= :hi", "", `"Count":3`, "")
	ask("more", "n", "id = :1 AND at > :hi", "", `"Count":1`, "")
	ask("at least", "n", "id = :1 AND at >= :hi", "", `"Count":2`, "")
	ask("just", "n", "id = :1 AND at = :hi", "", `"Count":1`, "")
	ask("of another type", "n", "id = :2 AND at = :hi", "", `"Count":0`, "")
	ask("without a range key", "h", "id = :1", "", `"Count":1`, "")
	ask("a range key that is none", "h", "id = :1 AND at = :hi", "", "", "ValidationException")
	ask("not the hash key", "n", "at = :1", "", "", "ValidationException")
	ask("not the range key", "n", "id = :1 AND x = :1", "", "", "ValidationException")
	ask("OR", "n", "id = :1 OR at = :hi", "", "", "ValidationException")
	ask("an operator that is none", "n", "id = :1 AND at <> :hi", "", "", "ValidationException")
	ask("half a between", "n", "id = :1 AND at BETWEEN :lo", "", "", "ValidationException")
	ask("something after it", "n", "id = :1 AND at = :hi AND at = :lo", "", "", "ValidationException")
	ask("a list as the key", "n", "id = :l", "", "", "ValidationException")
	ask("a start that is no key", "n", "id = :1", `"ExclusiveStartKey":{"x":{"S":"1"}},`, "", "ValidationException")
	ask("a filter", "n", "id = :1", `"FilterExpression":"x = :1",`, "", "SerializationException")
	ask("no table", "x", "id = :1", "", "", "ResourceNotFoundException")
	run(t, stand, "dynamodb", steps)
}

func TestSQSMessages(t *testing.T) {
	stand := awsstand.New(awsstand.Config{Queues: []string{"q"}})
	const queue = `"QueueUrl":"https://anywhere.example/123456789012/q"`
	run(t, stand, "sqs", []step{
		{"create", "CreateQueue", `{"QueueName":"new"}`, "https://sqs.eu-west-1.amazonaws.com/123456789012/new", ""},
		{"create again", "CreateQueue", `{"QueueName":"new"}`, "/new", ""},
		{"a bad name", "CreateQueue", `{"QueueName":"a b"}`, "", "InvalidParameterValue"},
		{"no queue", "GetQueueUrl", `{"QueueName":"x"}`, "", "QueueDoesNotExist"},
		{"another account's", "GetQueueUrl", `{"QueueName":"q","QueueOwnerAWSAccountId":"210987654321"}`, "", "QueueDoesNotExist"},
		{"no body", "SendMessage", `{` + queue + `}`, "", "InvalidParameterValue"},
		{"another account's URL", "SendMessage", `{"QueueUrl":"https://sqs.eu-west-1.amazonaws.com/210987654321/q","MessageBody":"x"}`, "", "QueueDoesNotExist"},
		{"no URL", "SendMessage", `{"QueueUrl":"%zz","MessageBody":"x"}`, "", "QueueDoesNotExist"},
		{"later", "SendMessage", `{` + queue + `,"MessageBody":"later","DelaySeconds":900}`, `"MessageId"`, ""},
		{"too late", "SendMessage", `{` + queue + `,"MessageBody":"x","DelaySeconds":901}`, "", "InvalidParameterValue"},
		{"nothing yet", "ReceiveMessage", `{` + queue + `}`, "{}", ""},
		// The digests are md5sum's: of the body, and of the encoding that the developer guide gives.
		{"now", "SendMessage", `{` + queue + `,"MessageBody":"hello","MessageAttributes":{"b":{"DataType":"Binary","BinaryValue":"AQ=="}}}`,
			`"MD5OfMessageBody":"5d41402abc4b2a76b9719d911017c592","MD5OfMessageAttributes":"7a0e6f128203a4caf7747c92f7f7afa3"`, ""},
		{"seen and let go", "ReceiveMessage", `{` + queue + `,"VisibilityTimeout":0,"AttributeNames":["SentTimestamp"]}`, `"SentTimestamp"`, ""},
		{"seen again", "ReceiveMessage", `{` + queue + `,"MessageSystemAttributeNames":["All"],"MessageAttributeNames":["b"]}`, `"ApproximateReceiveCount":"2"`, ""},
		{"not while it is in flight", "ReceiveMessage", `{` + queue + `,"WaitTimeSeconds":1}`, "{}", ""},
		{"eleven", "ReceiveMessage", `{` + queue + `,"MaxNumberOfMessages":11}`, "", "InvalidParameterValue"},
		{"of no queue", "ReceiveMessage", `{"QueueUrl":"/123456789012/x"}`, "", "QueueDoesNotExist"},
		{"a handle that is none", "DeleteMessage", `{` + queue + `,"ReceiptHandle":"x"}`, "", "ReceiptHandleIsInvalid"},
		{"delete of no queue", "DeleteMessage", `{"QueueUrl":"x","ReceiptHandle":"x"}`, "", "QueueDoesNotExist"},
	})
}

func TestSecrets(t *testing.T) {
	stand := awsstand.New(awsstand.Config{})
	const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"
	steps := []step{
		{"create", "CreateSecret", `{"Name":"db","SecretString":"one","ClientRequestToken":"v1"}`, `"VersionId":"v1"`, ""},
		{"create again", "CreateSecret", `{"Name":"db","SecretString":"one"}`, "", "ResourceExistsException"},
		{"a bad name", "CreateSecret", `{"Name":"a b","SecretString":"one"}`, "", "ValidationException"},
		{"nothing in it", "CreateSecret", `{"Name":"empty"}`, "", "InvalidParameterException"},
		{"and not made", "GetSecretValue", `{"SecretId":"empty"}`, "", "ResourceNotFoundException"},
		{"too large", "PutSecretValue", `{"SecretId":"db","SecretString":"` + strings.Repeat("x", 65_537) + `"}`, "", "InvalidParameterException"},
		{"bytes", "PutSecretValue", `{"SecretId":"db","SecretBinary":"AQ=="}`, "AWSCURRENT", ""},
		{"the bytes", "GetSecretValue", `{"SecretId":"` + arn + `"}`, `"SecretBinary":"AQ=="`, ""},
		{"by version", "GetSecretValue", `{"SecretId":"db","VersionId":"v1"}`, `"SecretString":"one"`, ""},
		{"by version and stage", "GetSecretValue", `{"SecretId":"db","VersionId":"v1","VersionStage":"AWSCURRENT"}`, "", "ResourceNotFoundException"},
		{"no such stage", "GetSecretValue", `{"SecretId":"db","VersionStage":"AWSPENDING"}`, "", "ResourceNotFoundException"},
		{"another account's", "GetSecretValue", `{"SecretId":"arn:aws:secretsmanager:eu-west-1:210987654321:secret:db"}`, "", "AccessDeniedException"},
		{"put into nothing", "PutSecretValue", `{"SecretId":"x","SecretString":"x"}`, "", "ResourceNotFoundException"},
	}
	for range 10 {
		steps = append(steps, step{"one more", "PutSecretValue", `{"SecretId":"db","SecretString":"more"}`, "", ""})
	}
	run(t, stand, "secretsmanager", append(steps,
		step{"the first is gone", "GetSecretValue", `{"SecretId":"db","VersionId":"v1"}`, "", "ResourceNotFoundException"}))
}
