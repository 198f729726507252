package corpus

import "strings"

// AWS is what a line says of a call of AWS. Empty is unknown.
type AWS struct {
	Service, Operation string
	Access, Also       string
	Resources          []string // nil: unknown. Empty: none
	Region             string
	Account, Self      string
	At                 string // the URL of the request; empty: the SDK's own endpoint
}

const ownAccount = "111122223333"

// newAWS reads a word such as DynamoDB:GetItem, or DynamoDB alone.
func newAWS(word string) AWS {
	service, operation, _ := strings.Cut(word, ":")
	return AWS{Service: service, Operation: operation, Region: "eu-west-1", Account: ownAccount, Self: ownAccount}
}

func (a *AWS) option(key, value string) bool {
	switch key {
	case "access":
		a.Access, a.Also, _ = strings.Cut(value, "+")
	case "resource":
		if value == "none" {
			a.Resources = []string{}
		} else {
			a.Resources = append(a.Resources, value)
		}
	case "region":
		a.Region = value
	case "account":
		a.Account = value
	case "self":
		a.Self = value
	case "at":
		a.At = value
	default:
		return false
	}
	return true
}

// String returns the call as the file has it, with what it left out.
func (a *AWS) String() string {
	s := "aws " + a.Service + ":" + a.Operation + " access=" + a.Access
	if a.Also != "" {
		s += "+" + a.Also
	}
	if a.Resources != nil && len(a.Resources) == 0 {
		s += " resource=none"
	}
	for _, r := range a.Resources {
		s += " resource=" + r
	}
	return s + " region=" + a.Region + " account=" + a.Account + " self=" + a.Self + " at=" + a.At
}
