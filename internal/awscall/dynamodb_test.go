package awscall

import (
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

func TestDynamoDB(t *testing.T) {
	const foreign = "arn:aws:dynamodb:us-east-1:999988887777:table/t1"
	run(t, "DynamoDB", []described{
		{"table", "PutItem", in{"TableName": "orders"}, policy.Write, "arn:aws:dynamodb:OWN:table/orders"},
		{"ARN of a table", "GetItem", in{"TableName": foreign}, policy.Read, foreign},
		{"query", "Query", in{"TableName": "orders"}, policy.Read, "arn:aws:dynamodb:OWN:table/orders"},
		{"query of an index", "Query", in{"TableName": "orders", "IndexName": "by-day"}, policy.Read, "arn:aws:dynamodb:OWN:table/orders/index/by-day"},
		{"scan of an index of a foreign table", "Scan", in{"TableName": foreign, "IndexName": "i"}, policy.Read, foreign + "/index/i"},
		{"index with a slash", "Query", in{"TableName": "orders", "IndexName": "i/../x"}, policy.Read, "unknown"},
		{"index without a table", "Query", in{"IndexName": "i"}, policy.Read, "unknown"},
		{"index of what is no table", "Query", in{"TableName": "arn:aws:dynamodb:us-east-1:999988887777:stream/t1", "IndexName": "i"}, policy.Read, "unknown"},
		{"table with a slash", "Query", in{"TableName": "orders/index/i"}, policy.Read, "unknown"},
		{"transaction", "TransactWriteItems", in{"TransactItems": []any{in{"Put": in{"TableName": "a"}}, in{"Delete": in{"TableName": "b"}}, in{"ConditionCheck": in{"TableName": "c"}}, in{"Update": in{"TableName": "a"}}}}, policy.Write, "arn:aws:dynamodb:OWN:table/a arn:aws:dynamodb:OWN:table/b arn:aws:dynamodb:OWN:table/c"},
		{"transaction with an item of tomorrow", "TransactWriteItems", in{"TransactItems": []any{in{"Put": in{"TableName": "a"}}, in{"Merge": in{"TableName": "b"}}}}, policy.Write, "unknown"},
		{"reading transaction", "TransactGetItems", in{"TransactItems": []any{in{"Get": in{"TableName": "a"}}}}, policy.Read, "arn:aws:dynamodb:OWN:table/a"},
		{"global table", "UpdateGlobalTable", in{"GlobalTableName": "g", "ReplicaUpdates": []any{in{"Create": in{"RegionName": "us-east-2"}}}}, policy.Write, "arn:aws:dynamodb::123456789012:global-table/g arn:aws:dynamodb:us-east-2:123456789012:table/g"},
		{"table with a resource policy", "CreateTable", in{"TableName": "a", "ResourcePolicy": "{}"}, policy.Permissions, "arn:aws:dynamodb:OWN:table/a"},
		{"export names its bucket", "ExportTableToPointInTime", in{"TableArn": foreign, "S3Bucket": "dump"}, policy.Write, foreign + " arn:aws:s3:::dump"},
		{"import names its bucket", "ImportTable", in{"TableCreationParameters": in{"TableName": "a"}, "S3BucketSource": in{"S3Bucket": "dump"}}, policy.Write, "arn:aws:dynamodb:OWN:table/a arn:aws:s3:::dump"},
		{"export without a bucket", "ExportTableToPointInTime", in{"TableArn": foreign}, policy.Write, "unknown"},
		{"restore by name", "RestoreTableToPointInTime", in{"SourceTableName": "a", "TargetTableName": "b"}, policy.Write, "arn:aws:dynamodb:OWN:table/a arn:aws:dynamodb:OWN:table/b"},
		{"restore by a name and an ARN that differ", "RestoreTableToPointInTime", in{"SourceTableName": "a", "SourceTableArn": foreign, "TargetTableName": "b"}, policy.Write, foreign + " arn:aws:dynamodb:OWN:table/a arn:aws:dynamodb:OWN:table/b"},
		{"restore from nowhere", "RestoreTableToPointInTime", in{"TargetTableName": "b"}, policy.Write, "unknown"},
		{"stream of changes", "EnableKinesisStreamingDestination", in{"TableName": "a", "StreamArn": "arn:aws:kinesis:us-east-1:999988887777:stream/s"}, policy.Write, "arn:aws:dynamodb:OWN:table/a arn:aws:kinesis:us-east-1:999988887777:stream/s"},
		{"a name where an ARN must be", "TagResource", in{"ResourceArn": "orders"}, policy.Tagging, "unknown"},
		{"resource policy", "PutResourcePolicy", in{"ResourceArn": foreign}, policy.Permissions, foreign},
		{"backups of a table", "ListBackups", in{"TableName": "a"}, policy.List, "arn:aws:dynamodb:OWN:table/a"},
	})
	const stream = "arn:aws:dynamodb:us-east-1:123456789012:table/t1/stream/2024-01-01T00:00:00.000"
	run(t, "DynamoDB Streams", []described{
		{"iterator", "GetRecords", in{"ShardIterator": stream + "|1|AAAA"}, policy.Read, stream},
		{"iterator without a stream", "GetRecords", in{"ShardIterator": "AAAA|1|x"}, policy.Read, "unknown"},
		{"iterator without a bar", "GetRecords", in{"ShardIterator": stream}, policy.Read, "unknown"},
		{"no iterator", "GetRecords", in{}, policy.Read, "unknown"},
		{"stream", "DescribeStream", in{"StreamArn": stream}, policy.Read, stream},
		{"streams of a table", "ListStreams", in{"TableName": "t1"}, policy.Read, "arn:aws:dynamodb:OWN:table/t1"},
		{"all streams", "ListStreams", in{}, policy.Read, "none"},
	})
}

func TestPartiQL(t *testing.T) {
	const r, w, u = policy.Read, policy.Write, policy.UnknownAccess
	for _, tt := range []struct {
		statement string
		access    policy.Access
		want      string // the table and index; empty: unknown
	}{
		{`SELECT * FROM orders`, r, "orders"},
		{`select a.b, "from" from "orders" where k = 'FROM payroll'`, r, "orders"},
		{` SELECT * FROM "orders"."by-day" WHERE d = ?`, r, "orders/index/by-day"},
		{`SELECT * FROM orders.byday ORDER BY d DESC`, r, "orders/index/byday"},
		{"SELECT * FROM orders WHERE k = `FROM x`", r, "orders"},
		{`SELECT a FROM "my-table" WHERE contains(a, 'it''s; -- FROM x')`, r, "my-table"},
		{`EXISTS(SELECT * FROM orders WHERE k = 1)`, r, "orders"},
		{`EXISTS (SELECT * FROM "orders")`, r, "orders"},
		{`INSERT INTO orders VALUE {'pk': 'DELETE FROM payroll'}`, w, "orders"},
		{`UPDATE "orders" SET a = 1 REMOVE b WHERE pk = 'x'`, w, "orders"},
		{`UPDATE orders REMOVE a WHERE pk = 'x' RETURNING ALL OLD *`, w, "orders"},
		{`DELETE FROM orders`, w, "orders"},
		{`DELETE FROM "orders" WHERE pk = 'x'`, w, "orders"},
		{"DELETE\n\tFROM\r\n orders WHERE pk = 1", w, "orders"},

		{``, u, ""},
		{`orders`, u, ""},
		{`DROP TABLE orders`, u, ""},
		{`SELECT * FROM`, u, ""},
		{`SELECT *`, u, ""},
		{`SELECT * FROM ''`, u, ""},
		{`SELECT * FROM ""`, u, ""},
		{`SELECT * FROM orders, payroll`, u, ""},
		{`SELECT * FROM orders o`, u, ""},
		{`SELECT * FROM orders JOIN payroll`, u, ""},
		{`SELECT * FROM orders WHERE a IN (SELECT * FROM payroll)`, u, ""},
		{`SELECT * FROM orders; DELETE FROM payroll`, u, ""},
		{`SELECT * FROM orders WHERE a = 1; DELETE`, u, ""},
		{`SELECT * FROM orders WHERE a = 'x`, u, ""},
		{"SELECT * FROM orders WHERE a = `x", u, ""},
		{`SELECT * FROM "orders`, u, ""},
		{`SELECT * FROM orders -- payroll`, u, ""},
		{`SELECT * FROM/**/orders`, u, ""},
		{`SELECT a /* FROM x */ FROM orders`, u, ""},
		{`SELECT * FROM orders.`, u, ""},
		{`SELECT * FROM "orders"."a/b"`, u, ""},
		{`SELECT * FROM my-table`, u, ""},
		{`SELECT * FROM "ord""ers"`, u, ""},
		{`SELECT * FROM "a:b"`, u, ""},
		{`EXISTS(SELECT * FROM orders`, u, ""},
		{`EXISTS(SELECT * FROM orders) x`, u, ""},
		{`EXISTS(SELECT * FROM orders WHERE k = 1`, u, ""},
		{`EXISTS SELECT * FROM orders`, u, ""},
		{`INSERT INTO orders`, u, ""},
		{`INSERT orders VALUE {}`, u, ""},
		{`INSERT INTO orders.i VALUE {}`, u, ""},
		{`UPDATE orders`, u, ""},
		{`UPDATE orders.i SET a = 1`, u, ""},
		{`DELETE orders`, u, ""},
		{`DELETE FROM orders AND payroll`, u, ""},
		{`SELECT * FROM orders WHERE a = '` + strings.Repeat("x", maxStatement) + `'`, u, ""},
	} {
		want := ""
		if tt.want != "" {
			want = "arn:aws:dynamodb:" + region + ":" + account + ":table/" + tt.want
		}
		for operation, input := range map[string]any{
			"ExecuteStatement":      in{"Statement": tt.statement},
			"BatchExecuteStatement": in{"Statements": []any{in{"Statement": tt.statement}}},
			"ExecuteTransaction":    in{"TransactStatements": []any{in{"Statement": tt.statement}}},
		} {
			c := Call{Service: "DynamoDB", Operation: operation, Input: input, Region: region, Account: account}
			access, _, resources := c.Describe()
			if got := strings.Join(resources, " "); access != tt.access || got != want {
				t.Errorf("%s of %.60q: %v %q, want %v %q", operation, tt.statement, access, got, tt.access, want)
			}
		}
	}
}

func TestPartiQLOfSeveral(t *testing.T) {
	statements := func(all ...string) in {
		var list []any
		for _, s := range all {
			list = append(list, in{"Statement": s})
		}
		return in{"Statements": list}
	}
	run(t, "DynamoDB", []described{
		{"highest of all", "BatchExecuteStatement", statements(`SELECT * FROM a`, `DELETE FROM b WHERE k = 1`), policy.Write, "arn:aws:dynamodb:OWN:table/a arn:aws:dynamodb:OWN:table/b"},
		{"an ARN in quotes", "BatchExecuteStatement", statements(`SELECT * FROM "arn:aws:dynamodb:us-east-1:999988887777:table/t"."i"`), policy.Read, "arn:aws:dynamodb:us-east-1:999988887777:table/t/index/i"},
		{"one that is not understood", "BatchExecuteStatement", statements(`SELECT * FROM a`, `SELECT * FROM b c`), policy.UnknownAccess, "unknown"},
		{"none", "BatchExecuteStatement", statements(), policy.UnknownAccess, "unknown"},
	})
}

func FuzzPartiQL(f *testing.F) {
	f.Add(`SELECT * FROM "orders"."by-day" WHERE d = ?`)
	f.Add(`EXISTS(SELECT * FROM orders WHERE k = 'it''s')`)
	f.Add("UPDATE orders SET a = `x` REMOVE b")
	f.Fuzz(func(t *testing.T, statement string) {
		c := Call{Service: "DynamoDB", Operation: "ExecuteStatement", Input: in{"Statement": statement}, Region: region, Account: account}
		access, _, resources := c.Describe()
		if (resources == nil) != (access == policy.UnknownAccess) {
			t.Errorf("%q: %v %q", statement, access, resources)
		}
		for _, r := range resources {
			table := strings.TrimPrefix(r, "arn:aws:dynamodb:"+region+":"+account+":table/")
			table, _, _ = strings.Cut(table, "/index/")
			if !strings.Contains(statement, table) {
				t.Errorf("%q: %q is not in it", statement, r)
			}
		}
	})
}
