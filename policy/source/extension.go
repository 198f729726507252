package source

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
)

// Extension returns a source that asks the AWS Parameters and Secrets Lambda
// extension, a layer that runs beside the function, for a parameter:
// "/fence/orders", with ":version" or ":label" if wanted. It needs no AWS SDK;
// the function's role needs the permissions that the SDK would need.
//
// The extension does not answer before the first invocation, so the load at
// cold start fails at once and the fence tries again when an invocation starts.
// With First(Extension(...), FS(...)) the embedded document rules until then;
// the extension is asked again at the first refresh after that.
//
// The extension caches: an answer may be as old as its
// SSM_PARAMETER_STORE_TTL, 300 seconds by default. It listens on this machine
// without TLS, and what the function starts there in its place is believed: the
// extension is for a policy against mistakes and libraries, paramstore for one
// against an attacker who can run code before the fence.
//
// PARAMETERS_SECRETS_EXTENSION_HTTP_PORT (2773 if unset) and AWS_SESSION_TOKEN
// are read by this call and not again: what the function sets them to later
// does not send the fence to another listener. A port that is none is an error
// of each Load.
func Extension(parameter string) Source {
	name, err := paramdoc.ParseName(parameter)
	port := cmp.Or(os.Getenv("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"), "2773")
	token := os.Getenv("AWS_SESSION_TOKEN")
	return &extension{given: parameter, name: name, err: err, port: port, token: func() string { return token }}
}

type extension struct {
	given string
	name  paramdoc.Name
	err   error // what is wrong with the name
	port  string
	token func() string // a function, which no %#v shows
}

// extensionTimeout bounds a load whose context has no deadline.
const extensionTimeout = 5 * time.Second

// maxAnswer is the most that the extension has to say: an advanced parameter of
// 8 KiB, each byte escaped in JSON, and what surrounds it.
const maxAnswer = 128 << 10

// extensionClient is private to this package: it is not http.DefaultClient, which
// the fence guards, and knows no proxy, which would be given the token.
var extensionClient = sync.OnceValue(func() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:       (&net.Dialer{Timeout: time.Second}).DialContext,
			DisableKeepAlives: true, // a connection that slept in a frozen sandbox may be dead
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       extensionTimeout,
	}
})

func (e *extension) String() string { return "extension:" + e.given }

func (e *extension) Parameters() []string {
	if e.err != nil {
		return nil
	}
	return []string{e.name.Path}
}

func (e *extension) Load(ctx context.Context) (Document, error) {
	if e.err != nil {
		return Document{}, e.err
	}
	value, version, err := e.get(ctx, e.name)
	if err != nil {
		return Document{}, err
	}
	data, err := paramdoc.Read(ctx, e.name, value, func(ctx context.Context, parts []paramdoc.Part) ([]string, error) {
		values := make([]string, len(parts))
		for i, p := range parts {
			v, _, err := e.get(ctx, paramdoc.Name{Path: p.Name, Selector: strconv.FormatInt(p.Version, 10)})
			if err != nil {
				return nil, fmt.Errorf("part %d of %d: %w", i+1, len(parts), err)
			}
			values[i] = v
		}
		return values, nil
	})
	if err != nil {
		return Document{}, err
	}
	return Document{Name: e.name.Path, Version: strconv.FormatInt(version, 10), Data: data, Origin: e.String()}, nil
}

// get asks for one parameter, as AWS documents it:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
func (e *extension) get(ctx context.Context, n paramdoc.Name) (value string, version int64, err error) {
	// Checked when it is used: an option of the layer must not become a reason to
	// fail at start.
	if _, err := strconv.ParseUint(e.port, 10, 16); err != nil {
		return "", 0, errors.New("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT is no port")
	}
	q := url.Values{"name": {n.Path}, "withDecryption": {"true"}}
	switch {
	case n.Version() > 0:
		q.Set("version", n.Selector)
	case n.Selector != "":
		q.Set("label", n.Selector)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost:"+e.port+"/systemsmanager/parameters/get?"+q.Encode(), nil)
	if err != nil {
		return "", 0, errors.New("the request to the extension cannot be made") // the error would show the whole URL
	}
	req.Header.Set("X-Aws-Parameters-Secrets-Token", e.token())
	resp, err := extensionClient().Do(req)
	if err != nil {
		return "", 0, unreachable(ctx, e.port, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return "", 0, unreachable(ctx, e.port, err)
	case len(body) > maxAnswer:
		return "", 0, errors.New("the extension answered more than a parameter can hold")
	case resp.StatusCode != http.StatusOK:
		return "", 0, refused(resp.StatusCode, string(body), n)
	}
	var answer struct {
		Parameter struct {
			Value   *string
			Version int64
		}
	}
	if json.Unmarshal(body, &answer) != nil || answer.Parameter.Value == nil {
		return "", 0, fmt.Errorf("no parameter in what port %s answered: is it the Parameters and Secrets extension?", e.port)
	}
	return *answer.Parameter.Value, answer.Parameter.Version, nil
}

var errNotReady = errors.New("the Parameters and Secrets extension does not answer before the first invocation: it is asked again when one starts")

// unreachable says why there was no answer. It does not repeat the error: a
// [url.Error] shows the whole URL.
func unreachable(ctx context.Context, port string, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("the Parameters and Secrets extension did not answer in time: %w", context.Cause(ctx))
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing listens on port %s; %w; if it never does, add the layer to the function", port, errNotReady)
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return errors.New("the Parameters and Secrets extension did not answer in time")
	}
	return fmt.Errorf("the connection to the Parameters and Secrets extension on port %s broke", port)
}

// refused explains a status. The body is searched and never repeated: what
// answers on a local port may send the token back.
func refused(status int, body string, n paramdoc.Name) error {
	for _, known := range []struct{ sign, means string }{
		{"not ready to serve traffic", ""},
		{"ParameterVersionNotFound", "parameter NAME has no version or label SELECTOR: push with this label, or load another"},
		{"ParameterNotFound", "parameter NAME does not exist: push the policy, or check name, region and account"},
		{"kms:Decrypt", "the extension may not decrypt NAME: give the function's role kms:Decrypt on the parameter's key"},
		{"AccessDenied", "the extension may not read NAME: give the function's role ssm:GetParameter on RESOURCE, and kms:Decrypt on its key if it is a SecureString"},
		{"ThrottlingException", "SSM throttled the extension: raise its throughput, or use source.First with an embedded policy"},
	} {
		if strings.Contains(body, known.sign) {
			if known.means == "" {
				return errNotReady
			}
			return errors.New(strings.NewReplacer("NAME", n.Path, "SELECTOR", strconv.Quote(n.Selector), "RESOURCE", n.Resource()).Replace(known.means))
		}
	}
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return fmt.Errorf("the extension refused the token (status %d): AWS_SESSION_TOKEN must be the function's own", status)
	}
	return fmt.Errorf("the extension answered with status %d for %s: its log in CloudWatch says why", status, n.Path)
}
