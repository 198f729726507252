package leak

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/lambdafence/lambdafence/policy"
)

// Ways are those by which a call can be made.
type Ways struct {
	Client *http.Client
	By     func(proxy *url.URL) http.RoundTripper // a transport that goes by a proxy
	Check  func(context.Context, policy.Call) error
}

// A Call carries secrets.
type Call struct {
	Place string // where they are
	Make  func(context.Context, Ways) error
}

// Hosts that the calls go to, beside those of AWS.
const (
	AllowedHost = "allowed.test"
	DeniedHost  = "denied.test"
)

const bucket = "reports.s3.eu-west-1.amazonaws.com"

// Location is the header by which a request tells where it wants to be redirected.
const Location = "X-Location"

// Calls returns a call for each place where a secret can be, to hosts of each kind.
func (l *Loader) Calls() []Call {
	var calls []Call
	for _, host := range []string{AllowedHost, DeniedHost, "127.0.0.1", bucket} {
		calls = append(calls, l.inURLs(host)...)
		calls = append(calls, l.inRequests(host)...)
		if host != bucket { // a key is the name of a resource, which events are to show
			calls = append(calls, l.inPaths(host)...)
		}
	}
	calls = append(calls, l.toAWS()...)
	return append(calls, l.byHand()...)
}

// request is a call of one request, of which edit makes what is wanted.
func request(place, method, url, body string, edit func(*http.Request)) Call {
	return Call{place, func(ctx context.Context, w Ways) error {
		req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
		if err != nil {
			return err
		}
		if edit != nil {
			edit(req)
		}
		return send(w.Client, req)
	}}
}

func send(c *http.Client, req *http.Request) error {
	resp, err := c.Do(req)
	if err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		err = resp.Body.Close()
	}
	return err
}

func (l *Loader) inURLs(host string) []Call {
	at := "https://" + host
	urls := map[string]string{
		"userinfo":             "https://" + l.Word("user") + ":" + l.Word("password") + "@" + host + "/v1/x",
		"query":                at + "/v1/x?token=" + l.Word("query") + "&b=1",
		"query without a name": at + "/v1/x?" + l.Word("query without a name"),
		"fragment":             at + "/v1/x#access_token=" + l.Word("fragment"),
	}
	var calls []Call
	for place, u := range urls {
		calls = append(calls, request(place, "GET", u, "", nil))
	}
	to := "https://u:" + l.Word("redirect, user") + "@" + DeniedHost + "/" + l.Token("redirect, path") + "?code=" + l.Word("redirect, query")
	return append(calls, request("redirect", "GET", at+"/redirect", "", func(r *http.Request) { r.Header.Set(Location, to) }))
}

func (l *Loader) inPaths(host string) []Call {
	at := "https://" + host
	urls := map[string]string{
		"path":                      at + "/hooks/" + l.Token("path") + "/send",
		"last of a path":            at + "/hooks/" + l.Token("last of a path"),
		"path, escaped":             at + "/hooks/" + escapeFirst(l.Token("path, escaped")),
		"parameters of a path":      at + "/v1/x;session=" + l.Word("parameters of a path"),
		"a query, escaped":          at + "/v1/x%3Ftoken=" + l.Word("a query, escaped"),
		"phone in a path":           at + "/sms/" + l.Phone("phone in a path"),
		"phone in a path, escaped":  at + "/sms/%2B" + l.Phone("phone in a path, escaped")[1:],
		"a URL in a path":           at + "/fetch/https://u:" + l.Word("a URL in a path") + "@other.test/x",
		"a URL in a path, in a row": at + "/fetch/https%3A%2F%2Fu%3A" + l.Word("a URL in a path, in a row") + "%40other.test",
	}
	var calls []Call
	for place, u := range urls {
		calls = append(calls, request(place, "GET", u, "", nil))
	}
	for place, opaque := range map[string]string{
		"absolute target": "//u:" + l.Word("absolute target") + "@" + host + "/v1/x?k=" + l.Word("absolute target, query"),
		"opaque target":   "/v1/x?k=" + l.Word("opaque target"),
	} {
		calls = append(calls, request(place, "GET", at, "", func(r *http.Request) { r.URL.Opaque = opaque }))
	}
	return calls
}

// escapeFirst writes the first letter of a token as an escape.
func escapeFirst(s string) string {
	const hex = "0123456789ABCDEF"
	return "%" + string(hex[s[0]>>4]) + string(hex[s[0]&15]) + s[1:]
}

func (l *Loader) inRequests(host string) []Call {
	at, basic := "https://"+host+"/v1/x", base64.StdEncoding.EncodeToString([]byte("u:"+l.Word("basic credentials")))
	var calls []Call
	for name, value := range map[string]string{
		"Authorization":        "Bearer " + l.Token("Authorization"),
		"Proxy-Authorization":  "Basic " + basic,
		"Cookie":               "session=" + l.Word("Cookie"),
		"X-Api-Key":            l.Word("X-Api-Key"),
		"X-Amz-Security-Token": l.Word("X-Amz-Security-Token"),
		"X-Amz-Target":         "DynamoDB_20120810." + l.Word("X-Amz-Target"),
		"Referer":              "https://a.test/?k=" + l.Word("Referer"),
		"Upgrade":              "websocket, " + l.Word("Upgrade"),
	} {
		calls = append(calls, request(name, "GET", at, "", func(r *http.Request) { r.Header.Set(name, value) }))
	}
	user := "u:" + l.Word("user in the Host header") + "@" + host
	trailer := l.Word("trailer")
	return append(calls,
		request("body", "POST", at, `{"password":"`+l.Word("body")+`"}`, nil),
		request("form", "POST", at, url.Values{"card": {l.Word("form")}}.Encode(), nil),
		request("user in the Host header", "GET", at, "", func(r *http.Request) { r.Host = user }),
		request("user of a tunnel", "CONNECT", "https://"+host, "", func(r *http.Request) { r.Host = user }),
		request("trailer", "POST", at, "x", func(r *http.Request) {
			r.ContentLength, r.Trailer = -1, http.Header{"X-Sum": {trailer}}
		}),
	)
}

