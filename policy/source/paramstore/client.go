package paramstore

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/logging"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A lazyClient is the client of one parameter, made when it is first used: a
// fence that is switched off, or falls back, does not pay for it.
type lazyClient struct {
	given  *aws.Config // of WithConfig
	region string      // of an ARN

	making chan struct{} // one at a time: it has room for one
	made   *client
}

// A client reaches SSM over connections that nobody else uses.
type client struct {
	*ssm.Client
	transport *http.Transport
	region    string
	secrets   *secrets
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
	// The SDK's own buildable client, so that AWS_CA_BUNDLE and the proxy
	// variables hold. It does not come from http.DefaultTransport, which the
	// fence guards and which any library may have changed.
	private := awshttp.NewBuildableClient()
	var cfg aws.Config
	if l.given != nil {
		cfg = l.given.Copy()
		if b, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
			// What the SDK made of AWS_CA_BUNDLE. A guarded client is of another type.
			theirs := b.GetTransport()
			private = private.WithTransportOptions(func(t *http.Transport) {
				t.TLSClientConfig, t.Proxy = theirs.TLSClientConfig, theirs.Proxy
			})
		}
	} else {
		var err error
		cfg, err = config.LoadDefaultConfig(ctx, config.WithHTTPClient(private), config.WithLogger(logging.Nop{}))
		if err != nil {
			return nil, &failure{"the AWS configuration cannot be read: " + (*secrets)(nil).reason(err), err}
		}
		if b, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
			private = b // with the certificates of AWS_CA_BUNDLE
		}
	}
	if l.region != "" {
		cfg.Region = l.region // SSM knows the parameters of its own region only
	}
	if cfg.Region == "" {
		return nil, errors.New("no region: set AWS_REGION, as Lambda does by itself")
	}
	l.made = newClient(cfg, private.GetTransport())
	return l.made, nil
}

func newClient(cfg aws.Config, transport *http.Transport) *client {
	cfg.HTTPClient = &http.Client{
		Transport: capped{transport},
		// SSM does not redirect. Whoever does would be sent a signed request.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	// What a guard, a tracer or a debugger put into the config stays out.
	cfg.APIOptions, cfg.ServiceOptions = nil, nil
	cfg.Interceptors = smithyhttp.InterceptorRegistry{}
	cfg.Retryer, cfg.RetryMode, cfg.RetryMaxAttempts = nil, "", 0
	cfg.Logger, cfg.ClientLogMode = logging.Nop{}, 0
	var known *secrets
	if cfg.Credentials != nil {
		known = &secrets{CredentialsProvider: cfg.Credentials}
		cfg.Credentials = known
	}
	return &client{ssm.NewFromConfig(cfg), transport, cfg.Region, known}
}

// rest closes what is idle. The next load comes a minute later, or after the
// sandbox was frozen for longer: a connection that died meanwhile would cost
// that load its time.
func (c *client) rest() { c.transport.CloseIdleConnections() }

// maxAnswer is the most that SSM has to say in one answer: 50 versions of an
// advanced parameter, with room for what JSON escapes.
const maxAnswer = 4 << 20

// capped ends an answer that has no end.
type capped struct{ http.RoundTripper }

func (c capped) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Body = &cappedBody{resp.Body, maxAnswer}
	}
	return resp, err
}

type cappedBody struct {
	io.ReadCloser
	left int
}

func (b *cappedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, tooLong{}
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

type tooLong struct{}

func (tooLong) Error() string        { return "an answer without end" }
func (tooLong) RetryableError() bool { return false }
