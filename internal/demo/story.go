package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lambdafence/lambdafence/internal/lambdahost"
	"github.com/lambdafence/lambdafence/internal/otlprecv"
)

const (
	policyFile    = "policy.yaml"
	parameterName = "/fence/orders"
	liveLabel     = "live"

	refresh    = time.Second
	firstOrder = 1001
	customer   = "A. Reader"
)

// A story is the sandbox, what is around it and what came out of it so far.
type story struct {
	tell          *teller
	world         *world
	tool          *tool
	before, after string // bootstraps, with two releases of shipkit
	dir           string // where the developer works
	sandbox       *lambdahost.Host
	log           *logbook // of the sandbox
	traces        *otlprecv.Receiver

	orders int                  // so far
	done   []*lambdahost.Result // one for each order of this sandbox
}

func (s *story) run(ctx context.Context) error {
	defer func() {
		if s.sandbox != nil {
			_ = s.sandbox.Close()
		}
	}()
	for _, chapter := range []func(context.Context) error{s.learn, s.write, s.report, s.change, s.enforce, s.explain, s.checkOrders, s.checkTraces} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	s.tell.head("Calls of the last sandbox, from its log")
	s.tell.rows(callTable(s.log.all()))
	last := s.done[len(s.done)-1]
	spans := s.traces.Spans()
	s.tell.head("Spans of order %d, as the OTLP receiver got them", firstOrder+s.orders-1)
	s.tell.rows(spanTable(spans, traceOf(last)))
	s.tell.gap()
	s.tell.line("all told", "%d orders in two sandboxes, %d spans; what is claimed above was checked", s.orders, len(spans))
	return nil
}

// learn: no policy yet; everything is let through, and seen.
func (s *story) learn(ctx context.Context) error {
	s.tell.head("1. mode learn: there is no policy yet, and shipkit is what it says")
	if err := s.startOrders(ctx, s.before, "LAMBDAFENCE_MODE=learn"); err != nil {
		return err
	}
	for range 5 {
		if err := s.order(ctx, ""); err != nil {
			return err
		}
	}
	s.tell.line("sandbox", "had its cold start with the first: %d ms until it asked for work", s.sandbox.InitDuration().Milliseconds())
	return s.saveLog("learned.jsonl")
}

// write: the policy of what was seen, beside the one line that a developer knows and nothing shows.
func (s *story) write(ctx context.Context) error {
	s.tell.head("2. the policy is written from what was seen, and tried on it")
	doc := "name: orders\nmode: report\nlocal: [\"" + s.world.proxyAddr() + "\"] # the way out of the VPC\nallow:\n"
	if err := os.WriteFile(s.file(policyFile), []byte(doc), 0o600); err != nil {
		return err
	}
	if _, err := s.tool.run(ctx, 0, "learn", "--into", policyFile, "learned.jsonl"); err != nil {
		return err
	}
	written, err := os.ReadFile(s.file(policyFile))
	if err != nil {
		return err
	}
	s.tell.gap()
	for line := range strings.Lines(string(written)) {
		s.tell.line("", "%s", strings.TrimRight(line, "\n"))
	}
	s.tell.gap()
	if n := strings.Count(string(written), "\n- "); n != 5 {
		return fmt.Errorf("%d rules were learned, want 5", n)
	}
	if _, err := s.tool.run(ctx, 0, "check", policyFile); err != nil {
		return err
	}
	_, err = s.tool.run(ctx, 0, "replay", "--policy", policyFile, "learned.jsonl")
	return err
}

// push puts the policy into Parameter Store, and moves the label to it.
func (s *story) push(ctx context.Context, flags ...string) error {
	_, err := s.tool.run(ctx, 0, append([]string{"push", policyFile, parameterName, "--label", liveLabel}, flags...)...)
	return err
}

// report: a newer shipkit comes in. Violations are let through, and told.
func (s *story) report(ctx context.Context) error {
	s.tell.head("3. mode report: shipkit 2.4.1 comes in; violations are let through and told")
	if err := s.push(ctx, "--secure", ""); err != nil {
		return err
	}
	if err := s.startOrders(ctx, s.after, "LAMBDAFENCE_POLICY=ssm:"+parameterName+":"+liveLabel, "LAMBDAFENCE_REFRESH="+refresh.String()); err != nil {
		return err
	}
	s.done = nil
	first := firstOrder + s.orders
	for range 2 {
		if err := s.order(ctx, "reported"); err != nil {
			return err
		}
	}
	beacons := s.world.hosts[beaconHost].got()
	if err := s.want("beacons at the collector", len(beacons), 2); err != nil {
		return err
	}
	s.tell.line("collector", "got %d beacons from inside shipkit, each with", len(beacons))
	s.tell.line("", "%s", beacons[0])
	if err := s.want("objects in "+usageBucket, s.copies(), 2); err != nil {
		return err
	}
	stolen, err := s.world.fetch(ctx, usageHome, fmt.Sprintf("2.4.1/%d.json", first))
	if err != nil || !strings.Contains(stolen, customer) {
		return fmt.Errorf("in %s: %q, error %v", usageBucket, stolen, err)
	}
	s.tell.line("S3", "%s, a bucket of shipkit's, got 2 objects: the customer's name and address", usageBucket)
	if err := s.saveLog("reported.jsonl"); err != nil {
		return err
	}
	out, err := s.tool.run(ctx, 1, "replay", "--policy", policyFile, "reported.jsonl")
	if err == nil && !strings.Contains(out, "4 of ") {
		return fmt.Errorf("replay does not find the 4 calls of shipkit's")
	}
	return err
}

