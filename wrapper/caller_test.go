package wrapper

import (
	"io"
	"log/slog"
	"runtime/debug"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
)

func TestPackageOf(t *testing.T) {
	for function, want := range map[string]string{
		"main.main":                                   "main",
		"main.main.func1":                             "main",
		"net/http.(*Client).do":                       "net/http",
		"example.com/a/b.F":                           "example.com/a/b",
		"example.com/a/b.(*T).M.func1.2":              "example.com/a/b",
		"example.com/a/b.T.M-fm":                      "example.com/a/b",
		"gopkg.in/yaml%2ev3.(*Decoder).Decode":        "gopkg.in/yaml.v3",
		"example.com/a.b/c.F":                         "example.com/a.b/c",
		"example.com/a/b.Map[...].func1":              "example.com/a/b",
		"example.com/a/b.Map[example.com/c/d.T]":      "example.com/a/b",
		"example.com/a/b.(*Map[example.com/c/d.T]).M": "example.com/a/b",
		"":                     "",
		"goexit":               "",
		"runtime.goexit":       "runtime",
		"example.com/a/nodots": "",
	} {
		if got := packageOf(function); got != want {
			t.Errorf("%s: %q, want %q", function, got, want)
		}
	}
}

func TestBuild(t *testing.T) {
	b := newBuild(&debug.BuildInfo{
		Path: "shop/cmd/orders", Main: debug.Module{Path: "shop", Version: "(devel)"},
		Deps: []*debug.Module{
			{Path: "example.com/lib", Version: "v1.2.3"},
			{Path: "example.com/lib/v2", Version: "v2.0.0"},
			{Path: "example.com/lib/sub", Version: "v0.1.0"},
			{Path: "example.com/fork", Version: "v1.0.0", Replace: &debug.Module{Path: "example.com/mine", Version: "v1.0.1"}},
			{Path: "example.com/here", Version: "v1.0.0", Replace: &debug.Module{Path: "./here"}},
			{},
		},
	})
	for pkg, want := range map[string]policy.Caller{
		"main":                     {Module: "shop", Package: "shop/cmd/orders"},
		"shop/internal/pay":        {Module: "shop", Package: "shop/internal/pay"},
		"example.com/lib":          {Module: "example.com/lib", Version: "v1.2.3", Package: "example.com/lib"},
		"example.com/lib/x":        {Module: "example.com/lib", Version: "v1.2.3", Package: "example.com/lib/x"},
		"example.com/lib/v2/x":     {Module: "example.com/lib/v2", Version: "v2.0.0", Package: "example.com/lib/v2/x"},
		"example.com/lib/sub/x":    {Module: "example.com/lib/sub", Version: "v0.1.0", Package: "example.com/lib/sub/x"},
		"example.com/fork":         {Module: "example.com/fork", Version: "v1.0.1", Package: "example.com/fork"},
		"example.com/here":         {Module: "example.com/here", Package: "example.com/here"},
		"example.com/library":      {Package: "example.com/library"},
		"net/http":                 {},
		"vendor/golang.org/x/net":  {},
		"shopping":                 {},
		ownModule + "/wrapper":     {},
		ownModule + "/policy/sub":  {},
		ownModule + "/wrappers":    {Package: ownModule + "/wrappers"},
		"example.com/lib/internal": {Module: "example.com/lib", Version: "v1.2.3", Package: "example.com/lib/internal"},
	} {
		if got, ok := b.caller(pkg); got != want && ok || ok != (want != policy.Caller{}) {
			t.Errorf("%s: %+v, %v, want %+v", pkg, got, ok, want)
		}
	}
	for _, info := range []*debug.BuildInfo{nil, {Path: "command-line-arguments"}} {
		b := newBuild(info)
		if c, ok := b.caller("main"); !ok || c.Package != "main" {
			t.Errorf("%+v: main is %+v", info, c)
		}
		for pkg, want := range map[string]string{
			"github.com/a/b":             "github.com/a/b",
			"github.com/a/b/c/d":         "github.com/a/b",
			"github.com/a/b/v3/c":        "github.com/a/b/v3",
			"github.com/a/b/version":     "github.com/a/b",
			"github.com/a":               "github.com/a",
			"golang.org/x/net/http2":     "golang.org/x/net",
			"gopkg.in/yaml.v3":           "gopkg.in/yaml.v3",
			"gopkg.in/a/b.v1/c":          "gopkg.in/a/b.v1",
			"go.acme.example/x/v":        "go.acme.example/x/v",
			"go.opentelemetry.io/otel/x": "go.opentelemetry.io/otel/x",
		} {
			if c, ok := b.caller(pkg); !ok || c.Module != want {
				t.Errorf("%s: guessed %q, want %q", pkg, c.Module, want)
			}
		}
	}
}

// TestHelpers: what calls for others is not the nearest caller, unless there is no
// other; all of them are on the stack.
func TestHelpers(t *testing.T) {
	for pkg, want := range map[string]bool{
		"github.com/aws/aws-sdk-go-v2/service/s3": true, "github.com/aws/smithy-go": true, "golang.org/x/oauth2/clientcredentials": true,
		"github.com/aws/aws-sdk-go-v3": false, "github.com/acme/smithy-go": false, "golang.org/x/oauth2x": false, "example.com/a": false,
	} {
		if isHelper(pkg) != want {
			t.Errorf("%s: %v", pkg, !want)
		}
	}
}

// TestCallPathsAreBounded: however many ways there are to a call, a bounded number is
// remembered.
func TestCallPathsAreBounded(t *testing.T) {
	var deep func(n int) *callPath
	deep = func(n int) *callPath {
		if n > 0 {
			return deep(n - 1)
		}
		return calledBy()
	}
	for n := range 2 * maxFrames {
		if p := deep(n); len(p.pcs) > maxFrames || len(p.all) > maxOnPath {
			t.Fatal(len(p.pcs), len(p.all))
		}
	}
	callPaths.Lock()
	for i := range uint64(3 * maxPaths) {
		if len(callPaths.seen) >= maxPaths {
			break
		}
		callPaths.seen[i] = &callPath{}
	}
	callPaths.Unlock()
	if deep(3); len(callPaths.seen) > maxPaths {
		t.Error(len(callPaths.seen))
	}
	if first, again := deep(7), deep(7); first == again {
		t.Error("two lines are one") // they are two places in this function
	}
	var same [2]*callPath
	for i := range same {
		same[i] = deep(5)
	}
	if same[0] != same[1] {
		t.Error("a stack is not found again")
	}
}

// TestNoStackForWhatIsAllowed: nobody pays for from who does not use it.
func TestNoStackForWhatIsAllowed(t *testing.T) {
	looked := func(doc, host string) bool {
		f := Must(New(t.Context(), WithPolicy(source.Static("p", []byte(doc))), WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))))
		callPaths.Lock()
		callPaths.seen = nil
		callPaths.Unlock()
		_ = f.Check(t.Context(), policy.Call{Kind: policy.Net, Host: host, Port: 5432})
		callPaths.RLock()
		defer callPaths.RUnlock()
		return callPaths.seen != nil
	}
	const allow = "mode: enforce\nallow: [{host: a.example, ports: [5432]}]\n"
	if looked(allow, "a.example") || !looked(allow, "b.example") || !looked(allow+"deny: [{host: c.example, from: x}]", "a.example") {
		t.Error("the stack is looked at where nobody asks who calls, or is not where somebody does")
	}
}
