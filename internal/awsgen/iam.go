package main

import (
	"bytes"
	"compress/flate"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// iamReference writes what package iam knows of actions, as text: for each prefix
// the types of its resources with their ARNs, and its actions with their levels and
// types; for each service the operations that are called unsigned, and for API
// Gateway, whose actions are methods, the method of each operation.
//
//	# s3
//	=bucket arn:${Partition}:s3:::${BucketName}
//	GetObject r accesspointobject object
//	PutInventoryConfiguration w bucket!
//	! cognitoidentity GetId GetOpenIdToken
//	@ apigateway CreateApiKey=POST
//	> ecs RunTask
//
// A type with ! must be named. > lists operations whose input may name a role.
func iamReference(models []model, refs map[string]reference) string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(refs)) {
		ref := refs[id]
		fmt.Fprintf(&b, "# %s\n", ref.prefix)
		for _, typ := range slices.Sorted(maps.Keys(ref.resources)) {
			fmt.Fprintf(&b, "=%s %s\n", typ, strings.ReplaceAll(ref.resources[typ].ARN, ", ", ","))
		}
		for _, name := range slices.Sorted(maps.Keys(ref.actions)) {
			act := ref.actions[name]
			fmt.Fprintf(&b, "%s %s", act.Name, accessOf(act.AccessLevel))
			for _, t := range act.ResourceTypes {
				fmt.Fprintf(&b, " %s", awshost.Normal(t.Name))
				if t.Required {
					b.WriteByte('!')
				}
			}
			b.WriteByte('\n')
		}
	}
	for i := range models {
		writeOperations(&b, &models[i])
	}
	return b.String()
}

func writeOperations(b *strings.Builder, m *model) {
	var unsigned, methods, passing []string
	s, _ := awshost.Find(m.id)
	for _, op := range m.operations {
		if op.unsigned {
			unsigned = append(unsigned, op.name)
		}
		if slices.ContainsFunc(op.deep, isRole) && s.IAM != "iam" && s.IAM != "sts" {
			passing = append(passing, op.name)
		}
		if s.IAM == "apigateway" {
			methods = append(methods, op.name+"="+op.method)
		}
	}
	if len(unsigned) > 0 {
		fmt.Fprintf(b, "! %s %s\n", m.id, strings.Join(unsigned, " "))
	}
	if len(methods) > 0 {
		fmt.Fprintf(b, "@ %s %s\n", m.id, strings.Join(methods, " "))
	}
	if len(passing) > 0 {
		fmt.Fprintf(b, "> %s %s\n", m.id, strings.Join(passing, " "))
	}
}

// isRole reports whether the path to a member may lead to the ARN of a role.
func isRole(path string) bool {
	name := awshost.Normal(path[strings.LastIndexByte(path, '.')+1:])
	return strings.HasSuffix(name, "rolearn") || name == "role"
}

// compressed returns a text as DEFLATE has it.
func compressed(text string) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
