package wrapper

import (
	"context"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/lambdafence/lambdafence/policy"
)

// Who calls is read from the stack of the goroutine that calls, where a rule has
// from or the call makes an event. A call that is simply allowed is not looked at.

const (
	maxFrames = 256 // beneath the AWS SDK, the caller is 76 frames up
	maxPaths  = 512 // that are remembered; a program with more begins again
	maxOnPath = 64  // modules and packages of one stack
)

// A callPath is one way in which calls come to be made.
type callPath struct {
	pcs     []uintptr
	nearest policy.Caller
	all     []policy.Caller

	exports bool // by a span exporter
	dials   bool // net/http's own goroutine, which dials for somebody
}

// callPaths are those that were seen: to put a stack into words takes 20 us, and
// to find it again 2.
var callPaths struct {
	sync.RWMutex
	seen map[uint64]*callPath
}

// attribute says who makes c, unless that is known. Beneath a call that was judged
// on another goroutine, as net/http dials on one of its own, it is who made that.
// It returns the way that it came by, or nil where it did not ask.
func (f *Fence) attribute(ctx context.Context, c *policy.Call) *callPath {
	if c.Caller != (policy.Caller{}) || c.Callers != nil {
		return nil
	}
	p := calledBy()
	c.Caller, c.Callers = p.nearest, p.all
	if c.Caller != (policy.Caller{}) {
		return p
	}
	if v := f.verdictFrom(ctx); v != nil && v.told != nil && v.call.Callers != nil {
		c.Caller, c.Callers = v.call.Caller, v.call.Callers
	}
	return p
}

// calledBy reads the stack of this goroutine.
func calledBy() *callPath {
	var buf [maxFrames]uintptr
	pcs := buf[:runtime.Callers(3, buf[:])]
	const prime = 1099511628211
	hash := uint64(14695981039346656037)
	for _, pc := range pcs {
		hash = (hash ^ uint64(pc)) * prime
	}
	callPaths.RLock()
	p := callPaths.seen[hash]
	callPaths.RUnlock()
	if p != nil && slices.Equal(p.pcs, pcs) {
		return p
	}
	p = &callPath{pcs: slices.Clone(pcs)}
	p.read(modules())
	callPaths.Lock()
	defer callPaths.Unlock()
	if callPaths.seen == nil || len(callPaths.seen) >= maxPaths {
		callPaths.seen = map[uint64]*callPath{}
	}
	callPaths.seen[hash] = p
	return p
}

// read puts a stack into words. The nearest caller is the first that does not call
// for others; where all of them do, the one that began.
func (p *callPath) read(b *build) {
	frames := runtime.CallersFrames(p.pcs)
	var last string
	found := false
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		p.exports = p.exports || strings.HasSuffix(frame.Function, exportSpans)
		p.dials = p.dials || frame.Function == "net/http.(*Transport).dialConn"
		pkg := packageOf(frame.Function)
		if pkg == last || pkg == "" || len(p.all) == maxOnPath {
			continue
		}
		last = pkg
		c, ok := b.caller(pkg)
		if !ok {
			continue
		}
		if !found {
			p.nearest, found = c, !isHelper(c.Package)
		}
		if !slices.Contains(p.all, c) {
			p.all = append(p.all, c)
		}
	}
}

// packageOf returns the import path in the name of a function, as the linker has
// it: dots in its last element are escaped, and type arguments may hold paths.
//
//	gopkg.in/yaml%2ev3.(*Decoder).Decode
//	example.com/a/b.Map[...].func1
func packageOf(function string) string {
	function, _, _ = strings.Cut(function, "[")
	slash := strings.LastIndexByte(function, '/') + 1
	dot := strings.IndexByte(function[slash:], '.')
	if dot < 0 {
		return ""
	}
	pkg := function[:slash+dot]
	if strings.Contains(pkg[slash:], "%") {
		pkg = strings.NewReplacer("%2e", ".", "%22", `"`, "%25", "%").Replace(pkg)
	}
	return pkg
}

// A build is what the program was built from.
type build struct {
	main    string            // the import path of package main
	modules map[string]string // path to version
	guess   bool              // the modules are not known: go test does not tell, nor does every build tool
}

