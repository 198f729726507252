package wrapper_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

const (
	ownAccount  = "111122223333"
	evilAccount = "666677778888"
	awsRegion   = "eu-west-1"
)

// A cloud is a stand-in for AWS that every connection of its clients leads to.
type cloud struct {
	*awsstand.Stand
	server *httptest.Server
	hits   atomic.Int64
	before func(w http.ResponseWriter, r *http.Request) (done bool) // may answer in its place
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{Stand: awsstand.New(awsstand.Config{Region: awsRegion, Account: ownAccount})}
	c.PutParameter("/app/colour", "green")
	c.PutParameter("/other/colour", "red")
	c.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.hits.Add(1)
		if c.before == nil || !c.before(w, r) {
			c.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(c.server.Close)
	return c
}

func (c *cloud) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", c.server.Listener.Addr().String())
}

func (c *cloud) transport() *http.Transport {
	return &http.Transport{DialContext: c.dial, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
}

// config is a configuration signed by the key of an account.
func (c *cloud) config(account string) aws.Config {
	return aws.Config{
		Region:     awsRegion,
		HTTPClient: &http.Client{Transport: c.transport()},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: awskey.ID(account), SecretAccessKey: "secret", SessionToken: "token"}, nil
		}),
	}
}

// awsFence is a fence of a function of ownAccount.
func awsFence(t *testing.T, doc string, opts ...wrapper.Option) (*wrapper.Fence, *[]wrapper.Event) {
	t.Helper()
	events := new([]wrapper.Event)
	opts = append([]wrapper.Option{discard(), sinkTo(events), wrapper.WithPolicy(source.Static("p", []byte(doc))), wrapper.WithEvents(wrapper.All)}, opts...)
	f := wrapper.Must(wrapper.New(t.Context(), opts...))
	wrapper.StartedWith(f, awskey.ID(ownAccount))
	return f, events
}

func read(t *testing.T, cfg aws.Config, name string, opts ...func(*ssm.Options)) (string, error) {
	t.Helper()
	out, err := ssm.NewFromConfig(cfg).GetParameter(t.Context(), &ssm.GetParameterInput{Name: &name}, opts...)
	if err != nil {
		return "", err
	}
	return *out.Parameter.Value, nil
}

const appOnly = "mode: enforce\nallow: [{aws: ssm, access: [read], resources: [\"parameter/app/*\"]}]\n"

