package cloudwatch

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// pattern lets only the events of fences through.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
const pattern = `{ $.msg = "lambdafence" }`

// scanAll reads every event of the groups in a window, a page at a time.
func (b *batch) scanAll(ctx context.Context, groups []Group, w window) error {
	for _, g := range groups {
		if err := b.scanGroup(ctx, g, w); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) scanGroup(ctx context.Context, g Group, w window) error {
	in := &cloudwatchlogs.FilterLogEventsInput{
		FilterPattern: aws.String(pattern),
		StartTime:     aws.Int64(w.from.UnixMilli()), EndTime: aws.Int64(w.to.UnixMilli() - 1), // which is inclusive
	}
	if g.ARN != "" {
		in.LogGroupIdentifier = &g.ARN
	} else {
		in.LogGroupName = &g.Name
	}
	at := w.from
	// A page may be empty and not the last one.
	for pages := cloudwatchlogs.NewFilterLogEventsPaginator(b.client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return explain(g.String(), err)
		}
		for _, e := range page.Events {
			if err := b.reader.Record(g.String(), []byte(aws.ToString(e.Message))); err != nil {
				return err
			}
			if t := time.UnixMilli(aws.ToInt64(e.Timestamp)); t.After(at) && t.Before(w.to) {
				b.progress(1, t.Sub(at))
				at = t
			}
		}
	}
	b.progress(1, w.to.Sub(at))
	return nil
}
