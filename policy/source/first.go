package source

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// First returns one layer out of several alternatives: the first that loads a
// document which can be read as a policy. Each is given a fair share of what is
// left until the context's deadline: of two, the first gets half of the time and
// the second what the first leaves; of three, the first gets a third.
//
// At a refresh the earlier alternatives are tried again. The later ones are
// not, once an earlier one has loaded: a policy from Parameter Store must not
// give way to the embedded one because a refresh failed. Then Load fails, and
// the fence keeps the last good policy.
//
// [Extension] first and an embedded document behind it is a usual pair: the
// extension does not answer at cold start, so the embedded document rules the
// first invocations, until the first refresh. It should be the stricter one.
func First(sources ...Source) Source {
	f := &first{best: len(sources) - 1}
	for _, s := range sources {
		f.sources = append(f.sources, Bound(s))
	}
	return f
}

type first struct {
	sources []Source

	mu   sync.Mutex
	best int // the earliest alternative that ever loaded
}

func (f *first) String() string {
	names := make([]string, len(f.sources))
	for i, s := range f.sources {
		names[i] = Describe(s)
	}
	return strings.Join(names, "|")
}

func (f *first) Load(ctx context.Context) (Document, error) {
	if len(f.sources) == 0 {
		return Document{}, errors.New("no alternatives to load from")
	}
	f.mu.Lock()
	best := f.best
	f.mu.Unlock()

	var skipped []error
	for i, s := range f.sources[:best+1] {
		doc, err := loadOne(ctx, s, best+1-i)
		if err != nil {
			skipped = append(skipped, fmt.Errorf("%s: %w", Describe(s), err))
			continue
		}
		f.mu.Lock()
		f.best = min(f.best, i)
		f.mu.Unlock()
		doc.Skipped = errors.Join(skipped...)
		return doc, nil
	}
	return Document{}, errors.Join(skipped...)
}

// loadOne loads from s within its share of the time that is left, and checks
// that the document is a policy: a broken one is no reason to have none.
func loadOne(ctx context.Context, s Source, shares int) (Document, error) {
	ctx, cancel := share(ctx, shares)
	defer cancel()
	doc, err := s.Load(ctx)
	if err != nil {
		return doc, err
	}
	p, err := policy.Parse(doc.Data)
	if err == nil {
		_, err = policy.Compile(p)
	}
	return doc, err
}

// share gives one of several that follow each other its part of the time that
// is left. Without a deadline there is nothing to share.
func share(ctx context.Context, shares int) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || shares < 2 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/time.Duration(shares))
}