// wantEvents compares outcome and call of each event.
func wantEvents(t *testing.T, events *[]wrapper.Event, want ...string) {
	t.Helper()
	var got []string
	for _, ev := range *events {
		got = append(got, ev.Outcome.String()+" "+ev.Call.String())
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("events:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const (
	readApp   = "SSM:GetParameter arn:aws:ssm:eu-west-1:111122223333:parameter/app/colour"
	readOther = "SSM:GetParameter arn:aws:ssm:eu-west-1:111122223333:parameter/other/colour"
)

// TestAWSGuard goes through every kind of HTTP client that a configuration may
// have.
func TestAWSGuard(t *testing.T) {
	for name, client := range map[string]func(*cloud) aws.HTTPClient{
		"http.Client":                     func(c *cloud) aws.HTTPClient { return &http.Client{Transport: c.transport()} },
		"the SDK's, with a dialer of its": func(c *cloud) aws.HTTPClient { return c.buildable() },
		"another":                         func(c *cloud) aws.HTTPClient { return someClient{c.transport()} },
		"a copied http.Client": func(c *cloud) aws.HTTPClient {
			return &http.Client{Transport: struct{ http.RoundTripper }{c.transport()}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			f, events := awsFence(t, appOnly)
			cfg := c.config(ownAccount)
			cfg.HTTPClient = client(c)
			f.AWS(&cfg)
			f.AWS(&cfg) // once more changes nothing
			if v, err := read(t, cfg, "/app/colour"); v != "green" {
				t.Fatal(v, err)
			}
			hits := c.hits.Load()
			_, err := read(t, cfg, "/other/colour")
			if !errors.Is(err, wrapper.ErrBlocked) || c.hits.Load() != hits {
				t.Errorf("error %v, %d requests more", err, c.hits.Load()-hits)
			}
			var blocked *wrapper.BlockedError
			if !errors.As(err, &blocked) || blocked.Call.Service != "SSM" || blocked.Call.Region != awsRegion || blocked.Call.Account != ownAccount ||
				blocked.Call.Self != ownAccount || blocked.Call.Access != policy.Read || blocked.Call.Host != "ssm.eu-west-1.amazonaws.com" {
				t.Errorf("%+v", blocked)
			}
			if hint := `aws: ssm, operations: [GetParameter], resources: ["parameter/other/colour"]`; !strings.Contains(err.Error(), hint) {
				t.Errorf("%v does not suggest %s", err, hint)
			}
			wantEvents(t, events, "allowed "+readApp, "blocked "+readOther)
		})
	}
}

// TestBlockedErrorOfAWS: the error says which resource it is about, and if that is
// not known.
func TestBlockedErrorOfAWS(t *testing.T) {
	c := newCloud(t)
	for _, tt := range []struct {
		policy string
		names  []string
		want   string
	}{
		{"allow: [{aws: ssm, resources: [parameter/a, parameter/c]}]", []string{"a", "b", "c"}, "SSM:GetParameters arn:aws:ssm:eu-west-1:" + ownAccount + ":parameter/b and 2 more: no allow rule matched; called by github.com/lambdafence/lambdafence (policy p); this would allow it: " +
			`allow: [{aws: ssm, operations: [GetParameters], resources: ["parameter/b", "parameter/a", "parameter/c"]}]`},
		{"deny: [{aws: ssm, resources: [parameter/c]}]", []string{"a", "b", "c"}, "SSM:GetParameters arn:aws:ssm:eu-west-1:" + ownAccount + ":parameter/c and 2 more: deny[0]: denied by rule; called by github.com/lambdafence/lambdafence (policy p)"},
		{"deny: [{aws: ssm, operations: [GetParameters]}]", []string{"a", "b"}, "SSM:GetParameters arn:aws:ssm:eu-west-1:" + ownAccount + ":parameter/a and 1 more: deny[0]: denied by rule; called by github.com/lambdafence/lambdafence (policy p)"},
		{"allow: [{aws: ssm, resources: [parameter/a]}]", []string{"a", "b//c"}, "SSM:GetParameters: no allow rule matched; its resource is not known; called by github.com/lambdafence/lambdafence (policy p); this would allow it, for any resource: allow: [{aws: ssm, operations: [GetParameters]}]"},
		{"deny: [{aws: ssm, resources: [parameter/a]}]", []string{"b//c"}, "SSM:GetParameters: deny[0]: denied by rule; its resource is not known; called by github.com/lambdafence/lambdafence (policy p)"},
	} {
		f, events := awsFence(t, "{mode: enforce, "+tt.policy+"}")
		cfg := c.config(ownAccount)
		f.AWS(&cfg)
		_, err := ssm.NewFromConfig(cfg).GetParameters(t.Context(), &ssm.GetParametersInput{Names: tt.names})
		var blocked *wrapper.BlockedError
		if !errors.As(err, &blocked) || strings.Replace(blocked.Error(), ", version "+blocked.Policy.Version, "", 1) != "lambdafence: blocked "+tt.want {
			t.Errorf("%s: %v", tt.policy, blocked)
			continue
		}
		if e := (*events)[0]; !slices.Equal(e.Call.Resources, blocked.Call.Resources) {
			t.Errorf("the event has %q, the error %q", e.Call.Resources, blocked.Call.Resources)
		}
	}
}

// A someClient is a client of no kind that the fence knows.
type someClient struct{ rt http.RoundTripper }

func (c someClient) Do(r *http.Request) (*http.Response, error) { return c.rt.RoundTrip(r) }

func (c *cloud) buildable() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.DialContext = c.dial
		t.TLSClientConfig.InsecureSkipVerify = true
	})
}

