package paramstore

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// asInLambda sets the environment to what Lambda gives, and to set.
func asInLambda(t *testing.T, set map[string]string) {
	t.Helper()
	for _, name := range []string{
		"AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT",
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_ACCESS_KEY", "AWS_SECRET_KEY",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
	} {
		t.Setenv(name, "") // put back at the end
		os.Unsetenv(name)
	}
	for name, value := range map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "very-secret-key", "AWS_SESSION_TOKEN": "very-secret-token",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
	} {
		t.Setenv(name, value)
	}
	for name, value := range set {
		t.Setenv(name, value)
	}
}

// catch notes where a request goes.
type catch struct{ url string }

func (c *catch) Do(req *http.Request) (*http.Response, error) {
	c.url = req.URL.String()
	return httptest.NewRecorder().Result(), nil
}

// sdkURL returns where the SDK's own client asks, or "".
func sdkURL(t *testing.T, cfg aws.Config) string {
	t.Helper()
	var caught catch
	cfg.HTTPClient = &caught
	_, _ = ssm.NewFromConfig(cfg).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/fence/orders")})
	return caught.url
}

func ourURL(s *setup, err error) (string, error) {
	if err != nil {
		return "", err
	}
	u, err := s.url()
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// same fails the test unless SSM is asked where the SDK asks it, by the
// environment alone and by a config of LoadDefaultConfig.
func same(t *testing.T, name string) {
	t.Helper()
	cfg, err := config.LoadDefaultConfig(t.Context())
	want := ""
	if err == nil {
		want = sdkURL(t, cfg)
		if got, err := ourURL(fromConfig(t.Context(), &cfg, "")); got != want {
			t.Errorf("%s: WithConfig asks %q (%v), the SDK %q", name, got, err, want)
		}
	}
	if got, err := ourURL(fromEnvironment("")); got != want {
		t.Errorf("%s: %q (%v), the SDK asks %q", name, got, err, want)
	}
}

// SSM is asked where the SDK asks it, in each partition.
func TestEndpointOfARegion(t *testing.T) {
	for _, region := range []string{
		"us-east-1", "eu-west-1", "ap-southeast-7", "cn-north-1", "us-gov-west-1", "us-gov-east-1",
		"us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1", "xx-new-9",
	} {
		for _, fips := range []string{"", "true", "FALSE"} {
			for _, dual := range []string{"", "true", "false"} {
				asInLambda(t, map[string]string{"AWS_REGION": region, "AWS_USE_FIPS_ENDPOINT": fips, "AWS_USE_DUALSTACK_ENDPOINT": dual})
				same(t, region+" fips "+fips+" dual "+dual)
			}
		}
	}
}

// The variables of an endpoint mean what they mean to the SDK.
func TestEndpointOfOnesOwn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	text := "[default]\nservices = mine\n[services mine]\nssm =\n  endpoint_url = https://file.example\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const all, ours = "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM"
	for _, tt := range []struct {
		name string
		set  map[string]string
	}{
		{"none", nil},
		{"all", map[string]string{all: "http://127.0.0.1:4566"}},
		{"SSM's", map[string]string{ours: "https://vpce-1.ssm.eu-west-1.vpce.amazonaws.com"}},
		{"both", map[string]string{all: "http://all.example", ours: "http://ssm.example:8080"}},
		{"empty", map[string]string{all: "", ours: ""}},
		{"ignored", map[string]string{all: "http://all.example", ours: "http://ssm.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}},
		{"not ignored", map[string]string{all: "http://all.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "False"}},
		{"with a path", map[string]string{all: "https://proxy.example/ssm/"}},
		{"with an escaped path", map[string]string{all: "https://proxy.example/a%2Fb/"}},
		{"with FIPS", map[string]string{all: "http://all.example", "AWS_USE_FIPS_ENDPOINT": "true"}},
		{"with dual-stack", map[string]string{ours: "http://ssm.example", "AWS_USE_DUALSTACK_ENDPOINT": "true"}},
		{"no truth", map[string]string{"AWS_USE_FIPS_ENDPOINT": "yes"}},
		{"no region", map[string]string{"AWS_REGION": ""}},
		{"the other region", map[string]string{"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-west-2"}},
		{"a region that would be another host", map[string]string{"AWS_REGION": "evil.example/#"}},
	} {
		asInLambda(t, tt.set)
		same(t, tt.name)
	}
	// Files are read by LoadDefaultConfig alone.
	for _, set := range []map[string]string{{}, {all: "http://all.example"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}} {
		asInLambda(t, set)
		t.Setenv("AWS_CONFIG_FILE", file)
		cfg, err := config.LoadDefaultConfig(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ourURL(fromConfig(t.Context(), &cfg, "")); got != sdkURL(t, cfg) {
			t.Errorf("%v: %q, %v; the SDK asks %q", set, got, err, sdkURL(t, cfg))
		}
	}
}

// What cannot be an endpoint is told without what may be a password in it.
func TestEndpointThatIsNone(t *testing.T) {
	for _, endpoint := range []string{"evil.example", "ftp://evil.example", "https://", "https:///x", "http://u:s3cret@[", "://s3cret"} {
		asInLambda(t, map[string]string{"AWS_ENDPOINT_URL": endpoint})
		got, err := ourURL(fromEnvironment(""))
		if err == nil || !strings.Contains(err.Error(), "AWS_ENDPOINT_URL") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %q, %v", endpoint, got, err)
		}
	}
	asInLambda(t, map[string]string{"AWS_ENDPOINT_URL": "https://u:s3cret@ssm.example/?x=s3cret#s3cret"})
	if got, err := ourURL(fromEnvironment("")); got != "https://ssm.example/" {
		t.Errorf("%q, %v", got, err)
	}
}

// An ARN says where its parameter is.
func TestRegionOfAnARN(t *testing.T) {
	asInLambda(t, nil)
	for _, tt := range []struct{ arn, want string }{
		{"arn:aws:ssm:us-west-2:123456789012:parameter/shared", "https://ssm.us-west-2.amazonaws.com/"},
		{"arn:aws:ssm:evil.example/:123456789012:parameter/shared", ""},
		{"arn:aws:ssm:a@evil.example:123456789012:parameter/shared", ""},
	} {
		p := New(tt.arn)
		c, err := p.client.get(t.Context())
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s: %s is asked", tt.arn, c.endpoint)
			}
			continue
		}
		if err != nil || c.endpoint.String() != tt.want || c.region != "us-west-2" {
			t.Errorf("%s: %+v, %v", tt.arn, c, err)
		}
	}
}
