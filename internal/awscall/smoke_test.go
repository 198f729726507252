package awscall

import "testing"

func TestSmoke(t *testing.T) {
	for _, c := range []Call{
		{"DynamoDB", "GetItem", &struct{ TableName *string }{ptr("t")}, "eu-west-1", "123456789012"},
		{"S3", "GetObject", &struct{ Bucket, Key *string }{ptr("bbb"), ptr("k")}, "eu-west-1", "123456789012"},
		{"S3", "ListBuckets", nil, "eu-west-1", "123456789012"},
		{"EventBridge", "PutEvents", map[string]any{"Entries": []any{map[string]any{"EventBusName": "x"}, map[string]any{}}}, "eu-west-1", "123456789012"},
		{"SSM", "CreateAssociationBatch", map[string]any{"Entries": []any{map[string]any{"Name": "x"}}}, "eu-west-1", "123456789012"},
	} {
		a, r := c.Describe()
		t.Log(c.Operation, a, r)
	}
	c := Call{"DynamoDB", "GetItem", &struct{ TableName *string }{ptr("t")}, "eu-west-1", "123456789012"}
	t.Log(testing.AllocsPerRun(100, func() { c.Describe() }))
	c = Call{"S3", "GetObject", &struct{ Bucket, Key *string }{ptr("bbb"), ptr("k")}, "eu-west-1", "123456789012"}
	t.Log(testing.AllocsPerRun(100, func() { c.Describe() }))
}
func ptr[T any](v T) *T { return &v }