func TestAWSWhoSigns(t *testing.T) {
	c := newCloud(t)
	f, events := awsFence(t, appOnly)
	cfg := c.config(evilAccount)
	f.AWS(&cfg)
	if _, err := read(t, cfg, "/app/colour"); !errors.Is(err, wrapper.ErrBlocked) || c.hits.Load() != 0 {
		t.Errorf("another account's key: %v, %d requests", err, c.hits.Load())
	}
	unsigned := c.config(ownAccount)
	unsigned.Credentials = aws.AnonymousCredentials{}
	f.AWS(&unsigned)
	if _, err := read(t, unsigned, "/app/colour"); !errors.Is(err, wrapper.ErrBlocked) || c.hits.Load() != 0 {
		t.Errorf("nobody's key: %v, %d requests", err, c.hits.Load())
	}
	if (*events)[0].Call.Account != evilAccount || (*events)[1].Call.Account != "" {
		t.Errorf("events %+v", *events)
	}
}

// TestAWSSelf: the function's own account is known from the key id that the
// process started with, and otherwise from the first invocation.
func TestAWSSelf(t *testing.T) {
	c := newCloud(t)
	f, _ := awsFence(t, appOnly)
	wrapper.StartedWith(f, "test") // as an emulator has it
	cfg := c.config(ownAccount)
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
	})
	f.AWS(&cfg)
	if _, err := read(t, cfg, "/app/colour"); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("before the account is known: %v", err)
	}
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{InvokedFunctionArn: "arn:aws:lambda:eu-west-1:" + ownAccount + ":function:f"})
	h := f.Wrap(func(context.Context) error {
		_, err := read(t, cfg, "/app/colour")
		return err
	})
	if _, err := h.Invoke(ctx, []byte("{}")); err != nil {
		t.Errorf("once it is: %v", err)
	}
	evil := c.config(evilAccount)
	f.AWS(&evil)
	if _, err := read(t, evil, "/app/colour"); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("another account's key: %v", err)
	}
	// An invocation by way of another account changes nothing.
	ctx = lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{InvokedFunctionArn: "arn:aws:lambda:eu-west-1:" + evilAccount + ":function:f"})
	_, _ = h.Invoke(ctx, []byte("{}"))
	if _, err := read(t, evil, "/app/colour"); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("another account's key, after its ARN: %v", err)
	}
}

// TestAWSSelfAtInit: before any invocation the account is that of the key which
// the process was started with, and not of one that a library has put into the
// environment since. The test runs itself again, with another environment.
func TestAWSSelfAtInit(t *testing.T) {
	const child = "LAMBDAFENCE_TEST_CHILD"
	if os.Getenv(child) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), child+"=1", "AWS_ACCESS_KEY_ID="+awskey.ID(ownAccount))
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "judged at init") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	t.Setenv("AWS_ACCESS_KEY_ID", awskey.ID(evilAccount))
	c := newCloud(t)
	f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithPolicy(source.Static("p", []byte(appOnly)))))
	own, evil := c.config(ownAccount), c.config(evilAccount)
	f.AWS(&own)
	f.AWS(&evil)
	if v, err := read(t, own, "/app/colour"); v != "green" {
		t.Error(v, err)
	}
	if _, err := read(t, evil, "/app/colour"); !errors.Is(err, wrapper.ErrBlocked) && runtime.GOOS == "linux" {
		t.Errorf("another account's key: %v", err)
	}
	t.Log("judged at init")
}

