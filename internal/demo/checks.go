package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// checkCalls holds the log of an invocation against the calls that its order makes, one by one.
func (s *story) checkCalls(ctx context.Context, id, requestID, violations string) (told string, err error) {
	wanted := callsOf(id)
	if violations == "" {
		wanted = slices.DeleteFunc(wanted, func(c wantedCall) bool { return c.violation != "" })
	}
	events, err := s.events(ctx, requestID, len(wanted))
	if err != nil {
		return "", err
	}
	allowed := 0
	for i, want := range wanted {
		outcomes := violations
		if want.violation == "" {
			outcomes = "allowed"
			allowed++
		} else {
			told += "; " + want.violation + " " + events[i].Outcome
		}
		if e := events[i]; e.call() != want.call || !strings.Contains(outcomes, e.Outcome) {
			return "", fmt.Errorf("call %d: want %s %s, got %s", i+1, want.call, outcomes, e.line)
		}
	}
	return fmt.Sprintf("%d calls allowed", allowed) + told, nil
}

// events returns the events of an invocation, one for each of its n calls. The function wrote them before it answered, but
// the pipe takes a moment.
func (s *story) events(ctx context.Context, requestID string, n int) ([]event, error) {
	var got []event
	err := eventually(ctx, func() error {
		got = lastVerdicts(s.log.of(requestID))
		return s.want("calls in the log", len(got), n)
	})
	for _, e := range got {
		if err != nil {
			err = fmt.Errorf("%w\n  %s", err, e.line)
		}
	}
	return got, err
}

// lastVerdicts leaves out what was said of a call before its last verdict: one that is on its way to the network when the
// policy changes is judged again, by the new one.
func lastVerdicts(events []event) []event {
	var last []event
	for i, e := range events {
		again := i+1 < len(events) && events[i+1].call() == e.call() && events[i+1].version() != e.version()
		if !again {
			last = append(last, e)
		}
	}
	return last
}

// quoteBlocked shows the log line of the last copy that was blocked, as it is.
func (s *story) quoteBlocked() error {
	events := s.log.all()
	for i := len(events) - 1; i >= 0; i-- {
		if e := events[i]; e.Outcome == "blocked" && e.Call.Service == "S3" {
			s.tell.gap()
			s.tell.quote("log", e.line)
			return nil
		}
	}
	return fmt.Errorf("no blocked call of S3 in the function's log")
}

// copies counts what shipkit got into its own bucket.
func (s *story) copies() int { return s.world.aws.granted("PutObject", usageBucket+"/") }

// loads counts how often the policy was fetched.
func (s *story) loads() int { return s.world.aws.granted("GetParameter", parameterName) }

// checkOrders: what the orders are for is there, once each.
func (s *story) checkOrders(ctx context.Context) error {
	n := s.orders
	for _, check := range []struct {
		what string
		got  int
		want int
	}{
		{"charges at the payment host", len(s.world.hosts[paymentsHost].got()), n},
		{"labels at the shipping host", len(s.world.hosts[labelsHost].got()), n},
		{"items put into " + ordersTable, s.world.aws.granted("PutItem", ordersTable), 2 * n},
		{"labels put into " + labelsBucket, s.world.aws.granted("PutObject", labelsBucket+"/labels/"), n},
		{"messages sent to " + shippedQueue, s.world.aws.granted("SendMessage", shippedQueue), n},
	} {
		if err := s.want(check.what, check.got, check.want); err != nil {
			return err
		}
	}
	for i := range n {
		key := fmt.Sprintf("labels/%d.pdf", firstOrder+i)
		if pdf, err := s.world.fetch(ctx, labelsHome, key); err != nil || pdf != labelPDF {
			return fmt.Errorf("%s in %s: %q, error %v", key, labelsBucket, pdf, err)
		}
	}
	return nil
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
