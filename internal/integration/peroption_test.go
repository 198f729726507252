package integration

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// A peroption row is what a single call is told, and what then becomes of
// GetObject from a bucket that is allowed and one that is not.
type peroption struct {
	what   string
	option func(*testing.T, *wrapper.Fence, *cloud) func(*s3.Options)

	allowed, other []string // events
	sent           [2]bool  // whether either is sent
}

const (
	ownRead = "S3:GetObject arn:aws:s3:::option-orders/1001"
	payRead = "S3:GetObject arn:aws:s3:::option-payroll/1001"
)

// What the policy of TestPerCallOptions makes of the two calls.
var ownAllowed, payBlocked = []string{"allowed " + ownRead}, []string{"blocked " + payRead}

var perOptions = []peroption{
	{
		what:    "nothing",
		option:  func(*testing.T, *wrapper.Fence, *cloud) func(*s3.Options) { return func(*s3.Options) {} },
		allowed: ownAllowed, other: payBlocked, sent: [2]bool{true, false},
	},

	// Without the guard of the operation, that of the HTTP client reads the same
	// from the request.
	{
		what: "the guard removed", option: steps(func(s *middleware.Stack) {
			for _, id := range s.Deserialize.List() {
				if strings.HasPrefix(id, "lambdafence") {
					s.Deserialize.Remove(id)
				}
			}
		}),
		allowed: ownAllowed, other: payBlocked, sent: [2]bool{true, false},
	},
	{
		what: "no API options at all",
		option: func(*testing.T, *wrapper.Fence, *cloud) func(*s3.Options) {
			return func(o *s3.Options) { o.APIOptions = nil }
		},
		allowed: ownAllowed, other: payBlocked, sent: [2]bool{true, false},
	},
	{
		what: "the guard removed where the input is read", option: steps(func(s *middleware.Stack) {
			for _, id := range s.Serialize.List() {
				if strings.HasPrefix(id, "lambdafence") {
					s.Serialize.Remove(id)
				}
			}
		}),
		allowed: []string{"blocked S3:GetObject"}, other: []string{"blocked S3:GetObject"},
	},
	{
		what:    "the step Finalize cleared", // no endpoint, no signature
		option:  steps(func(s *middleware.Stack) { s.Finalize.Clear() }),
		allowed: nil, other: nil,
	},
	{
		what:    "the step Serialize cleared",
		option:  steps(func(s *middleware.Stack) { s.Serialize.Clear() }),
		allowed: []string{"blocked S3:GetObject"}, other: []string{"blocked S3:GetObject"},
	},
	{
		what: "every step cleared", option: steps(func(s *middleware.Stack) {
			s.Initialize.Clear()
			s.Serialize.Clear()
			s.Build.Clear()
			s.Finalize.Clear()
			s.Deserialize.Clear()
		}),
		allowed: nil, other: nil,
	},

	// With another HTTP client the guard of the operation still judges.
	{
		what:    "another HTTP client",
		option:  unguarded,
		allowed: ownAllowed, other: payBlocked, sent: [2]bool{true, false},
	},
	{
		what: "another HTTP client that the fence guards, and no API options",
		option: func(_ *testing.T, f *wrapper.Fence, c *cloud) func(*s3.Options) {
			return func(o *s3.Options) {
				o.APIOptions, o.HTTPClient = nil, &http.Client{Transport: f.Transport(c.transport())}
			}
		},
		allowed: ownAllowed, other: payBlocked, sent: [2]bool{true, false},
	},
	{
		what: "a client that only dials by the fence, and no API options",
		option: func(_ *testing.T, f *wrapper.Fence, _ *cloud) func(*s3.Options) {
			return func(o *s3.Options) {
				o.APIOptions, o.HTTPClient = nil, &http.Client{Transport: &http.Transport{DialContext: f.DialContext}}
			}
		},
		allowed: []string{"blocked tcp option-orders.s3.eu-west-1.amazonaws.com:443"}, other: []string{"blocked tcp option-payroll.s3.eu-west-1.amazonaws.com:443"},
	},
	{
		// Nothing of the fence is left on the way: nothing is seen. So says
		// docs/threat-model.md of a transport that nobody wrapped.
		what: "another HTTP client, and no API options",
		option: func(t *testing.T, f *wrapper.Fence, c *cloud) func(*s3.Options) {
			return func(o *s3.Options) {
				unguarded(t, f, c)(o)
				o.APIOptions = nil
			}
		},
		sent: [2]bool{true, true},
	},

	// Where it goes and who signs.
	{
		what: "another endpoint", option: optionOf(func(o *s3.Options) { o.BaseEndpoint = aws.String("https://s3.evil.example") }),
		allowed: []string{"blocked " + ownRead + " at option-orders.s3.evil.example"}, other: []string{"blocked " + payRead + " at option-payroll.s3.evil.example"},
	},
	{
		what: "another endpoint and another HTTP client", option: func(t *testing.T, f *wrapper.Fence, c *cloud) func(*s3.Options) {
			return func(o *s3.Options) {
				unguarded(t, f, c)(o)
				o.BaseEndpoint = aws.String("https://s3.evil.example")
			}
		},
		allowed: []string{"blocked " + ownRead + " at option-orders.s3.evil.example"}, other: []string{"blocked " + payRead + " at option-payroll.s3.evil.example"},
	},
	{
		what: "another resolver", option: optionOf(func(o *s3.Options) {
			o.EndpointResolverV2 = resolved("https://option-payroll.s3.eu-west-1.amazonaws.com")
		}),
		allowed: []string{"blocked S3:GetObject"}, other: payBlocked, // the own bucket's name is no part of where it goes
	},
	{
		what: "another region", option: optionOf(func(o *s3.Options) { o.Region = "us-east-1" }),
		allowed: []string{"blocked " + ownRead}, other: payBlocked,
	},
	{
		what: "other credentials", option: optionOf(func(o *s3.Options) { o.Credentials = keysOf(foreign) }),
		allowed: []string{"blocked " + ownRead}, other: payBlocked,
	},
	{
		what: "no credentials", option: optionOf(func(o *s3.Options) { o.Credentials = nil }),
		allowed: []string{"blocked " + ownRead}, other: payBlocked,
	},

	// How often.
	{
		what: "ten attempts", option: optionOf(func(o *s3.Options) { o.RetryMaxAttempts = 10 }),
		allowed: ownAllowed, other: payBlocked, sent: [2]bool{true, false},
	},
	{
		what: "adaptive retries", option: optionOf(func(o *s3.Options) { o.RetryMode, o.RetryMaxAttempts = aws.RetryModeAdaptive, 10 }),
		allowed: ownAllowed, other: payBlocked, sent: [2]bool{true, false},
	},
	{
		// Who retries what says that it is not to be retried is blocked as often.
		what: "a retryer that tries everything again", option: optionOf(func(o *s3.Options) { o.Retryer = stubborn{retry.NewStandard()} }),
		allowed: ownAllowed, other: slices.Repeat(payBlocked, 3), sent: [2]bool{true, false},
	},

	// Steps that write another request.
	{
		what: "another input before it is read", option: steps(func(s *middleware.Stack) {
			s.Initialize.Add(middleware.InitializeMiddlewareFunc("swap", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				in.Parameters = &s3.GetObjectInput{Bucket: aws.String("option-payroll"), Key: aws.String("1001")}
				return next.HandleInitialize(ctx, in)
			}), middleware.Before)
		}),
		allowed: payBlocked, other: payBlocked,
	},
	{
		what: "another path before it is signed", option: steps(func(s *middleware.Stack) {
			s.Finalize.Insert(finalized(func(r *smithyhttp.Request) { r.URL.Path, r.URL.RawPath = "/1002", "/1002" }), "ResolveEndpointV2", middleware.After)
		}),
		allowed: []string{"blocked S3:GetObject"}, other: []string{"blocked S3:GetObject"},
	},
	{
		what: "a source of a copy before it is signed", option: steps(func(s *middleware.Stack) {
			s.Finalize.Insert(finalized(func(r *smithyhttp.Request) {
				r.Method = http.MethodPut
				r.Header.Set("X-Amz-Copy-Source", "option-payroll/1001")
			}), "ResolveEndpointV2", middleware.After)
		}),
		allowed: []string{"blocked S3:(unknown operation)"}, other: []string{"blocked S3:(unknown operation)"},
	},
	{
		what: "another host at the end",
		option: steps(func(s *middleware.Stack) {
			s.Deserialize.Add(last(func(r *smithyhttp.Request) { r.URL.Host = "s3.evil.example" }), middleware.After)
		}),
		allowed: []string{"blocked GET https://s3.evil.example/1001"}, other: payBlocked,
	},
	{
		what: "another bucket at the end", option: steps(func(s *middleware.Stack) {
			s.Deserialize.Add(last(func(r *smithyhttp.Request) { r.URL.Host = "option-payroll.s3.eu-west-1.amazonaws.com" }), middleware.After)
		}),
		allowed: payBlocked, other: payBlocked,
	},
	{
		what: "another method at the end",
		option: steps(func(s *middleware.Stack) {
			s.Deserialize.Add(last(func(r *smithyhttp.Request) { r.Method = http.MethodDelete }), middleware.After)
		}),
		allowed: []string{"blocked S3:DeleteObject arn:aws:s3:::option-orders/1001"}, other: payBlocked,
	},
	{
		what: "another operation by the query at the end",
		option: steps(func(s *middleware.Stack) {
			s.Deserialize.Add(last(func(r *smithyhttp.Request) { r.URL.RawQuery = "acl" }), middleware.After)
		}),
		allowed: []string{"blocked S3:GetObjectAcl arn:aws:s3:::option-orders/1001"}, other: payBlocked,
	},
}

