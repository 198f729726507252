package wrapper

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"sync"
	"time"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
)

// loadBudget is how long loading a policy may take: far below the 10 seconds
// that Lambda gives an init.
const loadBudget = 2 * time.Second

// policies are the layers of a fence through their life: loaded, refreshed,
// compiled together, swapped.
type policies struct {
	fence    *Fence
	sources  []source.Source
	platform policy.Platform
	missing  policy.Mode // the mode of a layer that was never loaded

	loading chan struct{} // one load at a time: it has room for one
	mu      sync.Mutex    // guards what follows
	layers  []layerPolicy
	swaps   uint64
}

// A layerPolicy is the last good policy of one layer.
type layerPolicy struct {
	policy *policy.Policy // nil: none yet
	set    *policy.Set    // of that policy alone
	ref    PolicyRef
	sum    [sha256.Size]byte
	failed error // why the last load failed; nil: it did not

	skipped error // why it is not that of the first of several alternatives; nil: it is
}

// missing says why there is no policy, as events do.
func (l *layerPolicy) missing() string {
	const text = "no policy could be loaded"
	if l.failed == nil {
		return text
	}
	return text + ": " + clean(maskText(l.failed.Error()), maxText)
}

func newPolicies(f *Fence, c *config) *policies {
	p := &policies{
		fence: f,
		platform: policy.Platform{
			RuntimeAPI:    os.Getenv("AWS_LAMBDA_RUNTIME_API"),
			XRay:          os.Getenv("AWS_XRAY_DAEMON_ADDRESS"),
			ExtensionPort: os.Getenv("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"),
			Credentials:   os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
			Region:        os.Getenv("AWS_REGION"),
			Soften:        c.soften,
		},
		loading: make(chan struct{}, 1),
		missing: policy.Enforce,
		layers:  make([]layerPolicy, len(c.layers)),
	}
	if c.onLoadError == Report {
		p.missing = policy.Report
	}
	for i, s := range c.layers {
		p.sources = append(p.sources, source.Bound(s))
		p.platform.Parameters = append(p.platform.Parameters, source.Parameters(s)...)
		p.layers[i].ref = PolicyRef{Name: "none", Source: source.Describe(s)}
	}
	p.swap() // until the first load is over every layer is missing
	return p
}

// load loads every layer, at the same time, and swaps the policy if any changed.
// What fails keeps its last good policy and is logged. It returns when ctx ends,
// whatever the sources do.
func (p *policies) load(ctx context.Context) error {
	if p.platform.Soften == policy.Off {
		return nil // the kill switch: no policy is of any use
	}
	select {
	case p.loading <- struct{}{}:
		defer func() { <-p.loading }()
	case <-ctx.Done():
		return ctx.Err()
	}
	errs := make([]error, len(p.sources))
	changed := make([]bool, len(p.sources))
	var wg sync.WaitGroup
	for i := 1; i < len(p.sources); i++ {
		wg.Go(func() { changed[i], errs[i] = p.loadLayer(ctx, i) })
	}
	changed[0], errs[0] = p.loadLayer(ctx, 0)
	wg.Wait()
	for i := range changed {
		if changed[i] {
			p.swap()
			break
		}
	}
	return errors.Join(errs...)
}