var modules = sync.OnceValue(func() *build {
	info, _ := debug.ReadBuildInfo()
	return newBuild(info)
})

func newBuild(info *debug.BuildInfo) *build {
	b := &build{main: "main", modules: map[string]string{}}
	if info == nil {
		b.guess = true
		return b
	}
	if info.Path != "" && info.Path != "command-line-arguments" {
		b.main = info.Path
	} else if info.Main.Path != "" {
		b.main = info.Main.Path
	}
	b.guess = len(info.Deps) == 0
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path == "" {
			continue
		}
		version := m.Version
		if m.Replace != nil {
			version = m.Replace.Version
		}
		if version == "(devel)" { // no version
			version = ""
		}
		b.modules[m.Path] = version
	}
	return b
}

// caller returns the caller that a package is. The standard library and the fence
// itself are none.
func (b *build) caller(pkg string) (c policy.Caller, ok bool) {
	if pkg == "main" {
		pkg = b.main
	}
	if within(pkg, ownModule+"/wrapper") || within(pkg, ownModule+"/policy") {
		return c, false
	}
	c.Package = pkg
	for path := pkg; path != ""; path, _, _ = cutLast(path) {
		if version, known := b.modules[path]; known {
			c.Module, c.Version = path, version
			return c, true
		}
	}
	first, _, _ := strings.Cut(pkg, "/")
	if pkg != b.main && !strings.Contains(first, ".") {
		return c, false // the standard library
	}
	if b.guess {
		c.Module = guessModule(pkg)
	}
	return c, true
}

const ownModule = "github.com/lambdafence/lambdafence"

func cutLast(path string) (before, after string, ok bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// guessModule tells the module of a package by how the great hosts name theirs.
func guessModule(pkg string) string {
	parts := strings.Split(pkg, "/")
	n := len(parts)
	switch parts[0] {
	case "github.com", "gitlab.com", "bitbucket.org":
		n = 3
	case "golang.org": // golang.org/x/net
		n = 3
	case "gopkg.in":
		if n = 2; len(parts) > 2 && !strings.Contains(parts[1], ".v") {
			n = 3
		}
	}
	n = min(n, len(parts))
	if len(parts) > n && len(parts[n]) > 1 && parts[n][0] == 'v' && strings.Trim(parts[n][1:], "0123456789") == "" {
		n++
	}
	return strings.Join(parts[:n], "/")
}

// helpers are modules whose packages call for others: SDKs, instrumentation, and
// what stands between net/http and who wants an answer. By import path, with all
// that is beneath.
var helpers = []string{
	"github.com/aws/aws-lambda-go",
	"github.com/aws/aws-sdk-go",
	"github.com/aws/aws-sdk-go-v2",
	"github.com/aws/aws-xray-sdk-go",
	"github.com/aws/smithy-go",
	"github.com/avast/retry-go",
	"github.com/carlmjohnson/requests",
	"github.com/cenkalti/backoff",
	"github.com/DataDog/dd-trace-go",
	"github.com/dghubble/sling",
	"github.com/failsafe-go/failsafe-go",
	"github.com/getsentry/sentry-go/httpclient",
	"github.com/go-resty/resty",
	"github.com/gojek/heimdall",
	"github.com/gregjones/httpcache",
	"github.com/hashicorp/go-cleanhttp",
	"github.com/hashicorp/go-retryablehttp",
	"github.com/imroc/req",
	"github.com/newrelic/go-agent",
	"github.com/sethgrid/pester",
	"github.com/sony/gobreaker",
	"go.opentelemetry.io",
	"golang.org/x/net",
	"golang.org/x/oauth2",
	"golang.org/x/sync",
	"golang.org/x/time",
	"google.golang.org/grpc",
	"gopkg.in/DataDog/dd-trace-go.v1",
	"resty.dev/v3",
}

func isHelper(pkg string) bool {
	return slices.ContainsFunc(helpers, func(helper string) bool { return within(pkg, helper) })
}

// within reports whether a package is that of path, or beneath it.
func within(pkg, path string) bool {
	rest, ok := strings.CutPrefix(pkg, path)
	return ok && (rest == "" || rest[0] == '/')
}
