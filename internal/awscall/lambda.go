package awscall

import "strings"

// function adds a function, with the version or alias that is named. It is given
// by its name, by account:function:name, or by its ARN, each with a qualifier
// behind it or not; a second member may hold the qualifier.
//
// The service takes odder forms (region:account:name, function:name), which can
// be read in two ways. What they name is unknown.
func (d *description) function(v *values) bool {
	name, ok := v.one(0)
	qualifier := ""
	if len(v.all) > 1 {
		var one bool
		qualifier, one = v.one(1)
		ok = ok && one && isQualifier(qualifier)
	}
	if !ok || len(v.of(0)) == 0 {
		return false
	}
	a := arn{service: "lambda", account: d.account}
	switch parts := strings.Split(name, ":"); {
	case isARN(name):
		if a, ok = cutARN(name); !ok || !validARN(name) || a.service != "lambda" {
			return false
		}
		a.resource, ok = strings.CutPrefix(a.resource, "function:")
		if !ok {
			return false
		}
	case len(parts) >= 3 && isAccount(parts[0]) && parts[1] == "function":
		a.account, a.resource = parts[0], strings.Join(parts[2:], ":")
	case len(parts) <= 2 && parts[0] != "function" && !isAccount(parts[0]):
		a.resource = name
	default:
		return false
	}
	name, own, hasOwn := strings.Cut(a.resource, ":")
	switch {
	case !isSimple(name, "-_") || hasOwn && !isQualifier(own):
		return false
	case hasOwn && qualifier != "" && own != qualifier:
		return false // the service refuses that
	case hasOwn:
		qualifier = own
	}
	a.resource = "function:" + name
	if qualifier != "" {
		a.resource += ":" + qualifier
	}
	if a.partition == "" {
		return d.add(d.owned("lambda", a.account, a.resource))
	}
	return d.add(a.String())
}

func isQualifier(s string) bool { return isSimple(s, "$-_.") }

// layer adds a version of a layer, given by the layer's name or ARN and its
// number.
func (d *description) layer(v *values) bool {
	name, ok := v.one(0)
	version, one := v.one(1)
	if !ok || !one || len(v.of(0)) == 0 || version != "" && !isDigits(version) {
		return false
	}
	if version != "" {
		version = ":" + version
	}
	if isARN(name) {
		return validARN(name) && d.add(name+version)
	}
	if !isSimple(name, "-_") {
		return false
	}
	return d.add(d.own("lambda", "layer:"+name+version))
}
