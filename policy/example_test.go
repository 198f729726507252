package policy_test

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/lambdafence/lambdafence/policy"
)

func Example() {
	p, err := policy.Parse([]byte(`
version: 1
mode: enforce
allow:
  - host: api.stripe.com
    methods: [POST]
    paths: [/v1/charges/**]
deny:
  - host: [pastebin.com, "**.pastebin.com"]
    reason: known drop site
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	set, err := policy.Compile(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"https://api.stripe.com/v1/charges", "https://API.Pastebin.com./raw", "http://2852039166/latest/meta-data/"} {
		u, _ := url.Parse(text)
		call, err := policy.HTTPCall("POST", u, "")
		if err != nil {
			fmt.Println(err)
			return
		}
		d := set.Decide(&call)
		fmt.Printf("%v %v: %s (%s)\n", d.Effect, &call, d.Reason, d.Rule)
	}
	// Output:
	// allow POST https://api.stripe.com/v1/charges: allowed by rule (allow[0])
	// deny POST https://api.pastebin.com/raw: known drop site (deny[0])
	// deny POST http://169.254.169.254/latest/meta-data/: link-local address (local)
}

func ExampleParse_errors() {
	_, err := policy.Parse([]byte(`
allow:
  - host: *.example.com
`))
	fmt.Println(err)

	_, err = policy.Parse([]byte(`
allow:
  - host: api.example.com:443
    method: [GET]
`))
	var all policy.Errors
	if errors.As(err, &all) {
		for _, e := range all {
			fmt.Println(e.Line, e.Column, e.Message)
		}
	}
	// Output:
	// 3:11: *.example.com means something else in YAML: quote it: "*.example.com"
	// 3 11 host: "api.example.com:443": a port goes into ports
	// 4 5 allow[0]: unknown field "method"; did you mean "methods"?
}

func ExampleNetCall() {
	p, err := policy.Parse([]byte("mode: enforce\nallow: [{cidr: 10.0.0.0/16, ports: [6379]}]"))
	if err != nil {
		fmt.Println(err)
		return
	}
	set, err := policy.Platform{RuntimeAPI: "127.0.0.1:9001"}.Compile(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, address := range []string{"10.0.7.9:6379", "cache.internal:6379", "localhost:9001"} {
		call, err := policy.NetCall("tcp", address)
		if err != nil {
			fmt.Println(err)
			return
		}
		d := set.Decide(&call)
		fmt.Println(d.Effect, &call)
		if hint := set.Suggest(&call, d); hint != "" {
			fmt.Println("  to allow it:", hint)
		}
	}
	// Output:
	// allow tcp 10.0.7.9:6379
	// deny tcp cache.internal:6379
	//   to allow it: allow: [{host: "cache.internal", ports: [6379]}]
	// deny tcp localhost:9001
}

func ExampleCanonicalHost() {
	for _, host := range []string{"API.Example.COM.", "ｅｖｉｌ.example", "0x7f.1", "[::ffff:192.0.2.1]", ""} {
		fmt.Println(policy.CanonicalHost(host))
	}
	// Output:
	// api.example.com
	// evil.example
	// 127.0.0.1
	// 192.0.2.1
	// localhost
}

func ExampleSet_Beneath() {
	p, err := policy.Parse([]byte("allow: [{aws: s3, access: read, resources: [photos, 'reports/2026-*']}]"))
	if err != nil {
		fmt.Println(err)
		return
	}
	set, err := policy.Compile(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, object := range []string{"arn:aws:s3:::photos/in/a.png", "arn:aws:s3:::reports/2026-11.pdf", "arn:aws:s3:::payroll/1001"} {
		fmt.Printf("%q\n", set.Beneath(&policy.Call{
			Kind: policy.AWS, Service: "S3", Operation: "GetObject", Access: policy.Read, Region: "eu-west-1",
			Account: "111122223333", Self: "111122223333", Resources: []string{object},
		}))
	}
	// Output:
	// "arn:aws:s3:::photos/"
	// "arn:aws:s3:::reports/2026-"
	// ""
}
