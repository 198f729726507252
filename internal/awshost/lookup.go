package awshost

import "sort"

// byName returns the index of the service with that ID or, if none has it, of the
// main one with that prefix in IAM. -1: there is none.
func byName(name string) int {
	i := sort.Search(distinct, func(i int) bool { return services[i].ID >= name })
	if i < distinct && services[i].ID == name {
		return i
	}
	i = sort.Search(len(prefixes), func(i int) bool { return prefixes[i].name >= name })
	if i < len(prefixes) && prefixes[i].name == name {
		return int(prefixes[i].at)
	}
	return -1
}

// byHost returns the services that answer at the name before a host's region,
// which is without a mark of FIPS. nil: unknown.
func byHost(name string) []Service {
	i := sort.Search(len(hosts), func(i int) bool { return hosts[i].name >= name })
	if i == len(hosts) || hosts[i].name != name {
		return nil
	}
	return services[hosts[i].from:hosts[i].to:hosts[i].to]
}

// formOf returns what the default endpoint of a service looks like, first where a
// region or a partition has it otherwise. What it does not name is regional, with
// the service's ID before the region.
func formOf(id, partition, region string) form {
	for _, name := range [...]string{id + " " + region, id + " " + partition, id} {
		i := sort.Search(len(forms), func(i int) bool { return forms[i].name >= name })
		if i < len(forms) && forms[i].name == name {
			return forms[i].form
		}
	}
	return form{id, regional}
}
