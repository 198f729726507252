package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strconv"

	"code.dny.dev/ssrf"
	"github.com/doyensec/safeurl"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/trace/noop"
)

// A getter is a client, plain or guarded.
type getter struct {
	name string
	do   func(*http.Request) (*http.Response, error)
}

// loopback times real calls: over kept connections, over a new one each, and on
// all cores at once.
func (e effort) loopback(ctx context.Context, p *part) error {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	defer server.Close()
	kept, err := getters(ctx, server.URL, false)
	if err != nil {
		return err
	}
	dialling, err := getters(ctx, server.URL, true)
	if err != nil {
		return err
	}
	one, err := e.gets("Over loopback, a kept connection:", kept, server.URL, 1)
	if err != nil {
		return err
	}
	all, err := e.gets(fmt.Sprintf("Over loopback, kept connections, by %d goroutines at once on %d cores, the time divided by all calls:", runtime.NumCPU(), runtime.NumCPU()), kept, server.URL, runtime.NumCPU())
	if err != nil {
		return err
	}
	anew, err := e.gets("Over loopback, a new connection for each call:", dialling, server.URL, 1)
	if err != nil {
		return err
	}
	p.tables = append(p.tables, one, all, anew)
	p.text = append(p.text, "Over loopback a call costs so much more that what a guard adds is near the noise. code.dny.dev/ssrf looks at the address of a new connection and at nothing else; "+
		"safeurl looks at host, port and scheme, and at the address of a new connection.")
	return nil
}

// getters are the clients; anew: each call makes a connection of its own.
func getters(ctx context.Context, base string, anew bool) ([]getter, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return nil, err
	}
	fence, err := newFence(ctx, fmt.Sprintf("- {cidr: 127.0.0.1/32, schemes: [http], ports: [%d], methods: [GET]}\n", port))
	if err != nil {
		return nil, err
	}
	transport := func() *http.Transport { return &http.Transport{DisableKeepAlives: anew, MaxIdleConnsPerHost: 100} }
	client := func(rt http.RoundTripper) func(*http.Request) (*http.Response, error) {
		return (&http.Client{Transport: rt}).Do
	}
	guardian := ssrf.New(ssrf.WithPorts(uint16(port)), ssrf.WithAllowedV4Prefixes(netip.MustParsePrefix("127.0.0.0/8")))
	controlled := transport()
	controlled.DialContext = (&net.Dialer{Control: guardian.Safe}).DialContext
	safe := safeurl.Client(safeurl.GetConfigBuilder().SetAllowedPorts(port).SetAllowedIPs("127.0.0.1").Build())
	if t, ok := safe.Client.Transport.(*http.Transport); ok {
		t.DisableKeepAlives, t.MaxIdleConnsPerHost = anew, 100
	}
	return []getter{
		{"plain", client(transport())},
		{"lambdafence", client(fence.Transport(transport()))},
		{"otelhttp, no-op provider", client(otelhttp.NewTransport(transport(), otelhttp.WithTracerProvider(noop.NewTracerProvider())))},
		{"otelhttp, SDK spans", client(otelhttp.NewTransport(transport(), otelhttp.WithTracerProvider(newSpanCounter().provider)))},
		{"safeurl", safe.Do},
		{"code.dny.dev/ssrf", client(controlled)},
	}, nil
}

// gets times the clients, each in as many goroutines.
func (e effort) gets(caption string, clients []getter, base string, goroutines int) (table, error) {
	var subjects []subject
	for _, c := range clients {
		var all []subject
		for range goroutines {
			all = append(all, c.gets(base+"/v1/things/1"))
		}
		s := together(all...)
		s.name = c.name
		subjects = append(subjects, s)
	}
	figures, err := e.slower(5 * goroutines * goroutines).inTurns(subjects...)
	if err != nil {
		return table{}, err
	}
	t := table{caption: caption, head: []string{"", "min", "median", "max", "adds"}}
	for i, s := range subjects {
		adds := ""
		if i > 0 {
			adds = within(figures[i].less(figures[0]), nanos)
		}
		t.add(append(append([]string{s.name}, spread(figures[i], nanos)...), adds)...)
	}
	return t, nil
}

func (g getter) gets(target string) subject {
	return subject{name: g.name, do: func(n int) error {
		for range n {
			r, err := http.NewRequest(http.MethodGet, target, nil)
			if err != nil {
				return err
			}
			resp, err := g.do(r)
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if err != nil {
				return err
			}
		}
		return nil
	}}
}
