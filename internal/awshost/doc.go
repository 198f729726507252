// Package awshost knows the names and the hosts of AWS services: which service
// a name means, which services answer at a host, and where the SDK finds a
// service by default. It does no I/O, and remembers but a few names that it was
// asked for; its table is constant data that costs nothing at start.
//
// Imported by package policy, policy/source/paramstore and internal/awscall.
package awshost
