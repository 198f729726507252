package integration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// TestApprovedBeforeIsNoWayIn makes operations over and over, each now and then
// changed in one thing on its way, behind two fences: one that remembers what it
// allowed, and one that judges each anew, because it tells of each. They must agree.
func TestApprovedBeforeIsNoWayIn(t *testing.T) {
	doc := `{mode: enforce, allow: [
		{aws: dynamodb, operations: [GetItem], resources: [table/orders]},
		{aws: s3, operations: [GetObject, PutObject], access: [read, write], resources: [orders, "photos/in/*", reports/1001]},
		{aws: lambda, operations: [Invoke], resources: ["function:orders"]},
		{aws: sqs, operations: [SendMessage], resources: [orders]}]}`
	remembers, forgets := fenceBy(t, doc), fenceBy(t, doc, wrapper.WithEvents(wrapper.All))
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	blocked, allowed := map[string]int{}, map[string]int{}
	objects := objects()
	all := slices.Concat(operations, objects)
	for range 16000 {
		op := operations[random.IntN(len(operations))]
		if random.IntN(2) == 0 {
			op = objects[random.IntN(len(objects))]
		}
		change := changes[0]
		if random.IntN(3) == 0 {
			change = changes[random.IntN(len(changes))]
		}
		alone := random.IntN(2) == 0 // the guard of the SDK, without that of the HTTP client
		again, anew := op.call(change.on(t, remembers, alone)), op.call(change.on(t, forgets, alone))
		if errors.Is(again, wrapper.ErrBlocked) != errors.Is(anew, wrapper.ErrBlocked) {
			t.Fatalf("seed %d: %s, %s: remembered %v, judged anew %v", seed, op.name, change.name, again, anew)
		}
		switch isBlocked := errors.Is(again, wrapper.ErrBlocked); {
		case !isBlocked:
			allowed[op.name]++
		case op.allowed:
			blocked[change.name]++
		}
	}
	for _, change := range changes {
		if (blocked[change.name] > 0) != change.blocks {
			t.Errorf("%s: %d blocked", change.name, blocked[change.name])
		}
	}
	for _, op := range all {
		if (allowed[op.name] > 0) != op.allowed {
			t.Errorf("%s: %d allowed", op.name, allowed[op.name])
		}
	}
}

// fenceBy is a fence by a policy, of a function whose account is known.
func fenceBy(t *testing.T, doc string, opts ...wrapper.Option) *wrapper.Fence {
	return wrapper.Must(wrapper.New(t.Context(), append(opts,
		wrapper.WithLogger(slog.New(slog.DiscardHandler)), wrapper.WithPolicy(source.Static("p", []byte(doc))), wrapper.WithAccount(account), wrapper.WithRefresh(0))...))
}

// answering answers every request at once.
type answering struct{}

func (answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2, Request: r,
	}, nil
}

// An attempt is a configuration and what happens to its requests.
type attempt struct {
	context.Context
	cfg aws.Config
}

// An operation is one of the SDK, as a function calls it.
type operation struct {
	name    string
	allowed bool
	call    func(attempt) error
}

// objects are operations on ever other objects, of which a fence that allows all in a
// bucket, or all that begin alike, need not judge each.
func objects() (all []operation) {
	for _, o := range []struct {
		key   string
		isKey bool
	}{
		{"1", true}, {"a/b", true}, {"a//b", true}, {"/a", true}, {"a b", true}, {"a%2Fb", true}, {"%2e%2e/b", true}, {"a?b#c&d=e+f", true}, {"é", true},
		{"a/", true}, {"a.b", true}, {"..a", true}, {"orders", true}, {"photos/in/1", true}, {"arn:aws:s3:::payroll/1", true}, {"a\nb", true}, {strings.Repeat("k", 1024), true},
		{"../1", false}, {"a/../b", false}, {"a/./b", false}, {"..", false}, {"a/..", false}, {"\xff", false}, {strings.Repeat("k", 4096), false},
	} {
		key, isKey := o.key, o.isKey
		name := fmt.Sprintf(" %.20q, %d bytes", key, len(key))
		all = append(all,
			operation{"GetObject" + name, isKey, object("orders", key)},
			operation{"GetObject beneath" + name, isKey, object("photos", "in/"+key)},
			operation{"GetObject beside" + name, false, object("photos", "out/"+key)},
			operation{"PutObject beneath" + name, isKey, put("photos", "in/"+key)},
			operation{"PutObject beside" + name, false, put("photos", "inner"+key)},
			operation{"GetObject of no bucket" + name, false, object("", "in/"+key)},
			operation{"GetObject elsewhere" + name, false, object("payroll", key)})
	}
	return all
}

