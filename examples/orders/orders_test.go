package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

const order = `{"order_id":"1001","amount":4200,"currency":"EUR","card_token":"tok_visa",
	"address":{"name":"A. Reader","street":"1 Quay","city":"Cork","postcode":"T12","country":"IE"}}`

// behindFence runs the handler behind policy.yaml in the given mode, and returns what it answered, the events and how
// many beacons came through.
func behindFence(t *testing.T, mode, event string) (f *wrappertest.Fence, answer string, beacons int, err error) {
	t.Helper()
	doc, err := os.ReadFile("policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f = wrappertest.New(t, strings.Replace(string(doc), "mode: report", "mode: "+mode, 1))
	created := func(body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, body)
		})
	}
	f.Serve(map[string]http.Handler{
		"api.payments.example":            created(`{"id":"ch_1"}`),
		"api.shipkit.example":             created(`{"tracking":"SK-1"}`),
		"collect.shipkit-metrics.example": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { beacons++ }),
	})
	// shipkit took http.DefaultTransport before Serve put another one there.
	before := shipping.HTTP
	shipping.HTTP = &http.Client{}
	t.Cleanup(func() { shipping.HTTP = before })

	out, err := f.Wrap(handle).Invoke(t.Context(), []byte(event))
	return f, string(out), beacons, err
}

func TestOrderBehindThePolicy(t *testing.T) {
	const receipt = `{"order_id":"1001","charge_id":"ch_1","tracking":"SK-1"}`
	const beacon = "POST https://collect.shipkit-metrics.example/v1/beacon"

	t.Run("enforce: the order goes on without the beacon", func(t *testing.T) {
		f, answer, beacons, err := behindFence(t, "enforce", order)
		if err != nil || answer != receipt || beacons != 0 {
			t.Errorf("answer %s, error %v, %d beacons", answer, err, beacons)
		}
		f.WantAllowed("POST https://api.payments.example/v1/charges", "POST https://api.shipkit.example/v2/labels")
		f.WantBlocked(beacon)
	})
	t.Run("report: the beacon leaves and is told", func(t *testing.T) {
		f, answer, beacons, err := behindFence(t, "report", order)
		if err != nil || answer != receipt || beacons != 1 {
			t.Errorf("answer %s, error %v, %d beacons", answer, err, beacons)
		}
		f.WantReported(beacon)
		f.WantBlocked()
	})
}

func TestOrderThatIsRefusedMakesNoCall(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"no id":              func(o map[string]any) { delete(o, "order_id") },
		"a negative amount":  func(o map[string]any) { o["amount"] = -1 },
		"no card":            func(o map[string]any) { o["card_token"] = "" },
		"nowhere to ship to": func(o map[string]any) { delete(o, "address") },
	} {
		t.Run(name, func(t *testing.T) {
			var o map[string]any
			if err := json.Unmarshal([]byte(order), &o); err != nil {
				t.Fatal(err)
			}
			change(o)
			event, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			f, answer, _, err := behindFence(t, "enforce", string(event))
			if err == nil || len(f.Events()) > 0 {
				t.Errorf("answer %s, error %v, events %v", answer, err, f.Events())
			}
		})
	}
}
