package cloudwatch

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/lambdafence/lambdafence/internal/events"
)

// query groups events by what they say of a call, who made it and what became of it.
//
// The parts are taken out of the line by regular expressions, and not from the fields
// that Insights discovers: it discovers at most 200 of a line and none in logs of
// infrequent access, flattens lists (call.resources.0), and groups by a field that is
// not there as if it were empty, which would lose calls. A line that is written
// in another way is a group of its own: more rows, but none lost. No text within
// a line can pass for a part, since JSON escapes its quotes.
//
// What tells events of one group apart is left out: time, trace, invocation, policy
// version. The line of the latest says the rest.
//
// The time is asked for once more because the end that StartQuery takes is inclusive, of
// whole seconds: an event of that very moment would be in two windows.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
const query = `filter @message like /"msg\\?": ?\\?"lambdafence\\?"/` +
	` | filter toMillis(@timestamp) >= %d and toMillis(@timestamp) < %d` +
	` | parse @message /"outcome":(?<fenceVerdict>.*?),"count":(?<fenceCount>[0-9]+)/` +
	` | parse @message /"call":(?<fenceCall>.*?)(?:"request_id":|"suggest":|"trace_id":|"span_id":|$)/` +
	` | fields toMillis(@timestamp) as fenceTime, coalesce(fenceCall, @message) as fenceKey, coalesce(fenceVerdict, @message) as fenceOutcome` +
	` | stats count(*) as fenceLines, sum(fenceCount) as fenceCalls, min(fenceTime) as fenceFirst, max(fenceTime) as fenceLast, latest(@message) as fenceLine by fenceOutcome, fenceKey` +
	` | sort fenceLines desc` +
	` | limit %d`

func queryOf(w window, rows int) string {
	return fmt.Sprintf(query, w.from.UnixMilli(), w.to.UnixMilli(), rows)
}

// groupOf reads a row of the answer. It is none of the query where the line is missing.
func groupOf(row []types.ResultField) (g events.Group, ok bool) {
	for _, f := range row {
		value := aws.ToString(f.Value)
		switch aws.ToString(f.Field) {
		case "fenceLine":
			g.Line, ok = []byte(value), true
		case "fenceLines":
			g.Lines = number(value)
		case "fenceCalls":
			g.Calls = number(value)
		case "fenceFirst":
			g.First = time.UnixMilli(number(value))
		case "fenceLast":
			g.Last = time.UnixMilli(number(value))
		}
	}
	return g, ok
}

// number reads what Insights writes as 12, 12.0 or 1.2E1; 0 if it is none.
func number(s string) int64 {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f > 1<<53 {
		return 0
	}
	return int64(f)
}