func put(bucket, key string) func(attempt) error {
	return func(a attempt) error {
		return errOf(s3.NewFromConfig(a.cfg).PutObject(a, &s3.PutObjectInput{Bucket: &bucket, Key: &key}))
	}
}

var operations = []operation{
	{"GetItem", true, get("orders")},
	{"GetItem of another table", false, get("payroll")},
	{"GetObject", true, object("orders", "1001")},
	{"GetObject of another key", true, object("orders", "1002")},
	{"GetObject of another bucket", false, object("payroll", "1001")},
	{"PutObject", true, put("orders", "1001")},
	{"GetObject of one object", true, object("reports", "1001")},
	{"GetObject beside it", false, object("reports", "1002")},
	{"PutObject of one object", true, put("reports", "1001")},
	{"PutObject for all", false, func(a attempt) error {
		return errOf(s3.NewFromConfig(a.cfg).PutObject(a, &s3.PutObjectInput{Bucket: aws.String("orders"), Key: aws.String("1001"), ACL: s3types.ObjectCannedACLPublicRead}))
	}},
	{"Invoke", true, invokes("orders")},
	{"Invoke of another function", false, invokes("payroll")},
	{"SendMessage", true, sendTo("https://sqs.eu-west-1.amazonaws.com/" + account + "/orders")},
	{"SendMessage to another account", false, sendTo("https://sqs.eu-west-1.amazonaws.com/" + foreign + "/orders")},
}

func get(table string) func(attempt) error {
	return func(a attempt) error {
		return errOf(dynamodb.NewFromConfig(a.cfg).GetItem(a, &dynamodb.GetItemInput{TableName: &table, Key: item}))
	}
}

func object(bucket, key string) func(attempt) error {
	return func(a attempt) error {
		return errOf(s3.NewFromConfig(a.cfg).GetObject(a, &s3.GetObjectInput{Bucket: &bucket, Key: &key}))
	}
}

func invokes(function string) func(attempt) error {
	return func(a attempt) error {
		return errOf(lambda.NewFromConfig(a.cfg).Invoke(a, &lambda.InvokeInput{FunctionName: &function}))
	}
}

func sendTo(queue string) func(attempt) error {
	return func(a attempt) error {
		return errOf(sqs.NewFromConfig(a.cfg).SendMessage(a, &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: aws.String("m")}))
	}
}

// A change is what somebody does to an operation, to its configuration or to its
// request, before or when it is signed.
type change struct {
	name     string
	blocks   bool // an operation that is allowed without
	config   func(*aws.Config)
	unsigned func(*http.Request)
	request  func(*http.Request)
}

