package awscall

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/policy"
)

// in is an input as JSON is decoded to.
type in = map[string]any

const (
	region  = "eu-west-1"
	account = "123456789012"
)

// A described call is one line of a test: what is called, and what must come of
// it. The resources are split at spaces; "unknown" and "none" stand for nil and
// for an empty list. OWN stands for the region and the account of the call.
type described struct {
	name      string
	operation string
	input     any
	access    policy.Access
	resources string
}

func run(t *testing.T, service string, tests []described) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Call{Service: service, Operation: tt.operation, Input: tt.input, Region: region, Account: account}
			access, _, resources := c.Describe()
			if access != tt.access {
				t.Errorf("access %v, want %v", access, tt.access)
			}
			if diff := cmp.Diff(wanted(tt.resources), resources); diff != "" {
				t.Errorf("resources (-want +got)\n%s", diff)
			}
		})
	}
}

func wanted(text string) []string {
	switch text {
	case "unknown":
		return nil
	case "none":
		return []string{}
	}
	return strings.Fields(strings.ReplaceAll(text, "OWN", region+":"+account))
}

// The members of real inputs, in the ways in which the SDK declares them.
type (
	getItemInput   struct{ TableName *string }
	putObjectInput struct {
		Bucket, Key *string
		ACL         cannedACL
		Body        any
	}
	cannedACL  string
	identifier struct{ Key *string }
	deletion   struct{ Objects []identifier }
	deleteIn   struct {
		Bucket *string
		Delete *deletion
	}
	batchIn struct{ RequestItems map[string][]struct{} }
	layerIn struct {
		LayerName     *string
		VersionNumber *int64
	}
)

func ptr[T any](v T) *T { return &v }

func TestDescribeTypedInput(t *testing.T) {
	run(t, "DynamoDB", []described{
		{"pointer to a string", "GetItem", &getItemInput{TableName: ptr("orders")}, policy.Read, "arn:aws:dynamodb:OWN:table/orders"},
		{"struct and no pointer", "GetItem", getItemInput{TableName: ptr("orders")}, policy.Read, "arn:aws:dynamodb:OWN:table/orders"},
		{"pointer to a pointer", "GetItem", ptr(&getItemInput{TableName: ptr("orders")}), policy.Read, "arn:aws:dynamodb:OWN:table/orders"},
		{"zero input", "GetItem", &getItemInput{}, policy.Read, "unknown"},
		{"typed nil", "GetItem", (*getItemInput)(nil), policy.Read, "unknown"},
		{"no input", "GetItem", nil, policy.Read, "unknown"},
		{"no input, none needed", "ListTables", nil, policy.List, "none"},
		{"no input, all optional", "ListBackups", nil, policy.List, "none"},
		{"keys of a map", "BatchWriteItem", &batchIn{map[string][]struct{}{"b": nil, "a": nil}}, policy.Write, "arn:aws:dynamodb:OWN:table/a arn:aws:dynamodb:OWN:table/b"},
		{"empty map", "BatchWriteItem", &batchIn{}, policy.Write, "unknown"},
		{"unknown operation", "DropEverything", &getItemInput{TableName: ptr("orders")}, policy.UnknownAccess, "unknown"},
		{"unexported member", "GetItem", &struct{ tableName *string }{ptr("orders")}, policy.Read, "unknown"},
		{"member of another type", "GetItem", &struct{ TableName []byte }{[]byte("orders")}, policy.Read, "unknown"},
		{"member that is a struct", "GetItem", &struct{ TableName struct{ Name string } }{}, policy.Read, "unknown"},
		{"a number", "GetItem", 7, policy.Read, "unknown"},
		{"a map with other keys", "GetItem", map[int]string{1: "orders"}, policy.Read, "unknown"},
		{"a channel", "GetItem", make(chan int), policy.Read, "unknown"},
		{"many names", "GetItem", &struct{ TableName []string }{[]string{"a", "b", "a"}}, policy.Read, "arn:aws:dynamodb:OWN:table/a arn:aws:dynamodb:OWN:table/b"},
	})
	run(t, "S3", []described{
		{"list of structs", "DeleteObjects", &deleteIn{ptr("orders"), &deletion{[]identifier{{ptr("a")}, {ptr("b")}}}}, policy.Write, "arn:aws:s3:::orders/a arn:aws:s3:::orders/b"},
		{"one of a list has no name", "DeleteObjects", &deleteIn{ptr("orders"), &deletion{[]identifier{{ptr("a")}, {}}}}, policy.Write, "unknown"},
		{"enum that is not set", "PutObject", &putObjectInput{Bucket: ptr("orders"), Key: ptr("k")}, policy.Write, "arn:aws:s3:::orders/k"},
		{"enum that is set", "PutObject", &putObjectInput{Bucket: ptr("orders"), Key: ptr("k"), ACL: "public-read"}, policy.Permissions, "arn:aws:s3:::orders/k"},
	})
	run(t, "Lambda", []described{
		{"a number is a value", "GetLayerVersion", &layerIn{ptr("base"), ptr(int64(3))}, policy.Read, "arn:aws:lambda:OWN:layer:base:3"},
	})
}

