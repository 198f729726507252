package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/internal/lambdahost"
	"github.com/lambdafence/lambdafence/internal/otlprecv"
)

const (
	refresh    = time.Second
	firstOrder = 1001
)

// A story is the sandbox, what is around it and what came out of it so far.
type story struct {
	tell    *teller
	world   *world
	sandbox *lambdahost.Host
	policy  *policyFile
	log     *logbook
	traces  *otlprecv.Receiver

	done []*lambdahost.Result // one for each order
}

func (s *story) run(ctx context.Context) error {
	for _, chapter := range []func(context.Context) error{s.report, s.change, s.enforce, s.checkTraces} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	s.tell.head("Calls, from the function's log")
	s.tell.rows(callTable(s.log.all()))
	s.tell.head("Spans, as the OTLP receiver got them")
	spans := s.traces.Spans()
	for _, i := range []int{0, len(s.done) - 1} {
		s.tell.line(fmt.Sprintf("order %d", firstOrder+i), "trace %s", traceOf(s.done[i]))
		s.tell.rows(spanTable(spans, traceOf(s.done[i])))
		s.tell.gap()
	}
	s.tell.line("all told", "%d orders in one sandbox, %d spans; what is claimed above was checked", len(s.done), len(spans))
	return nil
}

// report: a violation is let through, and told.
func (s *story) report(ctx context.Context) error {
	s.tell.head("1. mode report: violations are let through and told")
	for range 2 {
		if err := s.order(ctx, "allowed", "reported", "allowed"); err != nil {
			return err
		}
	}
	s.tell.line("sandbox", "had its cold start with the first: %d ms until it asked for work", s.sandbox.InitDuration().Milliseconds())
	beacons := s.world.hosts[beaconHost].got()
	if err := s.want("beacons at the collector", len(beacons), 2); err != nil {
		return err
	}
	s.tell.line("collector", "got %d beacons from inside shipkit, each with", len(beacons))
	s.tell.line("", "%s", beacons[0])
	s.quote("reported")
	return nil
}

// change: the policy is rewritten while the sandbox lives, frozen as Lambda keeps it between two invocations.
func (s *story) change(ctx context.Context) error {
	s.tell.head("2. the policy changes while the sandbox lives")
	if err := s.policy.write("enforce"); err != nil {
		return err
	}
	s.tell.line("policy", "mode: report -> mode: enforce; LAMBDAFENCE_REFRESH=%v, so wait that long", refresh)
	if err := sleep(ctx, refresh+200*time.Millisecond); err != nil {
		return err
	}
	// The refresh runs beside the first invocation, which may still be judged by the policy before it.
	return s.order(ctx, "allowed", "reported or blocked", "allowed")
}

// enforce: from the second invocation on, the beacon is blocked, and nothing else.
func (s *story) enforce(ctx context.Context) error {
	s.tell.head("3. mode enforce: violations are blocked, orders go on")
	collector, asked := len(s.world.hosts[beaconHost].got()), s.world.proxy.connects(beaconHost)
	for range 2 {
		if err := s.order(ctx, "allowed", "blocked", "allowed"); err != nil {
			return err
		}
	}
	if err := s.want("beacons at the collector", len(s.world.hosts[beaconHost].got()), collector); err != nil {
		return err
	}
	if err := s.want("connections asked of the proxy to "+beaconHost, s.world.proxy.connects(beaconHost), asked); err != nil {
		return err
	}
	s.tell.line("collector", "got nothing more: %d beacons, and the proxy was not even asked for its name", collector)
	s.quote("blocked")
	alarms := s.log.alarms()
	if len(alarms) == 0 {
		return fmt.Errorf("no metric line in the function's log")
	}
	s.tell.gap()
	s.tell.quote("metric", alarms[len(alarms)-1])
	return s.checkHosts()
}

// order sends one order through the sandbox and checks what became of it and of its calls: the charge, the beacon that
// shipkit sends unasked, and the label.
func (s *story) order(ctx context.Context, outcomes ...string) error {
	id := fmt.Sprint(firstOrder + len(s.done))
	payload := fmt.Sprintf(`{"order_id":"%s","amount":4200,"currency":"EUR","card_token":"tok_visa",`+
		`"address":{"name":"A. Reader","street":"1 Quay","city":"Cork","postcode":"T12","country":"IE"}}`, id)
	_ = s.sandbox.Thaw()
	began := time.Now()
	result, err := s.sandbox.Invoke(ctx, []byte(payload))
	took := time.Since(began)
	if err != nil {
		return err
	}
	_ = s.sandbox.Freeze() // until the next invocation, as in Lambda
	s.done = append(s.done, result)
	var receipt map[string]string
	if err := json.Unmarshal(result.Payload, &receipt); err != nil || result.Failed {
		return fmt.Errorf("order %s failed: %s", id, result.Payload)
	}
	want := map[string]string{"order_id": id, "charge_id": "ch_" + id, "tracking": "SK-" + id}
	if !maps.Equal(receipt, want) {
		return fmt.Errorf("order %s: receipt %v, want %v", id, receipt, want)
	}
	events, err := s.events(ctx, result.RequestID, len(outcomes))
	if err != nil {
		return fmt.Errorf("order %s: %w", id, err)
	}
	for i, host := range []string{paymentsHost, beaconHost, labelsHost} {
		if e := events[i]; e.Call.Host != host || !strings.Contains(outcomes[i], e.Outcome) {
			return fmt.Errorf("order %s, call %d: want %s %s, got %s", id, i+1, host, outcomes[i], e.line)
		}
	}
	s.tell.line("order "+id, "charge %s   beacon %-8s   label %s   shipped as %s in %d ms",
		events[0].Outcome, events[1].Outcome, events[2].Outcome, receipt["tracking"], took.Milliseconds())
	return nil
}

// events returns the n events of an invocation. The function wrote them before it answered, but the pipe takes a moment.
func (s *story) events(ctx context.Context, requestID string, n int) ([]event, error) {
	var got []event
	err := eventually(ctx, func() error {
		got = s.log.of(requestID)
		return s.want("http events in the log", len(got), n)
	})
	return got, err
}

// quote shows the last such line of the function's log, as it is.
func (s *story) quote(outcome string) {
	events := s.log.all()
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Outcome == outcome {
			s.tell.gap()
			s.tell.quote("log", events[i].line)
			return
		}
	}
}

// checkHosts: the hosts got what the function says it sent, once each.
func (s *story) checkHosts() error {
	if err := s.want("charges at the payment host", len(s.world.hosts[paymentsHost].got()), len(s.done)); err != nil {
		return err
	}
	return s.want("labels at the shipping host", len(s.world.hosts[labelsHost].got()), len(s.done))
}

func (s *story) want(what string, got, want int) error {
	if got != want {
		return fmt.Errorf("%s: %d, want %d", what, got, want)
	}
	return nil
}

// eventually tries for a few seconds.
func eventually(ctx context.Context, check func() error) error {
	deadline := time.Now().Add(5 * time.Second)
	for {
		err := check()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		if err := sleep(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
