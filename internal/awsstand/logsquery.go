package awsstand

import (
	"strconv"
	"time"
)

// A logQuery is one of Insights that was started. It is run at once, and told in its time.
type logQuery struct {
	looks   int // for how many it is still seen running
	stopped bool
	result  queryResult
}

const (
	maxQueries   = 10_000
	maxQueryRows = 10_000
)

type startQueryInput struct {
	LogGroupName                       string
	LogGroupNames, LogGroupIdentifiers []string
	QueryString                        string
	StartTime, EndTime                 int64 // inclusive, seconds
	Limit                              int
}

type startQueryOutput struct {
	QueryID string `json:"queryId"`
}

func (l *logs) startQuery(in startQueryInput) (out startQueryOutput, err error) {
	ids := append(in.LogGroupNames, in.LogGroupIdentifiers...)
	if in.LogGroupName != "" {
		ids = append(ids, in.LogGroupName)
	}
	if len(ids) == 0 || len(ids) > 50 || in.EndTime < in.StartTime || len(l.queries) == maxQueries {
		return out, refuse("InvalidParameterException", "a query has 1 to 50 log groups and a span of time")
	}
	q, err := parseQuery(in.QueryString)
	if err != nil {
		return out, refuse("MalformedQueryException", "this stand-in cannot run the query: %v", err)
	}
	var rows []queryRow
	for _, id := range ids {
		g, err := l.find(id)
		if err != nil {
			return out, err
		}
		if in.EndTime < g.created.Unix() {
			return out, refuse("MalformedQueryException", "Query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings ([%d,%d])", in.StartTime, in.EndTime)
		}
		for _, e := range g.events {
			// The end is that very moment, and not the second that begins then.
			if at := e.Time.UnixMilli(); at >= in.StartTime*1000 && at <= in.EndTime*1000 {
				rows = append(rows, queryRow{"@message": e.Message, "@timestamp": e.Time.UTC().Format(insightsTime)})
			}
		}
	}
	if in.Limit <= 0 || in.Limit > maxQueryRows {
		in.Limit = maxQueryRows
	}
	id := requestID()
	l.queries[id] = &logQuery{looks: l.looks, result: q.run(rows, in.Limit)}
	return startQueryOutput{id}, nil
}

type resultsInput struct {
	QueryID   string `json:"queryId"`
	NextToken string
	MaxItems  int
}

type resultField struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

type resultsOutput struct {
	Status     string             `json:"status"`
	Results    [][]resultField    `json:"results"`
	Statistics map[string]float64 `json:"statistics"`
	NextToken  string             `json:"nextToken,omitempty"`
}

// queryPage is how many rows one answer has; AWS's has up to 10,000.
const queryPage = 1000

func (l *logs) queryResults(in resultsInput) (out resultsOutput, err error) {
	q := l.queries[in.QueryID]
	if q == nil {
		return out, refuse("ResourceNotFoundException", "there is no query %q", in.QueryID)
	}
	token, err := openToken(in.NextToken)
	if err != nil {
		return out, err
	}
	from, _ := strconv.Atoi(token) // "" is 0
	rows := q.result.rows
	out.Statistics = map[string]float64{"recordsMatched": float64(q.result.matched), "recordsScanned": float64(q.result.scanned), "bytesScanned": float64(q.result.bytes)}
	switch {
	case q.stopped:
		out.Status, rows = "Cancelled", nil
	case q.looks > 0:
		q.looks--
		out.Status, rows = "Running", rows[:len(rows)/2] // partial results, as AWS has them
	default:
		out.Status = "Complete"
	}
	out.Results = [][]resultField{}
	for i := from; i < len(rows); i++ {
		if i == from+queryPage {
			out.NextToken = newToken(strconv.Itoa(i))
			break
		}
		out.Results = append(out.Results, rows[i])
	}
	return out, nil
}

func (l *logs) stopQuery(in resultsInput) (out struct {
	Success bool `json:"success"`
}, err error) {
	q := l.queries[in.QueryID]
	if q == nil {
		return out, refuse("ResourceNotFoundException", "there is no query %q", in.QueryID)
	}
	if q.stopped || q.looks == 0 {
		return out, refuse("InvalidParameterException", "the query has ended")
	}
	q.stopped, out.Success = true, true
	return out, nil
}

const insightsTime = "2006-01-02 15:04:05.000"

// millis is what toMillis makes of a timestamp.
func millis(text string) (int64, bool) {
	t, err := time.Parse(insightsTime, text)
	return t.UnixMilli(), err == nil
}