func TestDescribeFindsTheServiceByAnyName(t *testing.T) {
	for _, service := range []string{"Secrets Manager", "secretsmanager", "secrets-manager", "SECRETSMANAGER"} {
		c := Call{Service: service, Operation: "GetSecretValue", Input: in{"SecretId": "db"}, Region: region, Account: account}
		if _, _, resources := c.Describe(); len(resources) != 1 {
			t.Errorf("%s: resources %v", service, resources)
		}
	}
	for _, service := range []string{"", "Tomorrow", "\nGetItem r", "states\n"} {
		c := Call{Service: service, Operation: "GetItem", Input: in{"TableName": "t"}}
		if access, _, resources := c.Describe(); access != policy.UnknownAccess || resources != nil {
			t.Errorf("%q: %v %v, want unknown", service, access, resources)
		}
	}
}

// An operation is a line of the table and nothing else in it.
func TestDescribeTakesNoOtherLine(t *testing.T) {
	for _, operation := range []string{"", "=table", "table", "getitem", "GetItem r", "GetItem\nGetItem", "arn:$P:dynamodb:$R:$A:", strings.Repeat("A", 10_000)} {
		c := Call{Service: "DynamoDB", Operation: operation, Input: in{"TableName": "t"}}
		if access, _, resources := c.Describe(); access != policy.UnknownAccess || resources != nil {
			t.Errorf("%.40q: %v %v, want unknown", operation, access, resources)
		}
	}
}

func TestDescribePlacesNames(t *testing.T) {
	for _, tt := range []struct {
		name            string
		region, account string
		want            string // empty: unknown
	}{
		{"own account", "eu-west-1", "123456789012", "arn:aws:dynamodb:eu-west-1:123456789012:table/t"},
		{"account not known", "eu-west-1", "", "arn:aws:dynamodb:eu-west-1::table/t"},
		{"region not known", "", "123456789012", "arn:aws:dynamodb::123456789012:table/t"},
		{"China", "cn-north-1", "123456789012", "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/t"},
		{"GovCloud", "us-gov-west-1", "123456789012", "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/t"},
		{"a region that shifts the parts", "eu-west-1:999988887777", "123456789012", ""},
		{"a region that is a host", "eu-west-1.evil.example", "123456789012", ""},
		{"an account that shifts the parts", "eu-west-1", "123456789012:table/x", ""},
		{"an account that is a pattern", "eu-west-1", "*", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Call{Service: "DynamoDB", Operation: "GetItem", Input: in{"TableName": "t"}, Region: tt.region, Account: tt.account}
			_, _, resources := c.Describe()
			if got := strings.Join(resources, " "); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestDescribeRefusesWhatShiftsAnARN(t *testing.T) {
	for _, value := range []string{
		"", "a:b", "orders\n", "orders\x00", "orders\x7f", "\u0085", "\xff", strings.Repeat("a", maxName+1),
		"arn:", "arn:aws:dynamodb", "arn:aws:dynamodb:eu-west-1:123456789012", "arn:aws:dynamodb:eu-west-1:123456789012:",
		"arn::dynamodb:eu-west-1:123456789012:table/t", "arn:aws::eu-west-1:123456789012:table/t",
		"arn:aws:dynamodb:eu-west-1:123456789012:table/t\n", "ARN:aws:dynamodb:eu-west-1:123456789012:table/t",
	} {
		for service, c := range map[string]Call{
			"DynamoDB":        {Operation: "GetItem", Input: in{"TableName": value}},
			"Secrets Manager": {Operation: "GetSecretValue", Input: in{"SecretId": value}},
			"SNS":             {Operation: "Publish", Input: in{"TopicArn": value}},
			"KMS":             {Operation: "Encrypt", Input: in{"KeyId": value}},
			"SQS":             {Operation: "CreateQueue", Input: in{"QueueName": value}},
			"Firehose":        {Operation: "PutRecord", Input: in{"DeliveryStreamName": value}},
			"EventBridge":     {Operation: "DeleteRule", Input: in{"Name": value}},
			"STS":             {Operation: "AssumeRole", Input: in{"RoleArn": value}},
		} {
			c.Service, c.Region, c.Account = service, region, account
			if _, _, resources := c.Describe(); resources != nil {
				t.Errorf("%s %q: %q, want unknown", service, value, resources)
			}
		}
	}
}

func TestDescribeIsBounded(t *testing.T) {
	objects := make([]any, 0, maxResources+1)
	for i := range maxResources {
		objects = append(objects, in{"Key": fmt.Sprint(i)}, in{"Key": fmt.Sprint(i)})
	}
	c := Call{Service: "S3", Operation: "DeleteObjects", Input: in{"Bucket": "orders", "Delete": in{"Objects": objects[:maxResources]}}}
	if _, _, resources := c.Describe(); len(resources) != maxResources/2 {
		t.Errorf("%d resources of %d keys that come twice, want %d", len(resources), maxResources, maxResources/2)
	}
	if _, _, resources := (&Call{Service: "S3", Operation: "DeleteObjects", Input: in{"Bucket": "orders", "Delete": in{"Objects": objects}}}).Describe(); resources != nil {
		t.Errorf("%d resources of %d keys, want unknown", len(resources), len(objects))
	}
	tables := in{}
	for i := range maxResources + 1 {
		tables[fmt.Sprint("table", i)] = nil
	}
	if _, _, resources := (&Call{Service: "DynamoDB", Operation: "BatchGetItem", Input: in{"RequestItems": tables}}).Describe(); resources != nil {
		t.Errorf("%d resources of %d tables, want unknown", len(resources), len(tables))
	}
}

// A type may point to itself.
func TestDescribeEndsOnCycles(t *testing.T) {
	type loop *loop
	var l loop
	l = &l
	var a any
	a = &a
	for _, input := range []any{l, &l, a, &struct{ TableName any }{a}, in{"TableName": a}} {
		if _, _, resources := (&Call{Service: "DynamoDB", Operation: "GetItem", Input: input}).Describe(); resources != nil {
			t.Errorf("%T: %v, want unknown", input, resources)
		}
	}
}

// What has been read is kept up to a bound, and by many goroutines at once.
func TestPlansAreBounded(t *testing.T) {
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range maxPlans {
				s := reflect.New(reflect.StructOf([]reflect.StructField{
					{Name: "TableName", Type: reflect.TypeFor[*string]()},
					{Name: fmt.Sprintf("Other%d", i+worker*maxPlans/2), Type: reflect.TypeFor[int]()},
				}))
				s.Elem().Field(0).Set(reflect.ValueOf(ptr("t")))
				c := Call{Service: "DynamoDB", Operation: "GetItem", Input: s.Interface(), Region: region, Account: account}
				if _, _, resources := c.Describe(); len(resources) != 1 {
					t.Errorf("resources %v", resources)
				}
			}
		})
	}
	wg.Wait()
	plans.RLock()
	defer plans.RUnlock()
	if n := len(plans.read); n == 0 || n > maxPlans {
		t.Errorf("%d plans are kept", n)
	}
}

