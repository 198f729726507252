package awscall

import (
	"testing"

	"github.com/lambdafence/lambdafence/policy"
)

func TestSSM(t *testing.T) {
	param := func(name string) in { return in{"Name": name} }
	const get = "GetParameter"
	run(t, "SSM", []described{
		{"name with a slash", get, param("/app/db"), policy.Read, "arn:aws:ssm:OWN:parameter/app/db"},
		{"name without a slash", get, param("plain"), policy.Read, "arn:aws:ssm:OWN:parameter/plain"},
		{"version", get, param("/app/db:3"), policy.Read, "arn:aws:ssm:OWN:parameter/app/db"},
		{"label", get, param("/app/db:live"), policy.Read, "arn:aws:ssm:OWN:parameter/app/db"},
		{"ARN", get, param("arn:aws:ssm:us-east-1:999988887777:parameter/x"), policy.Read, "arn:aws:ssm:us-east-1:999988887777:parameter/x"},
		{"ARN with a version", get, param("arn:aws:ssm:us-east-1:999988887777:parameter/x:3"), policy.Read, "arn:aws:ssm:us-east-1:999988887777:parameter/x"},
		{"ARN that is cut off", get, param("arn:aws:ssm:us-east-1"), policy.Read, "unknown"},
		{"a version alone", get, param(":3"), policy.Read, "unknown"},
		{"name with a star", get, param("/app/*"), policy.Read, "unknown"},
		{"two slashes", get, param("//app"), policy.Read, "unknown"},
		{"public", get, param("/aws/service/ami/x"), policy.Read, "arn:aws:ssm:eu-west-1::parameter/aws/service/ami/x"},
		{"reference to a secret", get, param("/aws/reference/secretsmanager/db"), policy.Read, "arn:aws:secretsmanager:OWN:secret:db arn:aws:ssm:OWN:parameter/aws/reference/secretsmanager/db"},
		{"reference without a slash", get, param("aws/reference/secretsmanager/db"), policy.Read, "arn:aws:secretsmanager:OWN:secret:db arn:aws:ssm:OWN:parameter/aws/reference/secretsmanager/db"},
		{"reference to nothing", get, param("/aws/reference/secretsmanager/"), policy.Read, "unknown"},
		{"no name", get, in{}, policy.Read, "unknown"},
		{"names", "GetParameters", in{"Names": []any{"/a", "b:1"}}, policy.Read, "arn:aws:ssm:OWN:parameter/a arn:aws:ssm:OWN:parameter/b"},
		{"names and one that is wrong", "GetParameters", in{"Names": []any{"/a", "?"}}, policy.Read, "unknown"},
		{"names, none", "GetParameters", in{"Names": []any{}}, policy.Read, "unknown"},
		{"path", "GetParametersByPath", in{"Path": "/app"}, policy.Read, "arn:aws:ssm:OWN:parameter/app"},
		{"path with a slash at its end", "GetParametersByPath", in{"Path": "/app/"}, policy.Read, "arn:aws:ssm:OWN:parameter/app/"},
		{"all paths", "GetParametersByPath", in{"Path": "/"}, policy.Read, "arn:aws:ssm:OWN:parameter/"},
		{"path without a slash", "GetParametersByPath", in{"Path": "app"}, policy.Read, "unknown"},
		{"put", "PutParameter", param("/app/db"), policy.Write, "arn:aws:ssm:OWN:parameter/app/db"},
		{"label a version", "LabelParameterVersion", param("/app/db"), policy.Write, "arn:aws:ssm:OWN:parameter/app/db"},

		{"document of AWS", "SendCommand", in{"DocumentName": "AWS-RunShellScript", "InstanceIds": []any{"i-0123456789abcdef0", "mi-1"}}, policy.Write, "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript arn:aws:ec2:OWN:instance/i-0123456789abcdef0 arn:aws:ssm:OWN:managed-instance/mi-1"},
		{"own document", "SendCommand", in{"DocumentName": "mine", "InstanceIds": []any{"i-1"}, "OutputS3BucketName": "logs"}, policy.Write, "arn:aws:ssm:OWN:document/mine arn:aws:ec2:OWN:instance/i-1 arn:aws:s3:::logs"},
		{"instances by their tags", "SendCommand", in{"DocumentName": "mine", "Targets": []any{in{"Key": "tag:env"}}}, policy.Write, "unknown"},
		{"no targets in the list", "SendCommand", in{"DocumentName": "mine", "InstanceIds": []any{"i-1"}, "Targets": []any{}}, policy.Write, "arn:aws:ssm:OWN:document/mine arn:aws:ec2:OWN:instance/i-1"},
		{"shared document", "GetDocument", param("arn:aws:ssm:us-east-1:999988887777:document/d"), policy.Read, "arn:aws:ssm:us-east-1:999988887777:document/d"},
		{"document with a slash", "GetDocument", param("a/b"), policy.Read, "unknown"},
		{"sharing a document", "ModifyDocumentPermission", param("d"), policy.Permissions, "arn:aws:ssm:OWN:document/d"},
		{"session", "StartSession", in{"Target": "i-1"}, policy.Write, "arn:aws:ec2:OWN:instance/i-1"},
		{"session with a task", "StartSession", in{"Target": "ecs:a_cluster_task_container"}, policy.Write, "arn:aws:ecs:OWN:task/a_cluster/task"},
		{"session with no task", "StartSession", in{"Target": "ecs:cluster_task"}, policy.Write, "unknown"},
		{"session with nothing known", "StartSession", in{"Target": "host"}, policy.Write, "unknown"},
		{"batch by instance", "CreateAssociationBatch", in{"Entries": []any{in{"Name": "d", "InstanceId": "i-1"}}}, policy.Write, "arn:aws:ssm:OWN:document/d arn:aws:ec2:OWN:instance/i-1"},
		{"batch by tags", "CreateAssociationBatch", in{"Entries": []any{in{"Name": "d", "InstanceId": "i-1"}, in{"Name": "d", "InstanceId": "i-2", "Targets": []any{in{"Key": "tag:x"}}}}}, policy.Write, "unknown"},
		{"command", "CancelCommand", in{"CommandId": "c"}, policy.Write, "unknown"},
		{"setting", "GetServiceSetting", in{"SettingId": "/ssm/parameter-store/default-parameter-tier"}, policy.Read, "arn:aws:ssm:OWN:servicesetting/ssm/parameter-store/default-parameter-tier"},
		{"setting by ARN", "GetServiceSetting", in{"SettingId": "arn:aws:ssm:us-east-1:1:servicesetting/x"}, policy.Read, "arn:aws:ssm:us-east-1:1:servicesetting/x"},
		{"setting with a colon", "GetServiceSetting", in{"SettingId": "a:b"}, policy.Read, "unknown"},
		{"all parameters' metadata", "DescribeParameters", in{}, policy.List, "none"},
	})
}

func TestSSMTags(t *testing.T) {
	for kind, tt := range map[string][2]string{
		"Parameter":         {"/a", "arn:aws:ssm:OWN:parameter/a"},
		"Document":          {"d", "arn:aws:ssm:OWN:document/d"},
		"ManagedInstance":   {"mi-1", "arn:aws:ssm:OWN:managed-instance/mi-1"},
		"MaintenanceWindow": {"mw-1", "arn:aws:ssm:OWN:maintenancewindow/mw-1"},
		"PatchBaseline":     {"arn:aws:ssm:r:a:patchbaseline/pb-1", "arn:aws:ssm:r:a:patchbaseline/pb-1"},
		"Automation":        {"x", "arn:aws:ssm:OWN:automation-execution/x"},
		"CloudConnector":    {"x", "arn:aws:ssm:OWN:cloud-connector/x"},
		"OpsItem":           {"a:b", "unknown"},
		"Association":       {"", "unknown"},
		"Tomorrow":          {"x", "unknown"},
	} {
		run(t, "SSM", []described{{kind, "AddTagsToResource", in{"ResourceType": kind, "ResourceId": tt[0]}, policy.Tagging, tt[1]}})
	}
}
