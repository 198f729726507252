package awscall

import (
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

// glue writes ARNs of Glue from short ones: of the signer's account, or, with @
// before them, of another.
func glue(short string) string {
	var arns []string
	for s := range strings.FieldsSeq(short) {
		if other, ok := strings.CutPrefix(s, "@"); ok {
			arns = append(arns, "arn:aws:glue:"+region+":999988887777:"+other)
		} else {
			arns = append(arns, "arn:aws:glue:OWN:"+s)
		}
	}
	return strings.Join(arns, " ")
}

type getTableInput struct{ CatalogId, DatabaseName, Name *string }

func TestCatalog(t *testing.T) {
	const other = "999988887777"
	const r, w, l = policy.Read, policy.Write, policy.List
	entry := func(id, database, table string) in {
		return in{"CatalogId": id, "DatabaseName": database, "TableName": table}
	}
	run(t, "Glue", []described{
		{"table", "GetTable", in{"DatabaseName": "d", "Name": "t"}, r, glue("catalog database/d table/d/t")},
		{"table as the SDK declares it", "GetTable", &getTableInput{DatabaseName: ptr("d"), Name: ptr("t")}, r, glue("catalog database/d table/d/t")},
		{"table of another account", "GetTable", in{"CatalogId": other, "DatabaseName": "d", "Name": "t"}, r, glue("@catalog @database/d @table/d/t")},
		{"table in a catalog within", "GetTable", in{"CatalogId": "lake", "DatabaseName": "d", "Name": "t"}, r, glue("catalog catalog/lake database/lake/d table/lake/d/t")},
		{"table two catalogs deep", "GetTable", in{"CatalogId": other + ":s3/b", "DatabaseName": "d", "Name": "t"}, r, glue("@catalog @catalog/s3 @catalog/s3/b @database/s3/b/d @table/s3/b/d/t")},
		{"table without a name", "GetTable", in{"DatabaseName": "d"}, r, "unknown"},
		{"table without a database", "GetTable", in{"Name": "t"}, r, "unknown"},
		{"table with an empty name", "GetTable", in{"DatabaseName": "d", "Name": ""}, r, "unknown"},
		{"table with a slash", "GetTable", in{"DatabaseName": "d", "Name": "t/u"}, r, "unknown"},
		{"database with a slash", "GetTable", in{"DatabaseName": "lake/d", "Name": "t"}, r, "unknown"},
		{"ARN of a table", "GetTable", in{"DatabaseName": "d", "Name": "arn:aws:glue:r:1:table/d/t"}, r, "unknown"},
		{"capitals", "GetTable", in{"DatabaseName": "SalesDB", "Name": "Orders_1"}, r, glue("catalog database/salesdb table/salesdb/orders_1")},
		{"capitals in another catalog", "GetTable", in{"CatalogId": "lake", "DatabaseName": "D", "Name": "t"}, r, "unknown"},
		{"capitals beyond ASCII", "GetTable", in{"DatabaseName": "d", "Name": "\u212aeys"}, r, "unknown"},
		{"letters beyond ASCII", "GetTable", in{"DatabaseName": "d", "Name": "größe"}, r, glue("catalog database/d table/d/größe")},
		{"tables", "BatchDeleteTable", in{"DatabaseName": "d", "TablesToDelete": []any{"a", "b"}}, w, glue("catalog database/d table/d/a table/d/b")},
		{"no tables", "BatchDeleteTable", in{"DatabaseName": "d", "TablesToDelete": []any{}}, w, "unknown"},
		{"table by its definition", "CreateTable", in{"DatabaseName": "d", "TableInput": in{"Name": "t"}}, w, glue("catalog database/d table/d/t")},
		{"table by two names", "UpdateTable", in{"DatabaseName": "d", "Name": "b", "TableInput": in{"Name": "a"}}, w, glue("catalog database/d table/d/a table/d/b")},
		{"partition", "CreatePartition", in{"DatabaseName": "d", "TableName": "t"}, w, glue("catalog database/d table/d/t")},
		{"CatalogID", "StopColumnStatisticsTaskRun", in{"CatalogID": other, "DatabaseName": "d", "TableName": "t"}, w, glue("@catalog @database/d @table/d/t")},
		{"tables of a database", "GetTables", in{"DatabaseName": "d"}, r, glue("catalog database/d table/d/*")},
		{"all tables", "SearchTables", in{}, r, glue("catalog database/* table/*/*")},
		{"tables of several databases", "BatchGetTableOptimizer", in{"Entries": []any{entry(account, "d", "t"), entry(other, "e", "u")}}, r, "arn:aws:glue:OWN:catalog arn:aws:glue:OWN:database/d arn:aws:glue:OWN:table/d/t " + glue("@catalog @database/e @table/e/u")},
		{"an entry without a database", "BatchGetTableOptimizer", in{"Entries": []any{entry(account, "d", "t"), in{"CatalogId": account, "TableName": "u"}}}, r, "unknown"},
		{"an entry with two tables", "BatchGetTableOptimizer", in{"Entries": []any{entry(account, "d", "t"), in{"CatalogId": account, "DatabaseName": "e", "TableName": []any{"u", "v"}}}}, r, "unknown"},
		{"database", "GetDatabase", in{"Name": "d"}, r, glue("catalog database/d")},
		{"new database", "CreateDatabase", in{"CatalogId": "lake", "DatabaseInput": in{"Name": "d"}}, w, glue("catalog catalog/lake database/lake/d")},
		{"database and what is in it", "DeleteDatabase", in{"Name": "d"}, w, glue("catalog database/d table/d/* userDefinedFunction/d/*")},
		{"databases", "GetDatabases", in{}, r, glue("catalog database/*")},
		{"function", "GetUserDefinedFunction", in{"DatabaseName": "d", "FunctionName": "Fn"}, r, glue("catalog database/d userDefinedFunction/d/fn")},
		{"functions of all databases", "GetUserDefinedFunctions", in{}, r, glue("catalog database/* userDefinedFunction/*/*")},
		{"connection", "GetConnection", in{"CatalogId": other, "Name": "Pg"}, r, glue("@catalog @connection/Pg")},
		{"connection in another catalog", "GetConnection", in{"CatalogId": "lake", "Name": "pg"}, r, "unknown"},
		{"connection without a name", "DescribeEntity", in{"EntityName": "e"}, policy.Permissions, "unknown"},
		{"connections", "BatchDeleteConnection", in{"ConnectionNameList": []any{"a", "b"}}, w, glue("catalog connection/a connection/b")},
		{"test of a connection elsewhere", "TestConnection", in{"CatalogId": other, "ConnectionName": "pg"}, policy.Permissions, "unknown"},
		{"catalog", "DeleteCatalog", in{"CatalogId": "lake"}, w, glue("catalog catalog/lake")},
		{"catalog without an id", "DeleteCatalog", in{}, w, "unknown"},
		{"catalogs", "GetCatalogs", in{}, r, glue("catalog")},
		{"catalogs in one", "GetCatalogs", in{"ParentCatalogId": "lake"}, r, glue("catalog catalog/lake")},
		{"id of no account", "GetCatalog", in{"CatalogId": "1234:lake"}, r, "unknown"},
		{"id with two colons", "GetCatalog", in{"CatalogId": other + ":lake:b"}, r, "unknown"},
		{"id without a path", "GetCatalog", in{"CatalogId": other + ":"}, r, "unknown"},
		{"id with a slash at its end", "GetCatalog", in{"CatalogId": "lake/"}, r, "unknown"},
		{"id with two slashes", "GetCatalog", in{"CatalogId": "lake//b"}, r, "unknown"},
		{"policy of a database", "PutResourcePolicy", in{"ResourceArn": "arn:aws:glue:us-east-1:123456789012:database/d"}, policy.Permissions, glue("catalog") + " arn:aws:glue:us-east-1:123456789012:database/d"},
		{"integrations", "DescribeIntegrations", in{}, l, glue("integration:*")},
	})
}

func TestSchema(t *testing.T) {
	const r, w, l = policy.Read, policy.Write, policy.List
	const schema = "arn:aws:glue:us-east-1:999988887777:schema/reg/s"
	const registry = "arn:aws:glue:us-east-1:999988887777:registry/reg"
	run(t, "Glue", []described{
		{"by name", "GetSchema", in{"SchemaId": in{"RegistryName": "reg", "SchemaName": "s"}}, r, glue("registry/reg schema/reg/s")},
		{"by ARN", "GetSchema", in{"SchemaId": in{"SchemaArn": schema}}, r, registry + " " + schema},
		{"by both", "GetSchema", in{"SchemaId": in{"SchemaArn": schema, "SchemaName": "s"}}, r, "unknown"},
		{"by ARN in a registry", "GetSchema", in{"SchemaId": in{"SchemaArn": schema, "RegistryName": "reg"}}, r, "unknown"},
		{"without a name", "GetSchema", in{"SchemaId": in{"RegistryName": "reg"}}, r, "unknown"},
		{"with a slash", "GetSchema", in{"SchemaId": in{"RegistryName": "reg/x", "SchemaName": "s"}}, r, "unknown"},
		{"by a name that is an ARN", "GetSchema", in{"SchemaId": in{"RegistryName": "reg", "SchemaName": schema}}, r, "unknown"},
		{"by the ARN of a registry", "GetSchema", in{"SchemaId": in{"SchemaArn": registry}}, r, "unknown"},
		{"by the ARN of a table", "GetSchema", in{"SchemaId": in{"SchemaArn": "arn:aws:glue:us-east-1:999988887777:table/d/t"}}, r, "unknown"},
		{"by an ARN of another service", "GetSchema", in{"SchemaId": in{"SchemaArn": "arn:aws:s3:::schema/reg/s"}}, r, "unknown"},
		{"by an ARN that is too deep", "GetSchema", in{"SchemaId": in{"SchemaArn": schema + "/x"}}, r, "unknown"},
		{"nothing", "GetSchema", in{}, r, "unknown"},
		{"new", "CreateSchema", in{"RegistryId": in{"RegistryName": "reg"}, "SchemaName": "s"}, w, glue("registry/reg schema/reg/s")},
		{"new by the registry's ARN", "CreateSchema", in{"RegistryId": in{"RegistryArn": registry}, "SchemaName": "s"}, w, registry + " " + schema},
		{"new where none is named", "CreateSchema", in{"SchemaName": "s"}, w, glue("registry/default-registry schema/default-registry/s")},
		{"new without a name", "CreateSchema", in{"RegistryId": in{"RegistryName": "reg"}}, w, "unknown"},
		{"version of a schema", "GetSchemaVersion", in{"SchemaId": in{"SchemaArn": schema}}, r, registry + " " + schema},
		{"version alone", "GetSchemaVersion", in{"SchemaVersionId": "v"}, r, "none"},
		{"version of a schema that may be another's", "GetSchemaVersion", in{"SchemaVersionId": "v", "SchemaId": in{"SchemaArn": schema}}, r, "unknown"},
		{"registry", "GetRegistry", in{"RegistryId": in{"RegistryName": "reg"}}, r, glue("registry/reg")},
		{"registry by ARN", "GetRegistry", in{"RegistryId": in{"RegistryArn": registry}}, r, registry},
		{"no registry", "GetRegistry", in{}, r, "unknown"},
		{"schemas of a registry", "ListSchemas", in{"RegistryId": in{"RegistryName": "reg"}}, l, glue("registry/reg")},
	})
}