// change: a push moves the label while the sandbox lives, frozen as Lambda keeps it between two invocations.
func (s *story) change(ctx context.Context) error {
	s.tell.head("4. the policy in SSM changes while the sandbox lives")
	doc, err := os.ReadFile(s.file(policyFile))
	if err != nil {
		return err
	}
	s.tell.line("$", "sed -i 's/^mode: report/mode: enforce/' %s", policyFile)
	if err := os.WriteFile(s.file(policyFile), bytes.Replace(doc, []byte("mode: report"), []byte("mode: enforce"), 1), 0o600); err != nil {
		return err
	}
	if err := s.push(ctx); err != nil {
		return err
	}
	loads := s.loads()
	s.tell.line("sandbox", "loads %s:%s, LAMBDAFENCE_REFRESH=%v: wait that long", parameterName, liveLabel, refresh)
	if err := sleep(ctx, refresh+200*time.Millisecond); err != nil {
		return err
	}
	// The refresh runs beside the first invocation, which may still be judged by the policy before it.
	if err := s.order(ctx, "reported or blocked"); err != nil {
		return err
	}
	if s.loads() == loads {
		return fmt.Errorf("the function did not ask SSM for its policy again")
	}
	return nil
}

// enforce: from the second invocation on, the beacon and the copy are blocked, and nothing else.
func (s *story) enforce(ctx context.Context) error {
	s.tell.head("5. mode enforce: violations are blocked, orders go on")
	reached := func() [4]int {
		proxy := s.world.proxy
		return [4]int{len(s.world.hosts[beaconHost].got()), s.copies(), proxy.connects(beaconHost), proxy.connects(usageHome)}
	}
	before := reached()
	for range 2 {
		if err := s.order(ctx, "blocked"); err != nil {
			return err
		}
	}
	if after := reached(); after != before {
		return fmt.Errorf("beacons, copies, and connections for either: %v, before %v", after, before)
	}
	s.tell.line("collector", "and %s got nothing more (%d beacons, %d objects),", usageBucket, before[0], before[1])
	s.tell.line("", "and the proxy was not even asked for their names")
	if err := s.quoteBlocked(); err != nil {
		return err
	}
	alarms := s.log.alarms()
	if len(alarms) == 0 {
		return fmt.Errorf("no metric line in the function's log")
	}
	s.tell.gap()
	s.tell.quote("metric", alarms[len(alarms)-1])
	return nil
}

// explain: why the two were blocked.
func (s *story) explain(ctx context.Context) error {
	s.tell.head("6. why")
	for _, question := range [][]string{
		{"https://" + beaconHost + "/v1/beacon", "--method", "POST"},
		{"--aws", "s3", "--operation", "PutObject", "--region", region, "--input", `{"Bucket":"` + usageBucket + `","Key":"2.4.1/1001.json"}`},
	} {
		out, err := s.tool.run(ctx, 1, append([]string{"explain", "--policy", policyFile}, question...)...)
		if err != nil {
			return err
		}
		if !strings.Contains(out, "no allow rule matched") {
			return fmt.Errorf("explain does not say why")
		}
	}
	return nil
}

func (s *story) file(name string) string { return filepath.Join(s.dir, name) }

// saveLog keeps what the sandbox logged, as a developer would export it.
func (s *story) saveLog(name string) error {
	return os.WriteFile(s.file(name), []byte(s.log.text()), 0o600)
}

// A wantedCall is one that an order makes, as the table prints it.
type wantedCall struct {
	call      string
	violation string // what shipkit does unasked; empty: it is part of the order
}

// callsOf are those of an order, with shipkit 2.4.1.
func callsOf(order string) []wantedCall {
	return []wantedCall{
		{call: "DynamoDB:PutItem table/" + ordersTable},
		{call: "POST " + paymentsHost + "/v1/charges"},
		{"POST " + beaconHost + "/v1/beacon", "beacon"},
		{call: "POST " + labelsHost + "/v2/labels"},
		{"S3:PutObject " + usageBucket + "/2.4.1/" + order + ".json", "foreign bucket"},
		{call: "S3:PutObject " + labelsBucket + "/labels/" + order + ".pdf"},
		{call: "SQS:SendMessage " + shippedQueue},
		{call: "DynamoDB:PutItem table/" + ordersTable},
	}
}

// order sends one order through the sandbox and checks what became of it and of its calls: those that its handler and
// shipkit are there for are allowed, and each other has an outcome that is among violations. Without violations, it is
// shipkit before 2.4.1.
func (s *story) order(ctx context.Context, violations string) error {
	id := fmt.Sprint(firstOrder + s.orders)
	payload := fmt.Sprintf(`{"order_id":"%s","amount":4200,"currency":"EUR","card_token":"tok_visa",`+
		`"address":{"name":"%s","street":"1 Quay","city":"Cork","postcode":"T12","country":"IE"}}`, id, customer)
	_ = s.sandbox.Thaw()
	began := time.Now()
	result, err := s.sandbox.Invoke(ctx, []byte(payload))
	took := time.Since(began)
	if err != nil {
		return err
	}
	_ = s.sandbox.Freeze() // until the next invocation, as in Lambda
	s.done = append(s.done, result)
	s.orders++
	var receipt map[string]string
	if err := json.Unmarshal(result.Payload, &receipt); err != nil || result.Failed {
		return fmt.Errorf("order %s failed: %s", id, result.Payload)
	}
	want := map[string]string{"order_id": id, "charge_id": "ch_" + id, "tracking": "SK-" + id}
	if !maps.Equal(receipt, want) {
		return fmt.Errorf("order %s: receipt %v, want %v", id, receipt, want)
	}
	told, err := s.checkCalls(ctx, id, result.RequestID, violations)
	if err != nil {
		return fmt.Errorf("order %s: %w", id, err)
	}
	s.tell.line("order "+id, "%s in %3d ms: %s", receipt["tracking"], took.Milliseconds(), told)
	return nil
}
