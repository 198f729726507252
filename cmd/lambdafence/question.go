package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/internal/awshost"
	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/internal/review"
	"github.com/lambdafence/lambdafence/policy"
)

// A question asks what a policy says of a call: of a request, of an operation of
// AWS, or of a connection.
type question struct {
	ID       string     `json:"id"`
	URL      string     `json:"url"`
	Method   string     `json:"method"`
	AWS      *operation `json:"aws"`
	Dial     *dial      `json:"dial"`
	Host     string     `json:"host"`    // of a request, the Host header; of an operation, where it goes
	Account  string     `json:"account"` // who signs; empty: of an operation self, of a request as its URL says
	Self     string     `json:"self"`    // the function's own account; empty: someAccount
	Function string     `json:"function"`
	Time     string     `json:"time"` // RFC 3339, or a date
	From     texts      `json:"from"` // modules, the nearest first
}

// An operation is one of AWS, with its input in the SDK's names.
type operation struct {
	Service   string         `json:"service"`
	Operation string         `json:"operation"`
	Region    string         `json:"region"`
	Input     map[string]any `json:"input"`
}

// A dial is a connection.
type dial struct {
	Network string `json:"network"`
	Address string `json:"address"`
}

// someAccount stands for the function's own where that does not matter.
const someAccount = "000000000000"

// texts is one text or a list of them.
type texts []string

func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// errRefused is an error that Go itself would give for such a call.
type errRefused struct{ error }

// call makes a call of a question, as a guard would describe it.
func (q *question) call() (c policy.Call, err error) {
	kinds := 0
	for _, asked := range []bool{q.URL != "", q.AWS != nil, q.Dial != nil} {
		if asked {
			kinds++
		}
	}
	if kinds != 1 {
		return c, errors.New("want one of url, aws and dial")
	}
	switch {
	case q.AWS != nil:
		c, err = q.operation()
	case q.Dial != nil:
		if c, err = policy.NetCall(q.Dial.Network, q.Dial.Address); err != nil {
			err = errRefused{err}
		}
	default:
		c, err = q.request()
	}
	if err != nil {
		return c, err
	}
	c.Function = q.Function
	if q.Time != "" {
		if c.Time, err = time.Parse(time.RFC3339, q.Time); err != nil {
			if c.Time, err = time.Parse(time.DateOnly, q.Time); err != nil {
				return c, fmt.Errorf("time: %q is neither RFC 3339 nor a date", q.Time)
			}
		}
	}
	for _, module := range q.From {
		c.Callers = append(c.Callers, policy.Caller{Module: module, Package: module})
	}
	if len(c.Callers) > 0 {
		c.Caller = c.Callers[0]
	}
	return c, nil
}

func (q *question) request() (policy.Call, error) {
	r, err := http.NewRequest(q.Method, q.URL, nil) // as a user's own code would
	if err != nil {
		return policy.Call{}, errRefused{err}
	}
	host := r.Host
	if q.Host != "" {
		host = q.Host
	}
	c, err := policy.HTTPCall(r.Method, r.URL, host)
	if err != nil {
		return c, errRefused{err}
	}
	if h, _ := awshost.Parse(c.Host); !h.API || !isAsDescribed(r, host, &c) {
		return c, nil
	}
	asked := (&awscall.Request{Method: c.Method, Host: c.Host, Path: c.Path, Query: r.URL.RawQuery, Header: r.Header}).Read()
	c.Account, c.Self, c.Region = q.Account, q.self(), asked.Region
	if c.Account == "" {
		c.Account = awskey.Account(asked.KeyID) // unknown, where nobody signs it
	}
	if asked.Service != "" {
		c.Kind, c.Service, c.Operation = policy.AWS, asked.Service, asked.Operation
		c.Access, c.Also, c.Resources = asked.Describe(c.Account)
	}
	return c, nil
}

// isAsDescribed reports whether AWS reads a request as it is described: only then the
// guard takes it for a call of AWS.
func isAsDescribed(r *http.Request, host string, c *policy.Call) bool {
	name, port, _ := strings.Cut(host, ":")
	return r.URL.Opaque == "" && c.HostHeader == "" && c.Method != http.MethodConnect && name == c.Host && (port == "" || port == strconv.Itoa(int(c.Port)))
}