// TestPerCallOptions: what a single call is told by options of its own.
func TestPerCallOptions(t *testing.T) {
	c := cloudOf(t)
	makeBucket(t, c.config(account), "option-orders", "1001", "1002")
	makeBucket(t, c.config(account), "option-payroll", "1001")
	for _, row := range perOptions {
		t.Run(row.what, func(t *testing.T) {
			for i, bucket := range []string{"option-orders", "option-payroll"} {
				f := wrappertest.New(t, "mode: enforce\nallow: [{aws: s3, operations: [GetObject], resources: [option-orders], regions: [eu-west-1]}]")
				cfg := c.config(account)
				f.AWS(&cfg)
				c.reached()
				c.took()
				in := &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("1001")}
				out, err := s3.NewFromConfig(cfg).GetObject(t.Context(), in, row.option(t, f.Fence, c))
				if err == nil {
					out.Body.Close() // else the connection says so at the end of the test
				}
				if row.sent[i] {
					if requests := c.took(); err != nil || len(requests) != 1 {
						t.Errorf("%s: %v, sent %q", bucket, err, requests)
					}
				} else {
					c.wantNothingSent(t)
					if want := [][]string{row.allowed, row.other}[i]; err == nil || errors.Is(err, wrapper.ErrBlocked) != (len(want) > 0) {
						t.Errorf("%s: error %v", bucket, err)
					}
				}
				if diff := cmp.Diff([][]string{row.allowed, row.other}[i], outcomes(f)); diff != "" {
					t.Errorf("%s: events (-want +got)\n%s", bucket, diff)
				}
			}
		})
	}
}

