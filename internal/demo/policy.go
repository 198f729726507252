package main

import (
	"context"
	"fmt"
	"os"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

const (
	parameterName = "/fence/orders"
	liveLabel     = "live"
)

var modeLine = regexp.MustCompile(`(?m)^mode: .*$`)

// A livePolicy is the example's own policy in Parameter Store, with one line more: a proxy on the way is a call of its
// own, and this one is at a loopback address, which is closed unless it is opened.
type livePolicy struct {
	text      string
	parameter *paramstore.Parameter
	version   int64 // that the label is on; 0: there is none yet
}

func newLivePolicy(from string, operator aws.Config, proxyAddr string) (*livePolicy, error) {
	doc, err := os.ReadFile(from)
	if err != nil {
		return nil, err
	}
	if n := len(modeLine.FindAll(doc, -1)); n != 1 {
		return nil, fmt.Errorf("%s: %d lines with a mode, want 1", from, n)
	}
	return &livePolicy{
		text:      string(doc) + "local: [" + proxyAddr + "]\n",
		parameter: paramstore.New(parameterName, paramstore.WithConfig(operator)),
	}, nil
}

// push writes the policy in another mode, unless somebody else wrote one meanwhile, and moves the label to it.
func (p *livePolicy) push(ctx context.Context, mode string) (paramstore.Pushed, error) {
	pushed, err := p.parameter.Push(ctx, []byte(modeLine.ReplaceAllString(p.text, "mode: "+mode)),
		paramstore.Base(p.version), paramstore.SecureString(""), paramstore.Labels(liveLabel))
	if err != nil {
		return pushed, err
	}
	if pushed.Version != p.version+1 {
		return pushed, fmt.Errorf("%s has version %d after version %d", parameterName, pushed.Version, p.version)
	}
	p.version = pushed.Version
	return pushed, nil
}
