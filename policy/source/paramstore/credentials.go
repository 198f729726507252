package paramstore

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
)

var errNoCredentials = errors.New("no AWS credentials in the environment: give the function a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for profiles, SSO and assumed roles use paramstore.WithConfig")

// credentialsOfEnvironment returns the credentials that Lambda puts into the
// environment, or those of the endpoint that the environment names, as in other
// containers.
func credentialsOfEnvironment(t *http.Transport) (aws.CredentialsProvider, error) {
	found := aws.Credentials{
		AccessKeyID:     cmp.Or(os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_ACCESS_KEY")),
		SecretAccessKey: cmp.Or(os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SECRET_KEY")),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
	}
	if found.HasKeys() {
		return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return found, nil }), nil
	}
	endpoint, err := containerEndpoint()
	if err != nil {
		return nil, err
	}
	provider := endpointcreds.New(endpoint, func(o *endpointcreds.Options) {
		o.HTTPClient = &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		o.AuthorizationToken = os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN")
		if file := os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); file != "" {
			o.AuthorizationTokenProvider = endpointcreds.TokenProviderFunc(func() (string, error) {
				token, err := os.ReadFile(file)
				return string(token), err
			})
		}
	})
	return aws.NewCredentialsCache(provider, func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = 5 * time.Minute }), nil
}

// containerEndpoint returns the URL where credentials are to be had.
func containerEndpoint() (string, error) {
	if path := os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); strings.HasPrefix(path, "/") {
		return "http://169.254.170.2" + path, nil
	}
	full := os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	if full == "" {
		return "", errNoCredentials
	}
	u, err := url.Parse(full)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !isContainerHost(u.Hostname())) {
		return "", errors.New("AWS_CONTAINER_CREDENTIALS_FULL_URI: want https, or a host of this machine or of the container service")
	}
	return full, nil
}

// isContainerHost reports whether credentials may be asked for without TLS: from
// this machine, ECS (170.2) and EKS. Anybody else would be handed the token.
func isContainerHost(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	switch addr = addr.Unmap(); addr.String() {
	case "169.254.170.2", "169.254.170.23", "fd00:ec2::23":
		return true
	}
	return addr.IsLoopback()
}
