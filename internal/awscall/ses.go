package awscall

import "strings"

// identity adds the identity that mail is sent from: that whose ARN is given, or
// else the address. Where the domain is what was verified, IAM checks the domain;
// that is not in the request.
func (d *description) identity(v *values) bool {
	if arns := v.of(1); len(arns) == 1 {
		return validARN(arns[0]) && d.add(arns[0])
	}
	address, ok := v.one(0)
	if before, rest, named := strings.Cut(address, "<"); named {
		address, ok = strings.CutSuffix(rest, ">")
		ok = ok && !strings.Contains(before, "@")
	}
	// Quoted names may hold anything, and what a reader of mail makes of it is
	// not certain.
	name, domain, whole := strings.Cut(address, "@")
	return ok && whole && !strings.Contains(domain, "@") && isSimple(address, ".!#$%&'*+-/=?^_`{|}~@") &&
		d.add(d.own("ses", "identity/"+name+"@"+strings.ToLower(domain)))
}