func TestAWSEachAttemptIsJudged(t *testing.T) {
	c := newCloud(t)
	c.before = func(w http.ResponseWriter, _ *http.Request) bool {
		if c.hits.Load() < 3 {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		return false
	}
	f, events := awsFence(t, appOnly)
	cfg := c.config(ownAccount)
	f.AWS(&cfg)
	if v, err := read(t, cfg, "/app/colour"); v != "green" {
		t.Fatal(v, err)
	}
	wantEvents(t, events, "allowed "+readApp, "allowed "+readApp, "allowed "+readApp)
}

func TestAWSBlockedIsTriedOnce(t *testing.T) {
	c := newCloud(t)
	f, events := awsFence(t, appOnly)
	cfg := c.config(ownAccount)
	cfg.RetryMaxAttempts = 5
	f.AWS(&cfg)
	if _, err := read(t, cfg, "/other/colour"); !errors.Is(err, wrapper.ErrBlocked) || strings.Contains(err.Error(), "exceeded maximum number of attempts") {
		t.Error(err)
	}
	wantEvents(t, events, "blocked "+readOther)
}

func TestAWSReportChangesNothing(t *testing.T) {
	c := newCloud(t)
	var raw, fenced string
	c.before = func(_ http.ResponseWriter, r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		for _, volatile := range []string{"Authorization", "X-Amz-Date", "Amz-Sdk-Invocation-Id"} {
			r.Header.Del(volatile)
		}
		raw, fenced = fenced, fmt.Sprint(r.Method, r.RequestURI, r.Host, r.Header, string(body))
		return false
	}
	cfg := c.config(ownAccount)
	if v, err := read(t, cfg, "/other/colour"); v != "red" {
		t.Fatal(v, err)
	}
	f, events := awsFence(t, strings.Replace(appOnly, "enforce", "report", 1))
	f.AWS(&cfg)
	if v, err := read(t, cfg, "/other/colour"); v != "red" {
		t.Fatal(v, err)
	}
	if raw != fenced {
		t.Errorf("the request was\n%s\nand is\n%s", raw, fenced)
	}
	wantEvents(t, events, "reported "+readOther)
	if want := `allow: [{aws: ssm, operations: [GetParameter], resources: ["parameter/other/colour"]}]`; (*events)[0].Suggestion != want {
		t.Errorf("suggests %s, want %s", (*events)[0].Suggestion, want)
	}
}

// TestAWSGuardTakenOut: what a call is told by options of its own.
func TestAWSGuardTakenOut(t *testing.T) {
	c := newCloud(t)
	evil, evilHits := server(t, nil)
	for name, option := range map[string]func(*ssm.Options){
		"the middleware removed": func(o *ssm.Options) {
			o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
				for _, id := range s.Deserialize.List() {
					if strings.HasPrefix(id, "lambdafence") {
						_, _ = s.Deserialize.Remove(id)
					}
				}
				return nil
			})
		},
		"another endpoint":    func(o *ssm.Options) { o.BaseEndpoint = &evil.URL },
		"another HTTP client": func(o *ssm.Options) { o.HTTPClient = &http.Client{Transport: c.transport()} },
		"another region":      func(o *ssm.Options) { o.Region = "us-east-1" },
		"another host at the end": func(o *ssm.Options) {
			o.APIOptions = append(o.APIOptions, changeRequest(func(r *smithyhttp.Request) { r.URL.Host = "ssm.evil.example" }))
		},
		"another path at the end": func(o *ssm.Options) {
			o.APIOptions = append(o.APIOptions, changeRequest(func(r *smithyhttp.Request) { r.URL.Path = "/other" }))
		},
		"another host header at the end": func(o *ssm.Options) {
			o.APIOptions = append(o.APIOptions, changeRequest(func(r *smithyhttp.Request) { r.Host = "evil.example" }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, events := awsFence(t, strings.Replace(appOnly, "access: [read]", "access: [read], regions: [eu-west-1]", 1))
			cfg := c.config(ownAccount)
			f.AWS(&cfg)
			hits := c.hits.Load()
			if v, err := read(t, cfg, "/app/colour", option); name == "another HTTP client" {
				if v != "green" { // the guard of the operation is enough for what is allowed,
					t.Error(v, err)
				}
				_, err = read(t, cfg, "/other/colour", option) // and for what is not
				if !errors.Is(err, wrapper.ErrBlocked) || c.hits.Load() != hits+1 {
					t.Error(err)
				}
			} else if !errors.Is(err, wrapper.ErrBlocked) || c.hits.Load() != hits || evilHits.Load() != 0 {
				t.Errorf("error %v, events %v", err, *events)
			}
		})
	}
}

// TestAWSInputChangedOnTheWay: the input is judged as it was written into the
// request, not as it is when the request is signed.
func TestAWSInputChangedOnTheWay(t *testing.T) {
	c := newCloud(t)
	f, _ := awsFence(t, appOnly)
	cfg := c.config(ownAccount)
	f.AWS(&cfg)
	in := &ssm.GetParameterInput{Name: aws.String("/other/colour")}
	keys := cfg.Credentials
	cfg.Credentials = aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		in.Name = aws.String("/app/colour")
		return keys.Retrieve(ctx)
	})
	if _, err := ssm.NewFromConfig(cfg).GetParameter(t.Context(), in); !errors.Is(err, wrapper.ErrBlocked) || c.hits.Load() != 0 {
		t.Error(err)
	}
}

