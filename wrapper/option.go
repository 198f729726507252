package wrapper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"go.opentelemetry.io/otel/trace"
)

// An Option changes how a fence behaves.
type Option func(*config)

// Events says which events a fence makes.
type Events uint8

// The choices of [WithEvents].
const (
	Violations Events = iota // calls that were reported or blocked
	FirstSeen                // these, and each distinct allowed call once per sandbox
	All                      // every call
)

// OnLoadError says what becomes of calls while a layer has no policy.
type OnLoadError uint8

// The load-error rules.
const (
	Block  OnLoadError = iota // deny every call
	Report                    // let every call through and report it
)

type config struct {
	layers       []source.Source
	soften       policy.Mode // the hardest mode left; Unset: no limit
	tracers      trace.TracerProvider
	logger       *slog.Logger
	sink         func(context.Context, Event)
	events       Events
	eventsSet    bool
	refresh      time.Duration
	flush        time.Duration // 0: the default
	onLoadError  OnLoadError
	loadErrorSet bool
	account      string

	mistakes []error // of the programmer: New fails
	misread  []error // of the environment: logged, the safe default holds
}

func (c *config) mistake(format string, args ...any) {
	c.mistakes = append(c.mistakes, fmt.Errorf(format, args...))
}

// WithPolicy sets where the policy comes from, one source for each layer; all
// layers must agree to a call. Default: what LAMBDAFENCE_POLICY says.
func WithPolicy(layers ...source.Source) Option {
	return func(c *config) {
		if len(layers) == 0 {
			c.mistake("WithPolicy: no layer")
		}
		for i, s := range layers {
			if s == nil {
				c.mistake("WithPolicy: layer %d is nil", i)
			}
		}
		c.layers = append(c.layers, layers...)
	}
}

// WithMode sets the mode of every layer and softens harder rules; it hardens
// nothing. policy.Off is the kill switch: it works though no policy could be
// loaded. Default: the modes that the policies state.
func WithMode(m policy.Mode) Option {
	return func(c *config) {
		if m < policy.Off || m > policy.Enforce {
			c.mistake("WithMode: %v is no mode", m)
			return
		}
		c.limit(m)
	}
}

// limit keeps the softest of the modes that options and environment ask for.
func (c *config) limit(m policy.Mode) {
	if c.soften == policy.Unset || m < c.soften {
		c.soften = m
	}
}

// WithTracerProvider sets who makes the spans. Default: otel.GetTracerProvider,
// asked when it is used.
func WithTracerProvider(tp trace.TracerProvider) Option {
	return func(c *config) {
		if tp == nil {
			c.mistake("WithTracerProvider: nil provider")
		}
		c.tracers = tp
	}
}

// WithLogger sets where events are logged. Default: one JSON line each on
// standard output, which is CloudWatch Logs in Lambda.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) {
		if l == nil {
			c.mistake("WithLogger: nil logger")
		}
		c.logger = l
	}
}

// WithSink hands each event to fn as well. fn runs on the goroutine of the call
// and delays it, so it must be quick; a panic in it is caught. Default: none.
func WithSink(fn func(context.Context, Event)) Option {
	return func(c *config) {
		if fn == nil {
			c.mistake("WithSink: nil function")
		}
		c.sink = fn
	}
}

// WithEvents sets which events are made. Default: Violations, and FirstSeen
// while the policy is in learn mode.
func WithEvents(which Events) Option {
	return func(c *config) {
		if which > All {
			c.mistake("WithEvents: %d is no choice of events", which)
		}
		c.events, c.eventsSet = which, true
	}
}

// WithRefresh sets how old a policy may grow before an invocation has it loaded
// anew, in the background. 0: never. Default: 60s.
func WithRefresh(every time.Duration) Option {
	return func(c *config) {
		if every < 0 {
			c.mistake("WithRefresh: negative interval %v", every)
		}
		c.refresh = every
	}
}

// WithFlushTimeout bounds the time that events may take to leave at the end of
// an invocation. Default: 500ms or a tenth of the time left, whichever is less.
func WithFlushTimeout(d time.Duration) Option {
	return func(c *config) {
		if d <= 0 {
			c.mistake("WithFlushTimeout: %v is no time", d)
		}
		c.flush = d
	}
}

