package awscall

import "strings"

// queue adds the queue of a URL. The SDK sends the call to the endpoint of its
// own region, and the service goes by the URL's path: the host counts for
// nothing.
func (d *description) queue(url string) bool {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return false
	}
	_, path, _ := strings.Cut(rest, "/")
	account, name, ok := strings.Cut(path, "/")
	return ok && isAccount(account) && d.queueIn(account, name)
}

// queueOf adds a queue by its name and the account that owns it: the signer's, if
// none is given.
func (d *description) queueOf(v *values) bool {
	name, ok := v.one(0)
	account, one := v.one(1)
	if !ok || !one {
		return false
	}
	if len(v.of(1)) == 0 {
		account = d.account
	} else if !isAccount(account) {
		return false
	}
	return d.queueIn(account, name)
}

func (d *description) queueIn(account, name string) bool {
	if !isSimple(name, "-_.") {
		return false
	}
	return d.add(d.owned("sqs", account, name))
}

// subscription adds the topic of a subscription: IAM checks the topic, and the
// last part of a subscription's ARN is only its id. "PendingConfirmation" stands
// where there is no ARN yet.
func (d *description) subscription(s string) bool {
	a, ok := cutARN(s)
	topic, id, hasID := strings.Cut(a.resource, ":")
	if !ok || !hasID || !validARN(s) || topic == "" || strings.Contains(id, ":") {
		return false
	}
	a.resource = topic
	return d.add(a.String())
}

// consumer adds a consumer of a stream, given by the stream's ARN and the
// consumer's name. The real ARN has the time of its creation behind the name.
func (d *description) consumer(v *values) bool {
	stream, ok := v.one(0)
	name, one := v.one(1)
	return ok && one && validARN(stream) && isSimple(name, "_.-") && d.add(stream+"/consumer/"+name)
}

// rule adds a rule of EventBridge by its name and its bus. The default bus does
// not stand in the rule's ARN. A bus given by its ARN takes the rule with it to
// another account or region.
func (d *description) rule(v *values) bool {
	name, ok := v.one(0)
	bus, one := v.one(1)
	if !ok || !one || !isName(name) {
		return false
	}
	if isARN(bus) {
		a, _ := cutARN(bus)
		var isBus bool
		bus, isBus = strings.CutPrefix(a.resource, "event-bus/")
		if !isBus || !validARN(a.String()) || !isName(bus) {
			return false
		}
		a.resource = "rule/" + beneathBus(bus) + name
		return d.add(a.String())
	}
	if bus != "" && !isName(bus) {
		return false
	}
	return d.add(d.own("events", "rule/"+beneathBus(bus)+name))
}

func beneathBus(bus string) string {
	if bus == "" || bus == "default" {
		return ""
	}
	return bus + "/"
}

// bus adds an event bus by its name or ARN. None is the default bus.
func (d *description) bus(bus string) bool {
	switch {
	case isARN(bus):
		return validARN(bus) && d.add(bus)
	case bus == "":
		bus = "default"
	case !isName(bus):
		return false
	}
	return d.add(d.own("events", "event-bus/"+bus))
}
