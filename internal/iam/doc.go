// Package iam tells what IAM asks of a call of AWS: which actions, on which
// resources. It makes of what fences have seen a policy for the role of a function,
// and holds an existing one against it.
//
// Operations and actions mostly have one name. Where they have not, the table
// operations.txt says which actions an operation needs; reference.bin, which
// internal/awsgen writes, holds what AWS's Service Authorization Reference says of
// all actions, their levels and the types of their resources.
//
// # Limits
//
// An event has the resources of a call, and not its input: that an object was read
// in one of its versions, which key it was stored with or which role was passed on
// is not in it. Conditions are not made, but for keys of KMS that go by an alias.
//
// Imported by cmd/lambdafence.
package iam