// loadLayer loads layer i and reports whether its policy is another one now.
func (p *policies) loadLayer(ctx context.Context, i int) (changed bool, err error) {
	s := p.sources[i]
	doc, err := s.Load(ctx)
	next := layerPolicy{ref: PolicyRef{Name: doc.Name, Version: doc.Version, Source: doc.Origin}, skipped: doc.Skipped}
	if err == nil {
		next.sum = sha256.Sum256(doc.Data)
		next.policy, next.set, err = p.read(doc, next.sum, i)
	}
	p.mu.Lock()
	last := p.layers[i]
	if err == nil {
		if next.policy.Name != "" {
			next.ref.Name = next.policy.Name
		}
		p.layers[i] = next
		changed = last.policy != next.policy || last.ref != next.ref
	} else {
		// A layer that fails keeps its last good policy. One that never had any
		// falls under the load-error rule; a bad document never allows anything.
		p.layers[i].failed = located(source.Describe(s), err)
	}
	p.mu.Unlock()
	switch {
	case err != nil:
		err = located(source.Describe(s), err)
		p.fence.reporter.notice(ctx, "policy load failed", err, last.ref)
		changed = last.policy == nil && last.failed == nil // the reason is known now
	case changed && last.policy != nil && last.ref != next.ref:
		p.fence.reporter.tell(ctx, "policy changed", next.ref)
	case doc.Skipped != nil && changed:
		p.fence.reporter.notice(ctx, "policy fallback used", doc.Skipped, next.ref)
	}
	return changed, err
}

// read parses a document and makes sure that it compiles. An unchanged one is
// not read again.
func (p *policies) read(doc source.Document, sum [sha256.Size]byte, i int) (*policy.Policy, *policy.Set, error) {
	p.mu.Lock()
	last := p.layers[i]
	p.mu.Unlock()
	if last.policy != nil && last.sum == sum {
		return last.policy, last.set, nil
	}
	pol, err := policy.Parse(doc.Data)
	if err != nil {
		return nil, nil, err
	}
	set, err := p.platform.Compile(pol)
	if err != nil {
		return nil, nil, err
	}
	return pol, set, nil
}

// located puts a source before an error, as in "file:policy.yaml:12:5: ...".
func located(name string, err error) error {
	var first *policy.Error
	if errors.As(err, &first) && first.Line > 0 {
		return fmt.Errorf("%s:%w", name, err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// swap compiles the layers as they are and makes them what the fence judges by.
func (p *policies) swap() {
	p.mu.Lock()
	defer p.mu.Unlock()
	pols, refs := make([]*policy.Policy, len(p.layers)), make([]PolicyRef, len(p.layers))
	for i, l := range p.layers {
		pols[i], refs[i] = l.policy, l.ref
		if l.policy == nil {
			pols[i] = policy.Unavailable(p.missing, l.missing())
		}
	}
	set, err := p.compile(pols)
	if err != nil {
		// Each layer compiled alone, so this is a mistake of ours. Deny.
		set, _ = p.platform.Compile(policy.Unavailable(policy.Enforce, "policy does not compile"))
		refs = refs[:1]
	}
	p.swaps++
	st := &state{set: set, refs: refs, generation: p.swaps, off: set.Off()}
	switch {
	case p.fence.config.eventsSet:
		st.events = p.fence.config.events
	case set.Mode() == policy.Learn:
		st.events = FirstSeen
	}
	st.approvals.seed = maphash.MakeSeed()
	st.approves = st.events == Violations && !set.NeedsTime() && !set.NeedsCallers()
	p.fence.state.Store(st)
}

// compile compiles the layers together. One alone is compiled already.
func (p *policies) compile(pols []*policy.Policy) (*policy.Set, error) {
	if len(p.layers) == 1 && p.layers[0].set != nil {
		return p.layers[0].set, nil
	}
	return p.platform.Compile(pols...)
}

// incomplete reports whether a layer has never been loaded.
func (p *policies) incomplete() bool {
	if p.platform.Soften == policy.Off {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.layers {
		if p.layers[i].policy == nil {
			return true
		}
	}
	return false
}

// fallback says why a layer runs on another policy than the one that it should;
// nil if none does.
func (p *policies) fallback() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.layers {
		if p.layers[i].skipped != nil {
			return p.layers[i].skipped
		}
	}
	return nil
}

// Refresh loads every layer now. It returns when the policy is in effect, or
// why a layer kept its last good one. It ends with ctx, or after 2 seconds.
func (f *Fence) Refresh(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, loadBudget)
	defer cancel()
	return f.policies.load(ctx)
}
