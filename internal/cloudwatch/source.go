package cloudwatch

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/lambdafence/lambdafence/internal/events"
)

// A Source is some log groups, within a span of time.
type Source struct {
	Config   aws.Config
	Groups   []Group
	From, To time.Time
	Scan     bool               // do not ask Insights, but read event by event
	Say      func(string)       // is told what the user should know, a line each. nil: nobody
	Progress func(part float64) // is told how much is done, of 1. nil: nobody
	pause    time.Duration      // between the first looks at a query's state; 0: a tenth of a second
	rows     int                // of an answer of Insights; 0: as many as it gives
	spare    int                // queries that may still be made because windows are cut
	clients  map[string]*cloudwatchlogs.Client
	done     time.Duration // of all
	all      time.Duration
}

const (
	maxRows  = 10_000 // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
	maxSpare = 2_000
	// A fleet's dashboards, and other people, ask at the same time.
	attempts = 6
)

// Read reads all. What the reader is told is never told twice, also where reading
// goes on in another way.
func (s *Source) Read(ctx context.Context, r *events.Reader) error {
	s.spare, s.clients, s.done = maxSpare, map[string]*cloudwatchlogs.Client{}, 0
	if s.rows == 0 {
		s.rows = maxRows
	}
	if s.pause == 0 {
		s.pause = time.Second / 10
	}
	all, days := batches(s.Groups), windows(s.From, s.To)
	for _, groups := range all {
		s.all += time.Duration(len(groups)) * s.To.Sub(s.From)
	}
	for _, groups := range all {
		b := &batch{Source: s, client: s.client(groups[0].Region), reader: r, scan: s.Scan}
		for _, w := range days {
			if err := b.read(ctx, groups, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// client returns that of a region; "": that of the configuration.
func (s *Source) client(region string) *cloudwatchlogs.Client {
	c := s.clients[region]
	if c == nil {
		c = cloudwatchlogs.NewFromConfig(s.Config, func(o *cloudwatchlogs.Options) {
			if region != "" {
				o.Region = region
			}
			if o.RetryMaxAttempts == 0 {
				o.RetryMaxAttempts = attempts
			}
		})
		s.clients[region] = c
	}
	return c
}

func (s *Source) say(format string, args ...any) {
	if s.Say != nil {
		s.Say(plain(fmt.Sprintf(format, args...)))
	}
}

// progress tells that so much of so many groups is done.
func (s *Source) progress(groups int, d time.Duration) {
	s.done += time.Duration(groups) * d
	if s.Progress != nil && s.all > 0 {
		s.Progress(min(1, float64(s.done)/float64(s.all)))
	}
}