// toAWS is what SDKs, and those who do without them, send to AWS.
func (l *Loader) toAWS() []Call {
	presigned := "https://" + bucket + "/in/1?" + url.Values{
		"X-Amz-Algorithm":      {"AWS4-HMAC-SHA256"},
		"X-Amz-Credential":     {l.keep("presigned, key id", "AKIA"+l.text(16, letters[:26]+"234567")) + "/20261121/eu-west-1/s3/aws4_request"},
		"X-Amz-Date":           {"20261121T120000Z"},
		"X-Amz-Expires":        {"900"},
		"X-Amz-SignedHeaders":  {"host"},
		"X-Amz-Security-Token": {l.Word("presigned, session")},
		"X-Amz-Signature":      {l.keep("presigned, signature", l.text(64, "0123456789abcdef"))},
	}.Encode()
	signed := func(service string) func(*http.Request) {
		value := "AWS4-HMAC-SHA256 Credential=" + l.keep("signed, key id", "ASIA"+l.text(16, letters[:26]+"234567")) +
			"/20261121/eu-west-1/" + service + "/aws4_request, SignedHeaders=host, Signature=" + l.keep("signed, signature", l.text(64, "0123456789abcdef"))
		return func(r *http.Request) { r.Header.Set("Authorization", value) }
	}
	target := func(service, target string) func(*http.Request) {
		sign := signed(service)
		return func(r *http.Request) {
			sign(r)
			r.Header.Set("X-Amz-Target", target)
			r.Header.Set("Content-Type", "application/x-amz-json-1.0")
		}
	}
	statement := `SELECT * FROM "orders" WHERE card = '` + l.Word("PartiQL") + `'`
	return []Call{
		request("presigned", "GET", presigned, "", nil),
		request("presigned, another method", "PUT", presigned, "x", nil),
		request("signed", "GET", "https://"+bucket+"/in/1", "", signed("s3")),
		request("PartiQL", "POST", "https://dynamodb.eu-west-1.amazonaws.com/", `{"Statement":"`+statement+`"}`, target("dynamodb", "DynamoDB_20120810.ExecuteStatement")),
		request("task token", "POST", "https://states.eu-west-1.amazonaws.com/", `{"taskToken":"`+l.Word("task token")+`"}`, target("states", "AWSStepFunctions.SendTaskSuccess")),
		request("message of SNS", "POST", "https://sns.eu-west-1.amazonaws.com/", url.Values{
			"Action": {"Publish"}, "PhoneNumber": {l.Phone("phone of SNS")}, "Message": {l.Word("message of SNS")},
		}.Encode(), signed("sns")),
		request("action in a query", "GET", "https://sns.eu-west-1.amazonaws.com/?Action=Publish&PhoneNumber="+url.QueryEscape(l.Phone("phone in a query"))+"&Message="+l.Word("message in a query"), "", signed("sns")),
	}
}

// byHand is what no client sends by itself.
func (l *Loader) byHand() []Call {
	proxy := &url.URL{Scheme: "http", Host: "127.0.0.1:3128", User: url.UserPassword("u", l.Word("proxy"))}
	path, user := "/v1/x?k="+l.Word("Check, query")+"#"+l.Word("Check, fragment"), "https://u:"+l.Word("Check, user")+"@"+DeniedHost+"/x"
	token := "/hooks/" + l.Token("Check, path")
	check := func(place string, c policy.Call) Call {
		return Call{place, func(ctx context.Context, w Ways) error { return w.Check(ctx, c) }}
	}
	return []Call{
		{"proxy", func(ctx context.Context, w Ways) error {
			req, err := http.NewRequestWithContext(ctx, "GET", "http://"+DeniedHost+"/v1/x", nil)
			if err != nil {
				return err
			}
			return send(&http.Client{Transport: w.By(proxy)}, req)
		}},
		{"proxy of what is allowed", func(ctx context.Context, w Ways) error {
			req, err := http.NewRequestWithContext(ctx, "GET", "http://"+AllowedHost+"/v1/x", nil)
			if err != nil {
				return err
			}
			return send(&http.Client{Transport: w.By(proxy)}, req)
		}},
		check("Check, query", policy.Call{Kind: policy.HTTP, Scheme: "https", Host: DeniedHost, Method: "GET", Path: path}),
		check("Check, user", policy.Call{Kind: policy.HTTP, Scheme: "https", Host: DeniedHost, Method: "GET", Path: user}),
		check("Check, path", policy.Call{Kind: policy.HTTP, Scheme: "https", Host: DeniedHost, Method: "GET", Path: token}),
	}
}
