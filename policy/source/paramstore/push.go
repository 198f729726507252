package paramstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
	"github.com/lambdafence/lambdafence/policy"
)

// pushTimeout bounds a push whose context has no deadline.
const pushTimeout = 2 * time.Minute

// A Pushed says what a push did, or would do. After an error it says what was
// done until then; Version is 0 if no new version of the parameter was written.
type Pushed struct {
	Name     string
	Version  int64    // of the parameter now
	Previous int64    // the latest version before; 0: there was none
	Labels   []string // that stand on Version now
	Form     string   // "plain", "packed" or "split"
	Tier     string   // "Standard" or "Advanced"
	Type     string   // "String" or "SecureString"
	Size     int      // bytes that are stored, parts included
	Parts    int      // parameters beside Name
	DryRun   bool     // nothing was written: Version and Labels are what would be
}

// A PushOption changes how a policy is pushed.
type PushOption func(*pushOptions)

type pushOptions struct {
	base     int64
	hasBase  bool
	labels   []string
	secure   bool
	key      string
	advanced bool
	dryRun   bool
}

// Base makes the push fail if version is not the latest one: somebody else has
// pushed since it was read. 0: there is no parameter yet. Default: any version.
func Base(version int64) PushOption {
	return func(o *pushOptions) { o.base, o.hasBase = version, true }
}

// Labels moves labels to the new version, once it is written. Default: none.
func Labels(labels ...string) PushOption {
	return func(o *pushOptions) { o.labels = append(o.labels, labels...) }
}

// SecureString has the policy encrypted with a KMS key: an id, an ARN or an
// alias, or "" for the account's key for Parameter Store. Default: the type and
// key that the parameter has; String for a new one. Parameter Store does not make
// a SecureString of a String.
func SecureString(key string) PushOption {
	return func(o *pushOptions) { o.secure, o.key = true, key }
}

// Advanced uses the advanced tier: 8 KB in a parameter, at a charge for each.
// Default: the tier that the parameter has; Standard for a new one.
func Advanced() PushOption { return func(o *pushOptions) { o.advanced = true } }

// DryRun writes nothing. It does check all that can be checked without writing.
func DryRun() PushOption { return func(o *pushOptions) { o.dryRun = true } }

// errConflict is found by [IsConflict].
var errConflict = errors.New("another push came between")

// IsConflict reports whether a push failed because somebody else pushed: before
// it, so that nothing was written, or at the same moment, so that both were
// written and no label was moved.
func IsConflict(err error) bool { return errors.Is(err, errConflict) }

// Push writes doc as a new version of the parameter, in the simplest form that
// fits into its tier: plain, packed, or split over several parameters. Of a
// split policy the parts are written first, the manifest that names their
// versions last. Then labels are moved.
//
// It refuses a document that is not a policy. Parameter Store cannot compare
// and set, so two pushes at the same moment are both written; Push notices by
// the version number, moves no label then, and returns an error for which
// [IsConflict] holds. Functions that load a label do not see either; those that
// load the latest version see the later one.
func (p *Parameter) Push(ctx context.Context, doc []byte, opts ...PushOption) (Pushed, error) {
	if err := p.check(); err != nil {
		return Pushed{}, err
	}
	var o pushOptions
	for i, opt := range opts {
		if opt == nil {
			return Pushed{}, fmt.Errorf("push option %d is nil", i)
		}
		opt(&o)
	}
	if err := p.pushable(doc, &o); err != nil {
		return Pushed{}, err
	}
	ctx, cancel := bounded(ctx, pushTimeout)
	defer cancel()
	c, err := p.client.get(ctx)
	if err != nil {
		return Pushed{}, err
	}
	defer c.rest()
	s := &store{client: c, name: p.name}
	now, err := s.history(ctx)
	if err != nil {
		return Pushed{}, err
	}
	if o.hasBase && o.base != now.version {
		return Pushed{}, fmt.Errorf("%s is at version %d, not %d: read it and push again; nothing was written: %w", p.name.Path, now.version, o.base, errConflict)
	}
	pushed, packing, err := s.plan(doc, now, &o)
	if err != nil || o.dryRun {
		return pushed, err
	}
	return s.write(ctx, pushed, packing, now, o.labels)
}

// pushable checks what can be checked without a call.
func (p *Parameter) pushable(doc []byte, o *pushOptions) error {
	switch {
	case p.name.Selector != "":
		return fmt.Errorf("%s: a push makes a new version of %s; Labels moves a label to it", p.name, p.name.Path)
	case o.hasBase && o.base < 0:
		return fmt.Errorf("there is no version %d", o.base)
	}
	if err := p.labels(o.labels); err != nil {
		return err
	}
	pol, err := policy.Parse(doc)
	if err == nil {
		_, err = policy.Compile(pol)
	}
	if err != nil {
		return fmt.Errorf("the document is not a policy, nothing was written: %w", err)
	}
	return nil
}

// plan decides on type, tier and form.
func (s *store) plan(doc []byte, now *state, o *pushOptions) (Pushed, *paramdoc.Packing, error) {
	s.kind, s.key, s.tier = now.kind, now.key, now.tier
	if o.secure {
		if now.version > 0 && now.kind != typeSecureString {
			return Pushed{}, nil, fmt.Errorf("%s is a %s, and Parameter Store does not change the type of a parameter: push to a new name; nothing was written", s.name.Path, now.kind)
		}
		s.kind, s.key = typeSecureString, o.key
	}
	limit := paramdoc.Standard
	if o.advanced || s.tier == tierAdvanced {
		s.tier, limit = tierAdvanced, paramdoc.Advanced // there is no way back to Standard
	}
	packing, err := paramdoc.Pack(doc, limit)
	if err != nil {
		return Pushed{}, nil, err
	}
	if packing.Form == paramdoc.Split {
		if err := now.keepsParts(s.name.Path); err != nil {
			return Pushed{}, nil, err
		}
		if _, err := paramdoc.ParseName(s.name.Part(len(packing.Parts))); err != nil {
			return Pushed{}, nil, fmt.Errorf("the policy needs %d parts beneath %s: %w", len(packing.Parts), s.name.Path, err)
		}
	}
	pushed := Pushed{
		Name: s.name.Path, Version: now.version + 1, Previous: now.version,
		Form: packing.Form.String(), Type: s.kind, Tier: s.tier,
		Size: packing.Size(), Parts: len(packing.Parts),
		Labels: slices.Clone(o.labels), DryRun: o.dryRun,
	}
	return pushed, packing, nil
}
