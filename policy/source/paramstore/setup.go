package paramstore

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A setup says where SSM is asked, and as whom.
type setup struct {
	region      string
	endpoint    string // one's own; empty: that of the region
	fips, dual  bool   // which of the region's
	credentials aws.CredentialsProvider
	transport   *http.Transport
}

// private returns the SDK's own transport, by which the proxy variables hold. It
// does not come from http.DefaultTransport, which the fence guards and which any
// library may have changed.
func private() *http.Transport { return awshttp.NewBuildableClient().GetTransport() }

// fromEnvironment reads what Lambda gives. The SDK's LoadDefaultConfig would
// read files and know more ways to credentials, and link the clients of three
// services for them: that costs a cold start more than the fetch. Variables mean
// what they mean to the SDK.
func fromEnvironment(region string) (*setup, error) {
	s := &setup{transport: private()}
	// SSM knows the parameters of its own region only, so an ARN's comes first.
	if s.region = cmp.Or(region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")); s.region == "" {
		return nil, errNoRegion
	}
	var ignore bool
	err := errors.Join(
		truth(&s.fips, "AWS_USE_FIPS_ENDPOINT"),
		truth(&s.dual, "AWS_USE_DUALSTACK_ENDPOINT"),
		truth(&ignore, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
		trust(s.transport, os.Getenv("AWS_CA_BUNDLE")),
	)
	if err != nil {
		return nil, fmt.Errorf("the AWS configuration cannot be read: %w", err)
	}
	if !ignore {
		s.endpoint = cmp.Or(os.Getenv("AWS_ENDPOINT_URL_SSM"), os.Getenv("AWS_ENDPOINT_URL"))
	}
	s.credentials, err = credentialsOfEnvironment(s.transport)
	return s, err
}

var errNoRegion = errors.New("no region: set AWS_REGION, as Lambda does by itself")

// truth reads a variable that is true or false, or not set.
func truth(to *bool, variable string) error {
	switch v := os.Getenv(variable); {
	case strings.EqualFold(v, "true"):
		*to = true
	case v != "" && !strings.EqualFold(v, "false"):
		return fmt.Errorf("%s: want true or false", variable)
	}
	return nil
}

// trust makes a file of certificates all that t trusts.
func trust(t *http.Transport, bundle string) error {
	if bundle == "" {
		return nil
	}
	pem, err := os.ReadFile(bundle)
	if err != nil {
		return fmt.Errorf("AWS_CA_BUNDLE: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return errors.New("AWS_CA_BUNDLE: no certificate in it")
	}
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.TLSClientConfig.RootCAs = roots
	return nil
}

// fromConfig takes what WithConfig says that it takes. What a guard, a tracer or
// a debugger put into the config stays out.
func fromConfig(ctx context.Context, cfg *aws.Config, region string) (*setup, error) {
	s := &setup{region: cmp.Or(region, cfg.Region), credentials: cfg.Credentials, transport: private()}
	if s.region == "" {
		return nil, errNoRegion
	}
	if b, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		// What the SDK made of AWS_CA_BUNDLE. A guarded client is of another type.
		theirs := b.GetTransport()
		s.transport.TLSClientConfig, s.transport.Proxy = theirs.TLSClientConfig, theirs.Proxy
	}
	s.endpoint = aws.ToString(cfg.BaseEndpoint)
	if own, ok := endpointOf(ctx, cfg.ConfigSources); ok {
		s.endpoint = own
	}
	fips, _ := firstOf(ctx, cfg.ConfigSources, fipsSource.GetUseFIPSEndpoint)
	dual, _ := firstOf(ctx, cfg.ConfigSources, dualSource.GetUseDualStackEndpoint)
	s.fips, s.dual = fips == aws.FIPSEndpointStateEnabled, dual == aws.DualStackEndpointStateEnabled
	return s, nil
}

// These are what a service client asks the sources of a configuration for: the
// environment and the files that LoadDefaultConfig has read.
type (
	endpointSource interface {
		GetServiceBaseEndpoint(ctx context.Context, service string) (string, bool, error)
	}
	ignoreSource interface {
		GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error)
	}
	fipsSource interface {
		GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error)
	}
	dualSource interface {
		GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error)
	}
)

// firstOf returns what the first source says that knows.
func firstOf[S, V any](ctx context.Context, sources []any, ask func(S, context.Context) (V, bool, error)) (V, bool) {
	for _, source := range sources {
		if s, ok := source.(S); ok {
			if v, found, err := ask(s, ctx); found || err != nil {
				return v, found && err == nil
			}
		}
	}
	return *new(V), false
}

// endpointOf returns the endpoint that is set for SSM alone, by the rules of the
// SDK: AWS_ENDPOINT_URL in the environment beats SSM's in a file.
func endpointOf(ctx context.Context, sources []any) (string, bool) {
	_, ofAll := os.LookupEnv("AWS_ENDPOINT_URL")
	_, ofSSM := os.LookupEnv("AWS_ENDPOINT_URL_SSM")
	ignore, _ := firstOf(ctx, sources, ignoreSource.GetIgnoreConfiguredEndpoints)
	if ofAll && !ofSSM || ignore {
		return "", false
	}
	return firstOf(ctx, sources, func(s endpointSource, ctx context.Context) (string, bool, error) {
		return s.GetServiceBaseEndpoint(ctx, "SSM")
	})
}

// url returns where requests are sent.
func (s *setup) url() (*url.URL, error) {
	if strings.Trim(s.region, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return nil, fmt.Errorf("%.40q is no region", s.region) // it is to be part of a host
	}
	if s.endpoint == "" {
		return &url.URL{Scheme: "https", Host: s.host(), Path: "/"}, nil
	}
	if s.fips || s.dual {
		// Either one asks for an endpoint of AWS's that the other one is not.
		return nil, errors.New("the endpoint is set (AWS_ENDPOINT_URL), and FIPS or dual-stack too: they exclude each other")
	}
	u, err := url.Parse(s.endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("the endpoint (AWS_ENDPOINT_URL) cannot be read: want such as https://host:port")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: cmp.Or(u.Path, "/"), RawPath: u.RawPath}, nil
}

// host returns SSM's own host in the region.
func (s *setup) host() string {
	host := awshost.Endpoint("ssm", s.region)
	if s.dual {
		host = "ssm." + s.region + "." + awshost.DualStack(s.region)
	}
	// In GovCloud the usual endpoint is validated.
	if s.fips && (s.dual || awshost.Partition(s.region) != "aws-us-gov") {
		host = "ssm-fips" + strings.TrimPrefix(host, "ssm")
	}
	return host
}
