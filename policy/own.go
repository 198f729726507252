package policy

import "strings"

// ownRule is the id of the built-in rule about the fence's own parameters.
const ownRule = "own-policy"

// ownRules are built into every layer: a function may not change the policy that
// it runs under, move a label to another version of it, or let another account do so.
func (p Platform) ownRules() []rule {
	if len(p.Parameters) == 0 {
		return nil
	}
	a := &awsRule{services: []string{"ssm"}}
	for _, name := range []string{"PutParameter", "DeleteParameter", "DeleteParameters", "LabelParameterVersion", "UnlabelParameterVersion", "PutResourcePolicy"} {
		a.operations = append(a.operations, pattern{head: name})
	}
	for _, name := range p.Parameters {
		a.resources = append(a.resources, ownParameter(name))
	}
	r := rule{deny: true, id: ownRule, reason: "a function may not change its own policy", aws: a}
	r.setDefaults()
	return []rule{r}
}

// ownParameter matches a parameter by its name or ARN, and what lies beneath it,
// where its parts are.
func ownParameter(name string) arnPattern {
	resource := "parameter/" + strings.TrimPrefix(name, "/")
	if a, ok := parseARN(name); ok {
		resource = a.resource
	}
	return arnPattern{
		tail:     true,
		head:     resource,
		resource: pattern{head: resource},
		below:    []pattern{{sep: '/', head: resource, rest: []segment{{deep: true}}}},
	}
}