func (q *question) operation() (policy.Call, error) {
	a := q.AWS
	if a.Service == "" {
		return policy.Call{}, errors.New("aws: want a service")
	}
	service, _ := awshost.Find(a.Service)
	c := policy.Call{
		Kind: policy.AWS, Service: a.Service, Operation: a.Operation, Region: a.Region, Account: q.account(), Self: q.self(),
		Network: "tcp", Scheme: "https", Host: awshost.Endpoint(service.ID, a.Region), Port: 443, Method: http.MethodPost, Path: "/",
	}
	if q.Host != "" {
		at, err := hostOf(q.Host)
		if err != nil {
			return c, errRefused{err}
		}
		c.Scheme, c.Host, c.Port = at.Scheme, at.Host, at.Port
	}
	described := awscall.Call{Service: a.Service, Operation: a.Operation, Input: a.Input, Region: a.Region, Account: c.Account}
	c.Access, c.Also, c.Resources = described.Describe()
	return c, nil
}

// doubts says of an operation what check says of a rule for it: that there is no such
// service, operation or region. It may be newer than this version, and is judged all the
// same, but most often it is a slip.
func (o *operation) doubts() []string {
	if o.Service == "" {
		return nil
	}
	d, err := review.Read("", fmt.Appendf(nil, "allow: [{aws: %q, operations: [%q], regions: [%q]}]", o.Service, o.Operation, cmp.Or(o.Region, "*")))
	if err != nil {
		return nil // it is no name at all, and no policy could have it
	}
	var all []string
	for _, f := range d.Check(time.Now()) {
		if slices.Contains([]string{"service", "operation", "region"}, f.Check) {
			all = append(all, f.Message+": "+f.Fix)
		}
	}
	return all
}

// hostOf reads a host, with a port or without, or a URL.
func hostOf(host string) (policy.Call, error) {
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	r, err := http.NewRequest(http.MethodPost, host, nil)
	if err != nil {
		return policy.Call{}, err
	}
	return policy.HTTPCall(r.Method, r.URL, "")
}

func (q *question) self() string {
	if q.Self == "" {
		return someAccount
	}
	return q.Self
}

func (q *question) account() string {
	if q.Account == "" {
		return q.self()
	}
	return q.Account
}

// A callJSON is a call as log lines have it.
type callJSON struct {
	Kind       string   `json:"kind"`
	Scheme     string   `json:"scheme,omitempty"`
	Host       string   `json:"host,omitempty"`
	Port       uint16   `json:"port,omitempty"`
	Method     string   `json:"method,omitempty"`
	Path       string   `json:"path,omitempty"`
	HostHeader string   `json:"host_header,omitempty"`
	Network    string   `json:"network,omitempty"`
	IP         string   `json:"ip,omitempty"`
	Service    string   `json:"service,omitempty"`
	Operation  string   `json:"operation,omitempty"`
	Access     string   `json:"access,omitempty"`
	Also       []string `json:"also,omitempty"`
	Resources  []string `json:"resources,omitzero"` // null or absent: unknown; empty: none
	Region     string   `json:"region,omitempty"`
	Account    string   `json:"account,omitempty"`
	Self       string   `json:"self,omitempty"`
}

func jsonOf(c *policy.Call) callJSON {
	j := callJSON{
		Kind: c.Kind.String(), Scheme: c.Scheme, Host: c.Host, Port: c.Port, Method: c.Method, Path: c.Path, HostHeader: c.HostHeader, Network: c.Network,
		Service: c.Service, Operation: c.Operation, Resources: c.Resources, Region: c.Region, Account: c.Account, Self: c.Self,
	}
	if c.Addr != (netip.Addr{}) {
		j.IP = c.Addr.String()
	}
	if c.Access != policy.UnknownAccess {
		j.Access = c.Access.String()
	}
	for _, level := range c.Also {
		j.Also = append(j.Also, level.String())
	}
	return j
}