var changes = []change{
	{name: "nothing"},
	{name: "a foreign key", blocks: true, config: func(cfg *aws.Config) { cfg.Credentials = keyOf(foreign) }},
	{name: "another region", config: func(cfg *aws.Config) { cfg.Region = "us-east-1" }},
	{name: "another endpoint", blocks: true, config: func(cfg *aws.Config) { cfg.BaseEndpoint = aws.String("https://evil.example") }},
	{name: "a bucket's endpoint", blocks: true, config: func(cfg *aws.Config) {
		cfg.BaseEndpoint = aws.String("https://payroll.s3.eu-west-1.amazonaws.com")
	}},
	header("X-Amz-Target", "DynamoDB_20120810.DeleteItem"),
	header("x-amz-target", "DynamoDB_20120810.DeleteItem"),
	header("X-AMZ-TARGET", "DynamoDB_20120810.DeleteItem"),
	header("X-Amz-Acl", "public-read"),
	header("x-amz-grant-read", "id=1"),
	header("X-Amz-Copy-Source", "payroll/1001"),
	header("x-amz-copy-source", "payroll/1001"),
	{name: "another's signature", blocks: true, request: func(r *http.Request) {
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+awskey.ID(foreign)+"/20261121/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0")
	}},
	{name: "a signature that begins otherwise", request: oddlySigned(account)},
	{name: "another's that does", blocks: true, request: oddlySigned(foreign)},
	{name: "no signature", blocks: true, request: func(r *http.Request) { r.Header.Del("Authorization") }},
	{name: "another method", blocks: true, request: func(r *http.Request) { r.Method = http.MethodDelete }},
	{name: "another path", blocks: true, request: func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/payroll/1001", "" }},
	{name: "a spelling of the path", request: escape(false)},
	{name: "a spelling of the bucket", blocks: true, config: inPath, request: escape(true)},
	{name: "the bucket in the path", config: inPath},
	{name: "a spelling of another path", request: func(r *http.Request) { r.URL.RawPath = "/..%2fpayroll%2f1001" }},
	{name: "an opaque URL", blocks: true, request: func(r *http.Request) { r.URL.Opaque = "//evil.example/" }},
	{name: "another query", blocks: true, request: func(r *http.Request) { r.URL.RawQuery = "acl" }},
	{name: "another host", blocks: true, request: func(r *http.Request) { r.URL.Host = "evil.example" }},
	{name: "another host header", blocks: true, request: func(r *http.Request) { r.Host = "payroll.s3.eu-west-1.amazonaws.com" }},
	{name: "another scheme", blocks: true, request: func(r *http.Request) { r.URL.Scheme = "http" }},
	{name: "a user", blocks: true, request: func(r *http.Request) { r.URL.User = url.User("orders") }},
	{name: "a fragment", request: func(r *http.Request) { r.URL.Fragment = "payroll" }},
	{name: "another's signature first", blocks: true, request: func(r *http.Request) {
		own := r.Header.Get("Authorization")
		r.Header["Authorization"] = []string{strings.Replace(own, awskey.ID(account), awskey.ID(foreign), 1), own}
	}},
	{name: "a signature for another region", blocks: true, request: func(r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "eu-west-1", "us-east-1", 1))
	}},
	{name: "another port", blocks: true, request: func(r *http.Request) { r.URL.Host += ":8443" }},
	{name: "two targets", blocks: true, request: func(r *http.Request) { r.Header["X-Amz-Target"] = []string{r.Header.Get("X-Amz-Target"), "a"} }},
	{name: "a target in place of a header that is not signed", blocks: true, request: swap("User-Agent", "x-amz-target", "DynamoDB_20120810.DeleteItem")},
	{name: "an access list in place of one", blocks: true, request: swap("User-Agent", "x-amz-acl", "public-read")},
	{name: "a target that is signed", blocks: true, unsigned: swap("", "X-Amz-Target", "DynamoDB_20120810.DeleteItem")},
	{name: "another one that is", blocks: true, unsigned: swap("", "x-amz-target", "DynamoDB_20120810.DeleteItem")},
	{name: "a signed target in place of a signed header", blocks: true, unsigned: swap("Accept-Encoding", "x-amz-target", "DynamoDB_20120810.DeleteItem")},
	{name: "a signed access list in place of a signed header", blocks: true, unsigned: swap("Accept-Encoding", "X-Amz-ACL", "public-read")},
	{name: "a signed access list in place of one that is not", blocks: true, unsigned: swap("User-Agent", "x-amz-acl", "public-read")},
	{name: "a header less", unsigned: swap("Accept-Encoding", "", "")},
	{name: "an ordinary header", request: func(r *http.Request) { r.Header.Set("X-Request-Id", "1") }},
}

// escape escapes the first letter of the path that may stand for itself.
func escape(first bool) func(*http.Request) {
	return func(r *http.Request) {
		path := r.URL.EscapedPath()
		i := strings.LastIndexByte(path, '/') + 1
		if first {
			i = 1
		}
		if i < len(path) && path[i] != '%' {
			r.URL.RawPath = fmt.Sprintf("%s%%%02x%s", path[:i], path[i], path[i+1:])
		}
	}
}

// inPath makes clients of S3 name the bucket in the path.
func inPath(cfg *aws.Config) {
	cfg.ServiceOptions = append(cfg.ServiceOptions, func(_ string, options any) {
		if o, ok := options.(*s3.Options); ok {
			o.UsePathStyle = true
		}
	})
}

// swap takes one header away and puts another in.
func swap(old, name, value string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del(old)
		if name != "" {
			r.Header[name] = []string{value}
		}
	}
}

func header(name, value string) change {
	return change{name: name, blocks: true, request: func(r *http.Request) { r.Header[name] = []string{value} }}
}

func oddlySigned(account string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 X=1, Credential="+awskey.ID(account)+"/20261121/eu-west-1/s3/aws4_request, Signature=0")
	}
}

func keyOf(account string) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(awskey.ID(account), "secret", "")
}

// on is an attempt behind a fence, with the change.
func (c change) on(t *testing.T, f *wrapper.Fence, alone bool) attempt {
	cfg := aws.Config{Region: "eu-west-1", HTTPClient: &http.Client{Transport: answering{}}, Credentials: keyOf(account)}
	if c.config != nil {
		c.config(&cfg)
	}
	f.AWS(&cfg)
	if alone {
		cfg.HTTPClient = &http.Client{Transport: answering{}}
	}
	if c.unsigned != nil {
		cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
			return stack.Finalize.Insert(step(c.unsigned), "Signing", middleware.Before)
		})
	}
	if c.request != nil {
		cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
			return stack.Finalize.Add(step(c.request), middleware.After)
		})
	}
	return attempt{t.Context(), cfg}
}