// WithOnLoadError sets what becomes of calls while a layer has never been
// loaded. Default: Block, and Report where WithMode or LAMBDAFENCE_MODE say
// report, learn or off.
func WithOnLoadError(r OnLoadError) Option {
	return func(c *config) {
		if r > Report {
			c.mistake("WithOnLoadError: %d is no rule", r)
		}
		c.onLoadError, c.loadErrorSet = r, true
	}
}

// WithAccount sets the function's own account, 12 digits: what a policy calls
// self. It is for tests, and for emulators whose credentials tell nothing.
// Default: the account of the access key id that the process started with or,
// where that does not tell, of the first invocation's ARN.
func WithAccount(id string) Option {
	return func(c *config) {
		if len(id) != 12 || strings.Trim(id, "0123456789") != "" {
			c.mistake("WithAccount: %q is not the 12 digits of an account id", id)
		}
		c.account = id
	}
}

// newConfig applies the options over the environment over the defaults.
func newConfig(opts []Option) (*config, error) {
	c := &config{refresh: time.Minute}
	c.fromEnvironment()
	for i, opt := range opts {
		if opt == nil {
			c.mistake("option %d is nil", i)
			continue
		}
		opt(c)
	}
	if len(c.mistakes) > 0 {
		return nil, fmt.Errorf("lambdafence: %w", errors.Join(c.mistakes...))
	}
	if !c.loadErrorSet && c.soften != policy.Unset && c.soften <= policy.Report {
		c.onLoadError = Report
	}
	if len(c.layers) == 0 {
		c.layers = c.sourcesFromEnvironment()
	}
	if c.logger == nil {
		c.logger = slog.New(slog.NewJSONHandler(os.Stdout, nil))
	}
	return c, nil
}

// fromEnvironment reads what operators set. A value that cannot be read never
// keeps a function from starting: it is logged, and the default holds.
func (c *config) fromEnvironment() {
	read := func(name string, use func(string) error) {
		if v := os.Getenv(name); v != "" {
			if err := use(v); err != nil {
				c.misread = append(c.misread, fmt.Errorf("%s: %w", name, err))
			}
		}
	}
	read("LAMBDAFENCE_MODE", func(v string) error {
		m, err := policy.ParseMode(strings.ToLower(v))
		if err == nil {
			c.limit(m)
		}
		return err
	})
	read("LAMBDAFENCE_REFRESH", func(v string) error {
		d, err := time.ParseDuration(v)
		if err == nil && d < 0 {
			err = fmt.Errorf("negative interval %v", d)
		}
		if err == nil {
			c.refresh = d
		}
		return err
	})
	read("LAMBDAFENCE_ON_LOAD_ERROR", func(v string) error {
		switch strings.ToLower(v) {
		case "block":
			c.onLoadError, c.loadErrorSet = Block, true
		case "report":
			c.onLoadError, c.loadErrorSet = Report, true
		default:
			return fmt.Errorf("%q: want block or report", v)
		}
		return nil
	})
}

// sourcesFromEnvironment reads LAMBDAFENCE_POLICY. Where it says nothing that
// can be used, the layer fails to load and the load-error rule holds: a typing
// error in a template is neither an open fence nor a function that won't start.
func (c *config) sourcesFromEnvironment() []source.Source {
	spec := os.Getenv("LAMBDAFENCE_POLICY")
	if spec == "" {
		if c.soften == policy.Learn {
			return []source.Source{source.Static("learn", []byte("{version: 1, mode: learn}"))}
		}
		return []source.Source{failing{errors.New("no policy: set LAMBDAFENCE_POLICY or use WithPolicy")}}
	}
	layers, err := source.Parse(spec)
	if err != nil {
		return []source.Source{failing{err}}
	}
	return layers
}

// failing is a source that there is none of.
type failing struct{ err error }

func (f failing) Load(context.Context) (source.Document, error) { return source.Document{}, f.err }
func (f failing) String() string                                { return "none" }
