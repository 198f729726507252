package iam

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/policy"
)

// special grants what operations need of which a line of the table cannot say it. It
// reports whether this is one.
func (g *granter) special() bool {
	switch g.key() {
	case "apigatewaymanagementapi.DeleteConnection", "apigatewaymanagementapi.GetConnection", "apigatewaymanagementapi.PostToConnection":
		g.connection()
	case "dynamodb.BatchExecuteStatement", "dynamodb.ExecuteStatement", "dynamodb.ExecuteTransaction":
		g.statements()
	case "dynamodb.TransactWriteItems":
		g.transaction()
	case "s3.DeleteObjects":
		g.deleteObjects()
	case "ssm.GetParameter", "ssm.GetParameters", "ssm.GetParameterHistory", "ssm.GetParametersByPath":
		g.parameters()
	default:
		return false
	}
	return true
}

// as grants what another operation with another input would need.
func (g *granter) as(operation string, input map[string]any) {
	c := Describe(g.call.Service, operation, input, g.call.Region, g.call.Account)
	grants, notes := c.Grants()
	g.grants = append(g.grants, grants...)
	g.notes = append(g.notes, notes...)
}

// merge makes one grant of those of one action.
func (g *granter) merge() {
	all := g.grants
	g.grants = nil
	for _, one := range all {
		prefix, name, _ := strings.Cut(one.Action, ":")
		a, _ := g.ref.find(prefix, name)
		g.grant(a, one.Resources)
	}
}

// transaction grants what each part of a transaction does. An event does not say
// which parts there were.
func (g *granter) transaction() {
	parts := []struct{ member, operation string }{{"ConditionCheck", "ConditionCheckItem"}, {"Delete", "DeleteItem"}, {"Put", "PutItem"}, {"Update", "UpdateItem"}}
	for _, part := range parts {
		n := need{name: part.operation}
		if g.call.Input == nil {
			g.need(&n)
			continue
		}
		n.on = "arn:$P:dynamodb:$R:$A:table/{Table}"
		for _, v := range at(g.call.Input, "TransactItems."+part.member+".TableName") {
			g.on(&n, map[string]any{"Table": v})
		}
	}
	if g.call.Input == nil {
		g.note("an event does not say which of Put, Update, Delete and ConditionCheck it held: all are granted")
	}
}

// on grants a need on what a part of the input names.
func (g *granter) on(n *need, part map[string]any) {
	a, _ := g.ref.find(g.service.IAM, n.name)
	for _, arn := range awscall.Resources(n.on, part, g.call.Region, g.call.Account) {
		g.grant(a, g.patterns(arn))
	}
}

// statements grants what statements of PartiQL do.
func (g *granter) statements() {
	if g.call.Input == nil {
		g.statementsOfEvent()
		return
	}
	for _, path := range []string{"Statement", "Statements.Statement", "TransactStatements.Statement"} {
		for _, v := range at(g.call.Input, path) {
			one := map[string]any{"Statement": v}
			verb := partiQL(asText(v))
			if c := Describe("DynamoDB", "ExecuteStatement", one, g.call.Region, g.call.Account); c.Resources == nil || verb == "" {
				g.note("a statement that is not understood: nothing is granted for it")
				continue
			}
			n := need{name: "PartiQL" + verb, on: "@statement{Statement}"}
			g.on(&n, one)
		}
	}
}

// partiQL returns what a statement does, by its first word. What else would make it
// another statement package awscall has refused.
func partiQL(statement string) string {
	word := strings.TrimLeft(statement, " \t\r\n")
	if i := strings.IndexAny(word, " \t\r\n(\""); i > 0 {
		word = word[:i]
	}
	return map[string]string{"SELECT": "Select", "EXISTS": "Select", "INSERT": "Insert", "UPDATE": "Update", "DELETE": "Delete"}[strings.ToUpper(word)]
}

// statementsOfEvent grants what statements of an access level may do.
func (g *granter) statementsOfEvent() {
	levels := append([]policy.Access{g.call.Access}, g.call.Also...)
	for _, level := range levels {
		switch level {
		case policy.Read:
			g.need(&need{name: "PartiQLSelect"})
		case policy.Write:
			for _, verb := range []string{"PartiQLDelete", "PartiQLInsert", "PartiQLUpdate"} {
				g.need(&need{name: verb})
			}
			g.note("an event does not say how a statement writes: PartiQLInsert, PartiQLUpdate and PartiQLDelete are granted")
		default:
			g.note("what the statement does is not known: nothing is granted for it")
		}
	}
}

// deleteObjects tells objects from versions of them.
func (g *granter) deleteObjects() {
	if g.call.Input == nil || len(g.call.Resources) == 0 || strings.HasPrefix(serviceOf(g.call.Resources[0]), "s3express") {
		if !g.directory() {
			g.need(&need{name: "DeleteObject"})
		}
		return
	}
	for _, v := range at(g.call.Input, "Delete.Objects") {
		objects, _ := v.([]any)
		for _, object := range objects {
			g.as("DeleteObject", map[string]any{
				"Bucket": text(g.call.Input, "Bucket"), "Key": text(object, "Key"), "VersionId": text(object, "VersionId"),
				"BypassGovernanceRetention": g.call.Input["BypassGovernanceRetention"],
			})
		}
	}
	g.merge()
}

// parameters grants reading the secrets that parameters refer to.
func (g *granter) parameters() {
	a, _ := g.ref.find("secretsmanager", "GetSecretValue")
	var own []string
	for _, arn := range g.resources {
		if serviceOf(arn) == "secretsmanager" {
			g.grant(a, []string{strings.TrimSuffix(arn, "-??????") + "-*"})
			continue
		}
		own = append(own, arn)
	}
	g.resources = own
	g.need(&need{name: g.call.Operation})
	if present(g.call.Input["WithDecryption"]) {
		g.note("it decrypts: kms:Decrypt is needed on the key of a SecureString, if that is not aws/ssm")
	}
}

// connection grants what is done to a connection of API Gateway, whose API and stage
// stand in the endpoint alone.
func (g *granter) connection() {
	host, path := g.call.Host, g.call.Path
	id := text(g.call.Input, "ConnectionId")
	if endpoint, err := url.Parse(text(g.call.Input, "_endpoint")); err == nil && endpoint.Host != "" {
		host, path = endpoint.Host, strings.TrimSuffix(endpoint.Path, "/")+"/@connections/"+id
	} else if id != "" && !strings.Contains(path, "/@connections/") {
		path = strings.TrimSuffix(path, "/") + "/@connections/" + id
	}
	api, _, _ := strings.Cut(host, ".")
	stage, last, ok := strings.Cut(strings.Trim(path, "/"), "/@connections/")
	if id, err := url.PathUnescape(last); err == nil {
		last = id
	}
	a, _ := g.ref.find("execute-api", "ManageConnections")
	if !ok || !strings.Contains(host, ".execute-api.") || strings.Contains(stage, "/") || last == "" {
		g.note(fmt.Sprintf("the API and its stage are not known: %s is not granted", a))
		return
	}
	method := map[string]string{"PostToConnection": "POST", "GetConnection": "GET", "DeleteConnection": "DELETE"}[g.call.Operation]
	arn := "arn:" + g.partition + ":execute-api:" + g.call.Region + ":" + g.call.Account + ":" + api + "/" + stage + "/" + method + "/@connections/" + last
	g.grant(a, []string{escape(arn)})
}