func TestHighest(t *testing.T) {
	order := []policy.Access{policy.UnknownAccess, policy.List, policy.Read, policy.Tagging, policy.Write, policy.Permissions}
	for i, a := range order {
		for j, b := range order {
			if got := highest(a, b); got != order[max(i, j)] {
				t.Errorf("highest(%v, %v) = %v", a, b, got)
			}
		}
	}
}

// TestAlso: the lower levels of an operation that needs several.
func TestAlso(t *testing.T) {
	copied := in{"Bucket": "dst", "Key": "k", "CopySource": "src/k"}
	opened := in{"Bucket": "dst", "Key": "k", "CopySource": "src/k", "ACL": "public-read"}
	transaction := func(statements ...string) any {
		var list []any
		for _, s := range statements {
			list = append(list, in{"Statement": s})
		}
		return in{"TransactStatements": list}
	}
	const read, write = `SELECT * FROM "a"`, `DELETE FROM "b" WHERE k='x'`
	for _, tt := range []struct {
		service, operation string
		input              any
		access             policy.Access
		also               []policy.Access
	}{
		{"S3", "GetObject", copied, policy.Read, nil},
		{"S3", "CopyObject", copied, policy.Write, []policy.Access{policy.Read}},
		{"S3", "UploadPartCopy", copied, policy.Write, []policy.Access{policy.Read}},
		{"S3", "CopyObject", opened, policy.Permissions, []policy.Access{policy.Write, policy.Read}},
		{"S3", "PutObject", opened, policy.Permissions, []policy.Access{policy.Write}},
		{"DynamoDB", "ExecuteTransaction", transaction(read, read), policy.Read, nil},
		{"DynamoDB", "ExecuteTransaction", transaction(read, write), policy.Write, []policy.Access{policy.Read}},
		{"DynamoDB", "ExecuteTransaction", transaction(write, read, write), policy.Write, []policy.Access{policy.Read}},
	} {
		c := Call{Service: tt.service, Operation: tt.operation, Input: tt.input, Region: "eu-west-1"}
		if access, also, _ := c.Describe(); access != tt.access || !slices.Equal(also, tt.also) {
			t.Errorf("%s: %v and %v, want %v and %v", tt.operation, access, also, tt.access, tt.also)
		}
	}
}

// TestListAsInput: what no client sends is not known to name nothing.
func TestListAsInput(t *testing.T) {
	type input struct{ X *string }
	c := Call{Service: "secretsmanager", Operation: "ValidateResourcePolicy", Input: []input{{}}, Region: region, Account: account}
	if _, _, resources := c.Describe(); resources != nil {
		t.Errorf("%q", resources)
	}
}
