// Package awscall tells what an operation of the AWS SDK does, and to what: its
// access level and the ARNs of its resources, from the service, the operation
// and the typed input. It reads the input by reflection, so that it imports no
// client of a service. It is imported by wrapper and by the command-line tool.
//
//	c := awscall.Call{Service: "DynamoDB", Operation: "GetItem", Input: input, Region: "eu-west-1", Account: "123456789012"}
//	access, _, resources := c.Describe() // policy.Read, [arn:aws:dynamodb:eu-west-1:123456789012:table/orders]
//
// What it knows stands in tables of text, one for each service (tables/*.txt),
// whose form [plan] describes. internal/awsgen writes them, for all services of
// the SDK, from models of the services, AWS's Service Authorization Reference and
// what was written by hand where those two do not say it. A Lambda carries them
// packed (tables.bin). A service's table is unpacked when the service is first
// called and a line of it read when its operation is; nothing is read before.
//
// A request that no client of the SDK has made is read by [Request], as far as
// its host, path, query and headers tell: the operation by what the services
// route by (table_routes.go, the head of each table), and the rest from the same tables
// as if the SDK had been given the input.
//
// # Meaning
//
// The access level is that of the IAM action that the operation needs, as AWS's
// Service Authorization Reference has it; of several, the highest: permissions,
// write, tagging, read, list. The resources are those that IAM checks for the
// caller, plus any other that the input names (ListBackups of one table). Where
// one of them cannot be told, none is: nil, which a deny rule takes for a match
// and an allow rule does not. Empty means that the operation has no resource.
// Where the service names what it makes, and where a listing names nothing of a
// kind, the ARN has * in place of the name, as IAM has it.
//
// # Limits
//
// An ARN in the input is taken as it is, but for what IAM leaves out of it: the
// version of a state machine, the label of a parameter. A KMS alias, an S3 access point and its
// alias stand for themselves: the key or the bucket behind them is not in the
// request. A secret given by name has no random suffix in its ARN. The role that
// a call passes on (iam:PassRole) is not among its resources.
package awscall
