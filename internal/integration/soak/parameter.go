package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

const parameterName = "/fence/soak"

// A phase is what Parameter Store does for a while.
type phase struct {
	name string
	long time.Duration
}

var phases = []phase{
	{"answers", 4 * time.Second}, {"throttles", time.Second},
	{"answers", time.Second}, {"hangs", 2500 * time.Millisecond}, // longer than a load may take
	{"answers", time.Second}, {"denies", 700 * time.Millisecond},
	{"answers", time.Second}, {"garbles", 700 * time.Millisecond},
	{"answers", time.Second}, {"bad policy", 700 * time.Millisecond},
}

// swapEvery is how often another policy is published.
const swapEvery = 300 * time.Millisecond

// A parameter is the policy in Parameter Store, and Parameter Store as it goes through its phases.
type parameter struct {
	stand *awsstand.Stand
	world *world

	mu        sync.RWMutex
	versions  [1024]doc // by version; the soak never looks further back
	published int64
	phase     string
	over      chan struct{} // closed at the end of the phase

	served atomic.Int64 // the newest version that anybody was given
	swaps  atomic.Int64
}

func newParameter(w *world, stand *awsstand.Stand) *parameter {
	return &parameter{stand: stand, world: w, phase: "answers", over: make(chan struct{})}
}

// publish makes d the latest version.
func (p *parameter) publish(d doc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.published = p.stand.PutParameter(parameterName, d.text(p.world))
	p.versions[p.published%int64(len(p.versions))] = d
	p.swaps.Add(1)
}

// version returns what was published as v.
func (p *parameter) version(v int64) doc {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.versions[v%int64(len(p.versions))]
}

func (p *parameter) latest() int64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.published
}

func (p *parameter) is() (phase string, over <-chan struct{}) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.phase, p.over
}

func (p *parameter) enter(ph string) {
	p.mu.Lock()
	close(p.over)
	p.phase, p.over = ph, make(chan struct{})
	p.mu.Unlock()
	times := map[bool]int{true: -1}
	p.stand.Refuse("ssm:GetParameter", "ThrottlingException", times[ph == "throttles"])
	p.stand.Allow()
	if ph == "denies" {
		p.stand.Deny(parameterName)
	}
}

// run goes through the phases and publishes policies until ctx ends, and then answers. changed is called after each
// new version.
func (p *parameter) run(ctx context.Context, changed func()) {
	defer p.enter("answers")
	for i, n := 0, 0; ctx.Err() == nil; i++ {
		ph := phases[i%len(phases)]
		p.enter(ph.name)
		for end := time.Now().Add(ph.long); time.Now().Before(end) && ctx.Err() == nil; n++ {
			if ph.name == "bad policy" {
				p.publish(badDocs[n%len(badDocs)])
			} else {
				p.publish(docs[n%len(docs)])
			}
			changed()
			sleep(ctx, min(swapEvery, time.Until(end)))
		}
		if ph.name == "bad policy" {
			p.publish(docs[n%len(docs)])
		}
	}
}

// ServeHTTP answers for AWS: Parameter Store as its phase is, the other services always.
func (p *parameter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Target"), "AmazonSSM.") {
		p.world.calls.arrive(r.Header.Get(idHeader))
		p.world.met.note("requests to AWS")
		p.stand.ServeHTTP(w, r)
		return
	}
	ph, over := p.is()
	p.world.met.note(loadsWhile + ph)
	switch ph {
	case "hangs":
		select {
		case <-over:
		case <-r.Context().Done():
			return
		}
	case "garbles":
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = w.Write([]byte(`{"Parameter": {"Name": "/fence/soak", "Value": "version: 1\nmode: off`))
		return
	}
	p.mu.RLock() // no version may come between
	defer p.mu.RUnlock()
	p.served.Store(max(p.served.Load(), p.published))
	p.stand.ServeHTTP(w, r)
}

// loadsWhile begins what is noted of requests for the policy.
const loadsWhile = "loads while Parameter Store "

// failed is how many requests got no policy.
func (p *parameter) failed() (n int64) {
	for _, ph := range phases {
		if ph.name != "answers" {
			n += p.world.met.count(loadsWhile + ph.name)
		}
	}
	return n
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