// step is a step of the SDK's stack that changes requests.
func step(change func(*http.Request)) middleware.FinalizeMiddleware {
	return middleware.FinalizeMiddlewareFunc("change", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		change(in.Request.(*smithyhttp.Request).Request)
		return next.HandleFinalize(ctx, in)
	})
}

// TestApprovalOfABucket: an approval for all objects of a bucket is none where a rule
// denies some of them, and the other guard sees what becomes of the path.
func TestApprovalOfABucket(t *testing.T) {
	const allow = "mode: enforce\nallow: [{aws: s3, access: read, resources: [orders]}]\n"
	const inHost = "orders.s3.eu-west-1.amazonaws.com"
	for name, doc := range map[string]string{
		"a resource":              allow + "deny: [{aws: s3, resources: [orders/secret/*]}]\n",
		"a resource in any":       allow + "deny: [{aws: '*', resources: ['*/secret/*']}]\n",
		"a path":                  allow + "deny: [{host: " + inHost + ", paths: [/secret/**]}]\n",
		"a path by any method":    allow + "deny: [{host: '**', paths: ['/s*/**']}]\n",
		"all but what begins so":  "mode: enforce\nallow: [{aws: s3, resources: ['orders/k*']}]\n",
		"all but what ends so":    "mode: enforce\nallow: [{aws: s3, resources: ['orders/*k', 'orders/k?']}]\n",
		"all but one":             "mode: enforce\nallow: [{aws: s3, resources: [orders/k, orders/k1, orders/k2, orders/k3]}]\n",
		"what a rule for paths":   "mode: enforce\nallow: [{host: " + inHost + ", paths: ['/k*']}]\n",
		"the bucket's other host": allow + "deny: [{aws: s3, operations: [GetObject], resources: [orders/secret/*], endpoint: " + inHost + "}]\n",
	} {
		f := fenceBy(t, doc)
		for i := range 12 {
			for _, key := range []string{"k", fmt.Sprintf("k%d", i%4)} {
				if key == "k0" {
					key = "k"
				}
				if err := object("orders", key)(changes[0].on(t, f, false)); err != nil {
					t.Errorf("%s: %s: %v", name, key, err)
				}
			}
			if err := object("orders", "secret/k4")(changes[0].on(t, f, false)); !errors.Is(err, wrapper.ErrBlocked) {
				t.Errorf("%s: a key that is denied: %v", name, err)
			}
		}
	}

	f := fenceBy(t, allow)
	for _, tt := range []struct {
		name    string
		between func(*http.Request)
		blocked bool
	}{
		{"nothing", func(*http.Request) {}, false},
		{"another key", func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/other", "" }, false}, // judged as it is sent
		{"another bucket", func(r *http.Request) { r.URL.Host = "payroll.s3.eu-west-1.amazonaws.com" }, true},
		{"an odd spelling", func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/in/../k", "/in/%2e./k" }, true},
		{"the same again", func(*http.Request) {}, false},
	} {
		for i := range 4 {
			a := changes[0].on(t, f, false)
			client := a.cfg.HTTPClient.(*http.Client)
			a.cfg.HTTPClient = smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
				tt.between(r)
				return client.Do(r)
			})
			if err := object("orders", fmt.Sprintf("in/%d", i))(a); errors.Is(err, wrapper.ErrBlocked) != tt.blocked {
				t.Errorf("%s between the guards: %v", tt.name, err)
			}
		}
	}
}