// outcomes returns outcome and call of each event.
func outcomes(f *wrappertest.Fence) (all []string) {
	for _, ev := range f.Events() {
		all = append(all, ev.Outcome.String()+" "+ev.Call.String())
	}
	return all
}

// TestAnotherBody: a step of the stack that writes another body, before it is
// signed, is not seen, as docs/threat-model.md says. What it cannot do is to ask
// for another operation.
func TestAnotherBody(t *testing.T) {
	c := cloudOf(t)
	plain := dynamodb.NewFromConfig(c.config(account))
	for _, table := range []string{"body-orders", "body-payroll"} {
		if _, err := plain.CreateTable(t.Context(), tableOf(table)); err != nil {
			t.Fatal(err)
		}
	}
	f := wrappertest.New(t, "mode: enforce\nallow: [{aws: dynamodb, operations: [GetItem], resources: [table/body-orders]}]")
	cfg := c.config(account)
	f.AWS(&cfg)
	rewrite := func(operation string) func(*dynamodb.Options) {
		return func(o *dynamodb.Options) {
			o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
				return s.Finalize.Insert(finalized(func(r *smithyhttp.Request) {
					body := `{"TableName":"body-payroll","Key":{"id":{"S":"1"}},"Item":{"id":{"S":"1"}}}`
					changed, _ := r.SetStream(strings.NewReader(body))
					*r = *changed
					r.ContentLength = int64(len(body))
					if operation != "" {
						r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
					}
				}), "ResolveEndpointV2", middleware.After)
			})
		}
	}
	in := &dynamodb.GetItemInput{TableName: aws.String("body-orders"), Key: item}
	c.took()
	if _, err := dynamodb.NewFromConfig(cfg).GetItem(t.Context(), in, rewrite("")); errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("it is seen by now: say so in docs/threat-model.md; %v", err)
	}
	c.took()
	c.reached()
	if _, err := dynamodb.NewFromConfig(cfg).GetItem(t.Context(), in, rewrite("PutItem")); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("another operation: %v", err)
	}
	c.wantNothingSent(t)
}

func optionOf(option func(*s3.Options)) func(*testing.T, *wrapper.Fence, *cloud) func(*s3.Options) {
	return func(*testing.T, *wrapper.Fence, *cloud) func(*s3.Options) { return option }
}

func unguarded(_ *testing.T, _ *wrapper.Fence, c *cloud) func(*s3.Options) {
	return func(o *s3.Options) { o.HTTPClient = &http.Client{Transport: c.transport()} }
}

func steps(change func(*middleware.Stack)) func(*testing.T, *wrapper.Fence, *cloud) func(*s3.Options) {
	return optionOf(func(o *s3.Options) {
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			change(s)
			return nil
		})
	})
}

// finalized changes the request where its endpoint is known.
func finalized(change func(*smithyhttp.Request)) middleware.FinalizeMiddleware {
	return middleware.FinalizeMiddlewareFunc("change", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		change(in.Request.(*smithyhttp.Request))
		return next.HandleFinalize(ctx, in)
	})
}

// last changes the request behind every other step.
func last(change func(*smithyhttp.Request)) middleware.DeserializeMiddleware {
	return middleware.DeserializeMiddlewareFunc("change", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		change(in.Request.(*smithyhttp.Request))
		return next.HandleDeserialize(ctx, in)
	})
}

// A stubborn retryer takes every error for one that may pass.
type stubborn struct{ *retry.Standard }

func (stubborn) IsErrorRetryable(error) bool { return true }

func (stubborn) RetryDelay(int, error) (time.Duration, error) { return 0, nil }
