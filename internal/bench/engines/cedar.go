package engines

import (
	"fmt"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/lambdafence/lambdafence/policy"
)

// A cedarSet has one permit for each rule. Kind and operation are the action and
// an exact host is the resource, which cedar looks at first; the rest are conditions.
type cedarSet struct{ policies *cedar.PolicySet }

func newCedar(rules []Rule) (*cedarSet, error) {
	var b strings.Builder
	for i := range rules {
		b.WriteString(permit(&rules[i]))
	}
	policies, err := cedar.NewPolicySetFromBytes("bench.cedar", []byte(b.String()))
	if err != nil {
		return nil, err
	}
	return &cedarSet{policies}, nil
}

func (c *cedarSet) decide(q *Question) bool {
	ok, _ := cedar.Authorize(c.policies, types.EntityMap{}, q.request)
	return bool(ok)
}

func permit(r *Rule) string {
	action, resource := "http", ""
	when := []string{fmt.Sprintf("context.port == %d", r.port())}
	switch {
	case r.Service != "":
		action = r.Service + ":" + r.Operation
		when = []string{fmt.Sprintf("context.arn like %q", r.arn())}
	case r.Host == "":
		action = "net"
		when = append(when, fmt.Sprintf("context.ip.isInRange(ip(%q))", r.Prefix))
	case strings.HasPrefix(r.Host, "*."):
		when = append(when, fmt.Sprintf("context.host like %q", r.Host))
	default:
		resource = fmt.Sprintf(" == Host::%q", r.Host)
	}
	if r.Methods != nil {
		when = append(when, fmt.Sprintf(`["%s"].contains(context.method)`, strings.Join(r.Methods, `", "`)))
	}
	if r.Path != "" {
		when = append(when, fmt.Sprintf("context.path like %q", strings.Replace(r.Path, "**", "*", 1)))
	}
	return fmt.Sprintf("permit(principal, action == Action::%q, resource%s) when { %s };\n", action, resource, strings.Join(when, " && "))
}

func request(c *policy.Call) cedar.Request {
	action, context := "http", cedar.RecordMap{"port": cedar.Long(c.Port), "host": cedar.String(c.Host)}
	switch c.Kind {
	case policy.AWS:
		action = strings.ToLower(c.Service) + ":" + c.Operation
		context["arn"] = cedar.String(c.Resources[0])
	case policy.Net:
		action = "net"
		if ip, err := types.ParseIPAddr(c.Host); err == nil {
			context["ip"] = ip
		}
	default:
		context["method"], context["path"] = cedar.String(c.Method), cedar.String(c.Path)
	}
	return cedar.Request{
		Principal: cedar.NewEntityUID("Function", "orders"),
		Action:    cedar.NewEntityUID("Action", cedar.String(action)),
		Resource:  cedar.NewEntityUID("Host", cedar.String(c.Host)),
		Context:   cedar.NewRecord(context),
	}
}