// TestApprovalLeavesNoRoom: an approval that somebody made sure to have, of a request
// with a header more than its signature names, or with a name more in its signature, is
// no way in for one that has another header there: signed in order, and judged anew.
func TestApprovalLeavesNoRoom(t *testing.T) {
	const names = "SignedHeaders="
	signed := ""
	for _, tt := range []struct {
		name                string
		call                func(attempt) error
		before, after, evil func(*http.Request)
	}{
		{"a length among the headers", get("orders"), swap("", "Content-Length", "0"), nil, swap("", "x-amz-target", "DynamoDB_20120810.DeleteItem")},
		{"a host among the headers", get("orders"), swap("", "Host", "dynamodb.eu-west-1.amazonaws.com"), nil, swap("", "x-amz-target", "DynamoDB_20120810.DeleteItem")},
		{"two spellings", get("orders"), func(r *http.Request) {
			r.Header["x-app"], r.Header["X-App"] = []string{"1"}, []string{"1"}
		}, nil, func(r *http.Request) {
			r.Header["X-App"], r.Header["x-amz-target"] = []string{"1"}, []string{"DynamoDB_20120810.DeleteItem"}
		}},
		{"a small spelling", get("orders"), swap("", "x-app", "1"), nil, func(r *http.Request) {
			r.Header["X-App"], r.Header["x-amz-target"] = []string{"1"}, []string{"DynamoDB_20120810.DeleteItem"}
			r.Header.Del("Accept-Encoding")
		}},
		{"a signature that names more", put("orders", "1001"), nil, func(r *http.Request) {
			r.Header["x-amz-date"] = r.Header["X-Amz-Date"]
			head, rest, _ := strings.Cut(r.Header.Get("Authorization"), names)
			_, sum, _ := strings.Cut(rest, ",")
			r.Header.Set("Authorization", head+names+signed+","+sum)
		}, swap("", "X-Amz-Acl", "public-read")},
	} {
		remembers := fenceBy(t, `{mode: enforce, allow: [
			{aws: dynamodb, operations: [GetItem], resources: [table/orders]},
			{aws: s3, access: [read, write], resources: [orders]}]}`)
		evil := change{unsigned: tt.evil, request: func(r *http.Request) {
			_, rest, _ := strings.Cut(r.Header.Get("Authorization"), names)
			signed, _, _ = strings.Cut(rest, ",")
		}}
		if err := tt.call(evil.on(t, remembers, false)); !errors.Is(err, wrapper.ErrBlocked) {
			t.Errorf("%s: at once: %v", tt.name, err)
		}
		for range 4 {
			if err := tt.call(change{unsigned: tt.before, request: tt.after}.on(t, remembers, false)); err != nil {
				t.Errorf("%s: the first: %v", tt.name, err)
			}
		}
		if err := tt.call(evil.on(t, remembers, false)); !errors.Is(err, wrapper.ErrBlocked) {
			t.Errorf("%s: behind an approval: %v", tt.name, err)
		}
	}
}

// TestApprovalKnowsItsService: what was allowed as an operation of one service, because
// somebody said that it is one of it, is not allowed as what it is.
func TestApprovalKnowsItsService(t *testing.T) {
	a := changes[0].on(t, fenceBy(t, "{mode: enforce, allow: [{aws: apigatewayv2}]}"), false)
	tag := func(options ...func(*apigateway.Options)) error {
		return errOf(apigateway.NewFromConfig(a.cfg, options...).TagResource(a, &apigateway.TagResourceInput{
			ResourceArn: aws.String("arn:aws:apigateway:eu-west-1::/restapis/x"), Tags: map[string]string{"a": "b"},
		}))
	}
	renamed := apigateway.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("renamed", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			return next.HandleInitialize(middleware.WithServiceID(ctx, "ApiGatewayV2"), in)
		}), middleware.After)
	})
	for range 4 {
		if err := tag(renamed); err != nil {
			t.Errorf("under the name of the service that is allowed: %v", err)
		}
		if err := tag(); !errors.Is(err, wrapper.ErrBlocked) {
			t.Errorf("under its own name: %v", err)
		}
	}
}

// TestAttemptsAtOnce: a step of the SDK's stack that has each request sent twice at once
// has two verdicts, and the guard that it runs shows nothing of them.
func TestAttemptsAtOnce(t *testing.T) {
	a := changes[0].on(t, fenceBy(t, "{mode: enforce, allow: [{aws: dynamodb, resources: [table/orders]}]}"), false)
	a.cfg.APIOptions = append(a.cfg.APIOptions, func(stack *middleware.Stack) error {
		ids := stack.Deserialize.List()
		guard, _ := stack.Deserialize.Get(ids[len(ids)-1])
		return stack.Deserialize.Insert(middleware.DeserializeMiddlewareFunc("twice", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (out middleware.DeserializeOutput, md middleware.Metadata, err error) {
			var other error
			twin := middleware.DeserializeInput{Request: in.Request.(*smithyhttp.Request).Clone()}
			var group sync.WaitGroup
			group.Go(func() { _, _, other = next.HandleDeserialize(ctx, twin) })
			out, md, err = next.HandleDeserialize(ctx, in)
			group.Wait()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
				if s := fmt.Sprintf(verb, guard); s != guard.ID() {
					t.Errorf("printed by %s, the guard is %s", verb, s)
				}
			}
			return out, md, errors.Join(err, other)
		}), guard.ID(), middleware.Before)
	})
	for range 2000 {
		if err := get("orders")(a); err != nil {
			t.Fatal(err)
		}
	}
}
