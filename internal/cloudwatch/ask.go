package cloudwatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/lambdafence/lambdafence/internal/events"
)

var (
	errTimeout   = errors.New("the query ran for an hour, which is all that Insights gives it")
	errUngrouped = errors.New("the answer is not grouped")
)

// An answer is that to one query.
type answer struct {
	rows    []events.Group
	matched int64 // events, by Insights' count
	lost    int64 // of these, that are in no row
	cut     bool  // there may be more rows
}

// ask asks Insights for the events of the groups in a window.
func (b *batch) ask(ctx context.Context, groups []Group, w window) (answer, error) {
	in := &cloudwatchlogs.StartQueryInput{
		StartTime: aws.Int64(w.from.Unix()), EndTime: aws.Int64(w.to.Unix()),
		QueryString: aws.String(queryOf(w, b.rows)), Limit: aws.Int32(int32(b.rows)),
	}
	if groups[0].ARN != "" {
		in.LogGroupIdentifiers = names(groups)
	} else {
		in.LogGroupNames = names(groups)
	}
	started, err := b.client.StartQuery(ctx, in)
	if err != nil {
		return answer{}, err
	}
	out, err := b.wait(ctx, started.QueryId)
	if err != nil {
		return answer{}, err
	}
	return b.collect(ctx, started.QueryId, out)
}

// wait waits for the end of a query. A query that nobody waits for is stopped: it
// would run on, at the account's cost.
func (b *batch) wait(ctx context.Context, id *string) (out *cloudwatchlogs.GetQueryResultsOutput, err error) {
	running := true
	defer func() {
		if running {
			stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			_, _ = b.client.StopQuery(stopping, &cloudwatchlogs.StopQueryInput{QueryId: id}) // it ends by itself, later
		}
	}()
	for pause := b.pause; ; pause = min(pause*3/2, 5*time.Second) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
		out, err = b.client.GetQueryResults(ctx, &cloudwatchlogs.GetQueryResultsInput{QueryId: id})
		if err != nil {
			return nil, err
		}
		switch out.Status {
		case types.QueryStatusScheduled, types.QueryStatusRunning, types.QueryStatusUnknown:
			b.progress(0, 0)
			continue
		case types.QueryStatusComplete:
			running = false
			return out, nil
		case types.QueryStatusTimeout:
			running = false
			return nil, errTimeout
		}
		running = false
		return nil, fmt.Errorf("the query ended as %s", out.Status)
	}
}

// collect reads the rows of a query that is complete, page by page.
func (b *batch) collect(ctx context.Context, id *string, out *cloudwatchlogs.GetQueryResultsOutput) (got answer, err error) {
	if out.Statistics != nil {
		got.matched = int64(out.Statistics.RecordsMatched)
	}
	counted := int64(0)
	for {
		for _, row := range out.Results {
			g, ok := groupOf(row)
			if !ok {
				return answer{}, errUngrouped
			}
			counted += g.Lines
			got.rows = append(got.rows, g)
		}
		if aws.ToString(out.NextToken) == "" || len(out.Results) == 0 || len(got.rows) >= b.rows {
			break
		}
		if out, err = b.client.GetQueryResults(ctx, &cloudwatchlogs.GetQueryResultsInput{QueryId: id, NextToken: out.NextToken}); err != nil {
			return answer{}, err
		}
	}
	got.cut = len(got.rows) >= b.rows
	if got.lost = max(got.matched-counted, 0); out.Statistics == nil && got.cut {
		got.lost = 1 // at least: nobody says how many
	}
	return got, nil
}
