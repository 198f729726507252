package wrapper_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

// ownModule is who calls in tests of this package.
const ownModule = "github.com/lambdafence/lambdafence"

// TestFromWhereTheConnectionIsMade: net/http connects on a goroutine of its own, and
// there it is still known who calls.
func TestFromWhereTheConnectionIsMade(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	_, port, _ := strings.Cut(address, ":")
	for from, blocks := range map[string]bool{ownModule: true, "example.com/other": false} {
		f := wrappertest.New(t, fmt.Sprintf(`{mode: enforce, local: [%q], deny: [{cidr: 127.0.0.0/8, from: %s}]}`, address, from), wrapper.WithEvents(wrapper.Violations))
		resp, err := (&http.Client{Transport: f.Transport(new(http.Transport))}).Get("http://localhost:" + port + "/")
		if err == nil {
			resp.Body.Close()
		}
		if errors.Is(err, wrapper.ErrBlocked) != blocks {
			t.Errorf("from %s: %v", from, err)
		}
		if events := f.Events(); blocks != (len(events) == 1) || blocks && (events[0].Call.Caller.Module != ownModule || !strings.Contains(err.Error(), "called by "+ownModule)) {
			t.Errorf("from %s: %v, %+v", from, err, events)
		}
	}
}

// TestFromThatIsSaid: who describes a call may say who makes it.
func TestFromThatIsSaid(t *testing.T) {
	f := wrappertest.New(t, "{mode: enforce, allow: [{host: a.example, from: example.com/driver}]}")
	call := policy.Call{Kind: policy.Net, Host: "a.example", Port: 443}
	if err := f.Check(t.Context(), call); !errors.Is(err, wrapper.ErrBlocked) {
		t.Error("from this module:", err)
	}
	call.Caller.Module = "example.com/driver"
	if err := f.Check(t.Context(), call); err != nil {
		t.Error(err)
	}
}

// TestSeenByEachCaller: in learn mode, the same call of another package is another
// first sight.
func TestSeenByEachCaller(t *testing.T) {
	f := wrappertest.New(t, "mode: learn", wrapper.WithEvents(wrapper.FirstSeen))
	for _, module := range []string{"example.com/a", "example.com/b", "example.com/a"} {
		call := policy.Call{Kind: policy.Net, Host: "db.example", Port: 5432, Caller: policy.Caller{Module: module}}
		if err := f.Check(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	if events := f.Events(); len(events) != 2 || events[0].Call.Caller.Module != "example.com/a" || events[1].Call.Caller.Module != "example.com/b" {
		t.Errorf("%+v", events)
	}
}
