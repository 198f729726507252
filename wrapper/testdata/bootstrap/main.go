// Command bootstrap is what the tests of wrapper run: a real bootstrap on the
// unmodified aws-lambda-go, with or without a fence.
//
//	BOOTSTRAP_CASE        which handler (see cases)
//	BOOTSTRAP_FENCE       how it is fenced (see start); empty: not at all
//	BOOTSTRAP_SCRATCH     a directory to talk to the test by
//	BOOTSTRAP_INIT_GET    a URL to get before there is a fence
//	BOOTSTRAP_POLICY_URL  where to load the policy from
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/testdata/bootstrap/cases"
)

func main() {
	c := find(os.Getenv("BOOTSTRAP_CASE"))
	if url := os.Getenv("BOOTSTRAP_INIT_GET"); url != "" {
		res, err := http.Get(url)
		if err != nil {
			panic(err)
		}
		_ = res.Body.Close()
		fmt.Println("init", res.Status, res.Proto)
	}
	if how := os.Getenv("BOOTSTRAP_FENCE"); how != "" {
		start(how, c)
	}
	lambda.StartWithOptions(c.Handler, c.Options...)
}

func find(name string) cases.Case {
	for _, c := range cases.All() {
		if c.Name == name {
			return c
		}
	}
	panic("no such case: " + name)
}

// start runs a case behind a fence.
func start(how string, c cases.Case) {
	if how == "wrapper.Start" {
		wrapper.Start(c.Handler, options()...)
	}
	f := wrapper.Must(wrapper.New(context.Background(), options()...))
	cases.Fence = f
	switch how {
	case "fence.Start":
		f.Start(c.Handler, c.Options...)
	case "lambda.Start": // the usual order
		f.GuardDefault()
		cases.TakeClone()
		lambda.Start(f.Wrap(c.Handler, c.Options...))
	case "guard late":
		h := f.Wrap(c.Handler, c.Options...)
		f.GuardDefault()
		cases.TakeClone()
		lambda.Start(h)
	case "guard alone": // no invocation is known to the fence
		f.GuardDefault()
		lambda.StartWithOptions(c.Handler, c.Options...)
	case "warm": // a first run of the handler that Lambda knows nothing of
		f.GuardDefault()
		h := f.Wrap(c.Handler, c.Options...)
		tried, err := h.Invoke(context.Background(), []byte(`{"do":"attack"}`))
		if err != nil {
			panic(err)
		}
		cases.Note("warm", string(tried))
		lambda.Start(h)
	case "two fences":
		other := wrapper.Must(wrapper.New(context.Background(), options()...))
		other.GuardDefault()
		f.GuardDefault()
		cases.TakeClone()
		lambda.Start(f.Wrap(other.Wrap(c.Handler, c.Options...)))
	case "restored":
		restore := f.GuardDefault()
		h := f.Wrap(c.Handler, c.Options...)
		restore()
		lambda.Start(h)
	}
	panic("no such way: " + how)
}

func options() []wrapper.Option {
	opts := []wrapper.Option{wrapper.WithTracerProvider(tellProvider{})}
	if url := os.Getenv("BOOTSTRAP_POLICY_URL"); url != "" {
		opts = append(opts, wrapper.WithPolicy(&remote{url: url}))
	}
	return opts
}