// TestAWSAnotherOperationInTheHeader: what the service goes by is the header.
func TestAWSAnotherOperationInTheHeader(t *testing.T) {
	c := newCloud(t)
	f, events := awsFence(t, "mode: enforce\nallow: [{aws: ssm, operations: [GetParameter]}]\n")
	cfg := c.config(ownAccount)
	f.AWS(&cfg)
	_, err := read(t, cfg, "/app/colour", func(o *ssm.Options) {
		o.APIOptions = append(o.APIOptions, smithyhttp.SetHeaderValue("X-Amz-Target", "AmazonSSM.DeleteParameter"))
	})
	if !errors.Is(err, wrapper.ErrBlocked) || c.hits.Load() != 0 {
		t.Error(err)
	}
	wantEvents(t, events, "blocked SSM:(unknown operation)")
}

// changeRequest changes the request after every other step.
func changeRequest(change func(*smithyhttp.Request)) func(*middleware.Stack) error {
	return func(s *middleware.Stack) error {
		return s.Deserialize.Add(middleware.DeserializeMiddlewareFunc("change", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			change(in.Request.(*smithyhttp.Request))
			return next.HandleDeserialize(ctx, in)
		}), middleware.After)
	}
}

// TestAWSPolicySwappedOnTheWay: between the guard of the operation and that of
// its request another policy takes effect. The call has one verdict all the same,
// and is no request that nobody vouches for.
func TestAWSPolicySwappedOnTheWay(t *testing.T) {
	c := newCloud(t)
	src := &changing{}
	src.set(appOnly)
	var events []wrapper.Event
	f := wrapper.Must(wrapper.New(t.Context(), discard(), sinkTo(&events), wrapper.WithPolicy(src), wrapper.WithEvents(wrapper.All)))
	wrapper.StartedWith(f, awskey.ID(ownAccount))
	cfg := c.config(ownAccount)
	f.AWS(&cfg)
	v, err := read(t, cfg, "/app/colour", func(o *ssm.Options) {
		o.APIOptions = append(o.APIOptions, changeRequest(func(*smithyhttp.Request) {
			src.set("mode: enforce\nallow: []\n")
			if err := f.Refresh(t.Context()); err != nil {
				t.Error(err)
			}
		}))
	})
	if v != "green" {
		t.Error(v, err)
	}
	if _, err := read(t, cfg, "/app/colour"); !errors.Is(err, wrapper.ErrBlocked) || c.hits.Load() != 1 {
		t.Error(err)
	}
	wantEvents(t, &events, "allowed "+readApp, "blocked "+readApp)
}

func TestAWSRedirects(t *testing.T) {
	c := newCloud(t)
	status, to := http.StatusMovedPermanently, ""
	c.before = func(w http.ResponseWriter, r *http.Request) bool {
		if to != "" {
			w.Header().Set("Location", to)
		}
		w.WriteHeader(status)
		return true
	}
	f, events := awsFence(t, appOnly)
	cfg := c.config(ownAccount)
	cfg.HTTPClient, cfg.RetryMaxAttempts = c.buildable(), 1
	f.AWS(&cfg)
	for _, to = range []string{"", "https://evil.example/"} { // the SDK follows no such redirect
		if _, err := read(t, cfg, "/app/colour"); err == nil || errors.Is(err, wrapper.ErrBlocked) {
			t.Error(err)
		}
	}
	status = http.StatusTemporaryRedirect // which it follows if the body can be sent again
	cfg.HTTPClient = rewinding{cfg.HTTPClient}
	hits := c.hits.Load()
	if _, err := read(t, cfg, "/app/colour"); !errors.Is(err, wrapper.ErrBlocked) || c.hits.Load() != hits+1 {
		t.Error(err)
	}
	wantEvents(t, events, "allowed "+readApp, "allowed "+readApp,
		"blocked POST https://evil.example/", "allowed "+readApp) // an allowed call is told when it is over
}

// A rewinding client can send the body of a request again.
type rewinding struct{ aws.HTTPClient }

