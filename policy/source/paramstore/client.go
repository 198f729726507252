package paramstore

import (
	"context"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// A lazyClient is the client of one parameter, made when it is first used: a
// fence that is switched off, or falls back, does not pay for it.
type lazyClient struct {
	given  *aws.Config // of WithConfig
	region string      // of an ARN

	making chan struct{} // one at a time: it has room for one
	made   *client
}

// A client asks SSM over connections that nobody else uses. It is made of what
// is there when it is made: what the function sets its environment to later does
// not send a fence elsewhere.
type client struct {
	transport *http.Transport
	endpoint  *url.URL
	region    string
	secrets   *secrets // nil: nothing is signed
	signer    *v4.Signer
	skew      atomic.Int64 // nanoseconds that SSM's clock is ahead of ours; 0 if it is nearly right
}

func (l *lazyClient) init(region string) {
	l.region, l.making = region, make(chan struct{}, 1)
}

// get returns the client. If it cannot be made, the next call tries again: what
// was missing may be there by then.
func (l *lazyClient) get(ctx context.Context) (*client, error) {
	select {
	case l.making <- struct{}{}:
		defer func() { <-l.making }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if l.made != nil {
		return l.made, nil
	}
	var s *setup
	var err error
	if l.given != nil {
		s, err = fromConfig(ctx, l.given, l.region)
	} else {
		s, err = fromEnvironment(l.region)
	}
	if err != nil {
		return nil, err
	}
	endpoint, err := s.url()
	if err != nil {
		return nil, err
	}
	l.made = &client{transport: s.transport, endpoint: endpoint, region: s.region, signer: v4.NewSigner()}
	if s.credentials != nil && !aws.IsCredentialsProvider(s.credentials, aws.AnonymousCredentials{}) {
		l.made.secrets = &secrets{CredentialsProvider: s.credentials}
	}
	return l.made, nil
}

// rest closes what is idle. The next load comes a minute later, or after the
// sandbox was frozen for longer: a connection that died meanwhile would cost
// that load its time.
func (c *client) rest() { c.transport.CloseIdleConnections() }
