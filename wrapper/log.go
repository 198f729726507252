package wrapper

import (
	"context"
	"log/slog"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// The form of a log line, which the learner and the command-line tool read.
const (
	logMessage = "lambdafence"
	logVersion = 1
)

// line writes an event as one line of the log. What is unknown is left out.
func (r *reporter) line(ctx context.Context, ev *Event) {
	level := slog.LevelWarn
	if ev.Outcome == Allowed {
		level = slog.LevelInfo
	}
	if !r.config.logger.Enabled(ctx, level) {
		return
	}
	d := &ev.Decision
	attrs := texts("outcome", ev.Outcome.String(), "mode", d.Mode.String(), "decision", d.Effect.String(), "rule", d.Rule, "reason", d.Reason)
	attrs = append(attrs, slog.Int("layer", d.Layer), slog.Int("count", ev.Count),
		group("policy", texts("name", ev.Policy.Name, "version", ev.Policy.Version, "source", ev.Policy.Source)),
		group("call", callAttrs(ev)))
	if c := ev.Call.Caller; c != (policy.Caller{}) {
		attrs = append(attrs, group("caller", texts("module", c.Module, "version", c.Version, "package", c.Package)))
	}
	fn := ev.Function
	if named := texts("name", fn.Name, "version", fn.Version, "request_id", fn.RequestID); len(named) > 0 {
		attrs = append(attrs, group("function", named))
	}
	attrs = append(attrs, texts("suggest", ev.Suggestion, "trace_id", ev.TraceID, "span_id", ev.SpanID)...)
	r.config.logger.LogAttrs(ctx, level, logMessage, append([]slog.Attr{slog.Int("v", logVersion)}, attrs...)...)
}

func callAttrs(ev *Event) []slog.Attr {
	c := &ev.Call
	attrs := texts("kind", c.Kind.String(), "scheme", c.Scheme, "host", c.Host)
	if c.Port != 0 {
		attrs = append(attrs, slog.Int("port", int(c.Port)))
	}
	attrs = append(attrs, texts("method", c.Method, "path", c.Path, "host_header", c.HostHeader, "network", c.Network)...)
	if c.Addr.IsValid() {
		attrs = append(attrs, slog.String("ip", c.Addr.String()))
	}
	attrs = append(attrs, texts("service", c.Service, "operation", c.Operation)...)
	if c.Access != 0 {
		attrs = append(attrs, slog.String("access", c.Access.String()))
	}
	if len(c.Also) > 0 {
		attrs = append(attrs, slog.Any("also", words(c.Also)))
	}
	if c.Resources != nil {
		attrs = append(attrs, slog.Any("resources", c.Resources))
	}
	return append(attrs, texts("region", c.Region, "account", c.Account, "self", c.Self)...)
}

// words returns access levels as text.
func words(levels []policy.Access) []string {
	var words []string
	for _, a := range levels {
		words = append(words, a.String())
	}
	return words
}

// texts makes attributes of names and values, without the empty ones.
func texts(pairs ...string) []slog.Attr {
	attrs := make([]slog.Attr, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			attrs = append(attrs, slog.String(pairs[i], pairs[i+1]))
		}
	}
	return attrs
}

func group(key string, attrs []slog.Attr) slog.Attr {
	return slog.Attr{Key: key, Value: slog.GroupValue(attrs...)}
}

// notice logs what the fence itself has to say: a policy that does not load, a
// setting that cannot be read. It is no event: no call was made. What is said
// already is not said again for a minute: each invocation may find it anew.
func (r *reporter) notice(ctx context.Context, what string, err error, p PolicyRef) {
	if r.saidLately(what + err.Error()) {
		return
	}
	attrs := []slog.Attr{slog.String("notice", what), slog.String("error", errorText(err))}
	if p != (PolicyRef{}) {
		attrs = append(attrs, group("policy", texts("name", p.Name, "version", p.Version, "source", p.Source)))
	}
	protect(func() { r.config.logger.LogAttrs(ctx, slog.LevelError, logMessage+" notice", attrs...) })
	protect(func() { r.noticeSpan(ctx, what, err, p) })
}

// tell logs what an operator waits for: that another policy took effect.
func (r *reporter) tell(ctx context.Context, what string, p PolicyRef) {
	protect(func() {
		r.config.logger.LogAttrs(ctx, slog.LevelInfo, logMessage+" notice", slog.String("notice", what),
			group("policy", texts("name", p.Name, "version", p.Version, "source", p.Source)))
	})
}

// errorText is what an error says, without secrets: one of *url.Error repeats the whole
// of a URL, and sources repeat what they were answered.
func errorText(err error) string { return clean(maskText(err.Error()), 8*maxText) }

// saidLately reports whether a notice was made within a minute, and notes it.
func (r *reporter) saidLately(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if last, ok := r.noticed[text]; ok && age(now, last) < time.Minute {
		return true
	}
	if r.noticed == nil || len(r.noticed) >= 100 {
		r.noticed = map[string]time.Time{}
	}
	r.noticed[text] = now
	return false
}