func (c rewinding) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(body))), nil }
	r.Body, _ = r.GetBody()
	return c.HTTPClient.Do(r)
}

// TestAWSAddress: beneath the SDK's own client the address that is really reached
// is judged, with the settings of its dialer.
func TestAWSAddress(t *testing.T) {
	port, accepted := listener(t)
	serveDNS(t, map[string][]netip.Addr{"ssm.test.": addrs("127.0.0.1")})
	f, events := awsFence(t, "mode: enforce\nallow: [{aws: ssm, endpoint: ssm.test}]\n")
	asked := 0
	cfg := newCloud(t).config(ownAccount)
	cfg.HTTPClient = awshttp.NewBuildableClient().WithDialerOptions(func(d *net.Dialer) {
		d.Resolver = net.DefaultResolver
		d.Control = func(string, string, syscall.RawConn) error { asked++; return nil }
	})
	cfg.BaseEndpoint = aws.String(fmt.Sprintf("http://ssm.test:%d", port))
	f.AWS(&cfg)
	_, err := read(t, cfg, "/app/colour")
	if !errors.Is(err, wrapper.ErrBlocked) || accepted() != 0 || asked != 0 {
		t.Errorf("error %v, %d connections, the user's control asked %d times", err, accepted(), asked)
	}
	if len(*events) != 1 || (*events)[0].Call.Service != "SSM" || (*events)[0].Call.Addr.String() != "127.0.0.1" {
		t.Errorf("events %+v", *events)
	}
}

func TestAWSEmulator(t *testing.T) {
	c := newCloud(t)
	srv := httptest.NewServer(c.Stand)
	defer srv.Close()
	f, events := awsFence(t, fmt.Sprintf("mode: enforce\nallow: [{aws: ssm, resources: [parameter/app/*], endpoint: %q}]\n", srv.Listener.Addr()))
	cfg := c.config(ownAccount)
	cfg.HTTPClient, cfg.BaseEndpoint = nil, &srv.URL
	f.AWS(&cfg)
	if v, err := read(t, cfg, "/app/colour"); v != "green" {
		t.Error(v, err)
	}
	if _, err := read(t, cfg, "/other/colour"); !errors.Is(err, wrapper.ErrBlocked) {
		t.Error(err)
	}
	if _, err := get(t, &http.Client{Transport: f.Transport(&http.Transport{})}, srv.URL); !errors.Is(err, wrapper.ErrBlocked) {
		t.Errorf("the door is open to anyone: %v", err)
	}
	at := " at " + srv.Listener.Addr().String()
	if len(*events) != 3 {
		t.Fatal(*events)
	}
	*events = (*events)[:2]
	wantEvents(t, events, "allowed "+readApp+at, "blocked "+readOther+at)
}

func TestAWSOff(t *testing.T) {
	c := newCloud(t)
	f, events := awsFence(t, "mode: enforce\nallow: []\n", wrapper.WithMode(policy.Off))
	cfg := c.config(evilAccount)
	f.AWS(&cfg)
	f.AWS(nil)
	if v, err := read(t, cfg, "/app/colour"); v != "green" || len(*events) != 0 {
		t.Error(v, err, *events)
	}
}

// TestAWSTwoFences: neither hides the other's verdict.
func TestAWSTwoFences(t *testing.T) {
	c := newCloud(t)
	open, openEvents := awsFence(t, "mode: enforce\nallow: [{aws: ssm}]\n")
	strict, strictEvents := awsFence(t, appOnly)
	cfg := c.config(ownAccount)
	strict.AWS(&cfg)
	open.AWS(&cfg)
	if v, err := read(t, cfg, "/app/colour"); v != "green" {
		t.Fatal(v, err)
	}
	if _, err := read(t, cfg, "/other/colour"); !errors.Is(err, wrapper.ErrBlocked) || c.hits.Load() != 1 {
		t.Error(err)
	}
	wantEvents(t, strictEvents, "allowed "+readApp, "blocked "+readOther)
	if len(*openEvents) == 0 || (*openEvents)[0].Outcome != wrapper.Allowed {
		t.Errorf("events %v", *openEvents)
	}
}

// TestAWSConnectionsAreShared: configurations that share a client share its
// connections, however often a fence is put around them.
func TestAWSConnectionsAreShared(t *testing.T) {
	c := newCloud(t)
	var dials atomic.Int64
	shared := c.config(ownAccount)
	shared.HTTPClient = awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			dials.Add(1)
			return c.dial(ctx, network, address)
		}
		t.TLSClientConfig.InsecureSkipVerify = true
	})
	f, _ := awsFence(t, appOnly)
	for range 30 {
		cfg := shared.Copy()
		f.AWS(&cfg)
		if v, err := read(t, cfg, "/app/colour"); v != "green" {
			t.Fatal(v, err)
		}
		time.Sleep(5 * time.Millisecond) // a connection takes a moment to come back, and not each does
	}
	if dials.Load() > 20 {
		t.Errorf("%d connections for 30 calls", dials.Load())
	}
}

// TestAWSOwnPolicy: the function may not write the parameters that its policy
// comes from, whatever the policy says.
func TestAWSOwnPolicy(t *testing.T) {
	c := newCloud(t)
	c.PutParameter("/fence/app", "mode: enforce\nallow: [{aws: ssm}]\n")
	var events []wrapper.Event
	f := wrapper.Must(wrapper.New(t.Context(), discard(), sinkTo(&events), wrapper.WithPolicy(ownSource{c.Stand})))
	wrapper.StartedWith(f, awskey.ID(ownAccount))
	cfg := c.config(ownAccount)
	f.AWS(&cfg)
	client := ssm.NewFromConfig(cfg)
	name := aws.String("/fence/app")
	for what, err := range map[string]error{
		"put":         second(client.PutParameter(t.Context(), &ssm.PutParameterInput{Name: name, Value: aws.String("mode: off"), Overwrite: aws.Bool(true)})),
		"put a part":  second(client.PutParameter(t.Context(), &ssm.PutParameterInput{Name: aws.String("/fence/app/lambdafence-part-1"), Value: aws.String("x")})),
		"delete":      second(client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: name})),
		"delete many": second(client.DeleteParameters(t.Context(), &ssm.DeleteParametersInput{Names: []string{"/app/colour", "/fence/app"}})),
		"label":       second(client.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{Name: name, ParameterVersion: aws.Int64(1), Labels: []string{"live"}})),
	} {
		if !errors.Is(err, wrapper.ErrBlocked) || !strings.Contains(err.Error(), "own-policy") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := client.PutParameter(t.Context(), &ssm.PutParameterInput{Name: aws.String("/fence/app2"), Value: aws.String("x"), Type: "String"}); err != nil {
		t.Errorf("another parameter: %v", err)
	}
	if v, err := read(t, cfg, "/fence/app"); err != nil || v == "" {
		t.Errorf("reading it: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// An ownSource loads /fence/app, as a source of Parameter Store does.
type ownSource struct{ stand *awsstand.Stand }

func (s ownSource) Load(context.Context) (source.Document, error) {
	return source.Document{Name: "app", Data: []byte("mode: enforce\nallow: [{aws: ssm}]\n")}, nil
}
func (s ownSource) Parameters() []string { return []string{"/fence/app"} }

// TestAWSAllocations holds what the guard adds to an allowed call.
func TestAWSAllocations(t *testing.T) {
	cfg := newCloud(t).config(ownAccount)
	answer := `{"Parameter":{"Name":"/app/colour","Value":"green"}}`
	cfg.HTTPClient = smithyhttp.ClientDoFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer))}, nil
	})
	ctx, in := t.Context(), &ssm.GetParameterInput{Name: aws.String("/app/colour")}
	measure := func(cfg aws.Config) float64 {
		client := ssm.NewFromConfig(cfg)
		return testing.AllocsPerRun(100, func() {
			if _, err := client.GetParameter(ctx, in); err != nil {
				t.Fatal(err)
			}
		})
	}
	plain := measure(cfg)
	f, _ := awsFence(t, appOnly, wrapper.WithEvents(wrapper.Violations))
	f.AWS(&cfg)
	if fenced := measure(cfg); fenced-plain > 12 {
		t.Errorf("%v allocations more, of %v", fenced-plain, fenced)
	} else {
		t.Logf("%v allocations more, of %v", fenced-plain, fenced)
	}
}
