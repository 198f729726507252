package awsstand

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A LogEvent is one of a log group.
type LogEvent struct {
	Time    time.Time
	Message string
}

// logs is CloudWatch Logs.
type logs struct {
	account, region string
	looks           int
	room            *room

	mu      sync.Mutex
	groups  map[string]*logGroup
	queries map[string]*logQuery
}

type logGroup struct {
	name    string
	created time.Time
	events  []LogEvent // by time
}

func (l *logs) init(cfg Config, r *room) {
	l.account, l.region, l.looks, l.room = cfg.Account, cfg.Region, cfg.QueryLooks, r
	l.groups, l.queries = make(map[string]*logGroup), make(map[string]*logQuery)
}

// PutLogEvents puts events into a log group, which is made if it is not there: as of created, before which
// Insights answers no query.
func (s *Stand) PutLogEvents(group string, created time.Time, events ...LogEvent) {
	l := &s.logs
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.groups[group]
	if g == nil {
		g = &logGroup{name: group, created: created}
		l.groups[group] = g
	}
	for _, e := range events {
		if l.room.take(len(e.Message)) {
			g.events = append(g.events, e)
		}
	}
	slices.SortStableFunc(g.events, func(a, b LogEvent) int { return a.Time.Compare(b.Time) })
}

func (l *logs) do(c *call) (any, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch c.Operation {
	case "FilterLogEvents":
		return do(c, l.filter)
	case "StartQuery":
		return do(c, l.startQuery)
	case "GetQueryResults":
		return do(c, l.queryResults)
	case "StopQuery":
		return do(c, l.stopQuery)
	}
	return nil, refuse("UnknownOperationException", "this stand-in has no operation %q of CloudWatch Logs", c.Operation)
}

// find returns a log group by its name or ARN.
func (l *logs) find(id string) (*logGroup, error) {
	name := strings.TrimPrefix(id, "arn:aws:logs:"+l.region+":"+l.account+":log-group:")
	if g := l.groups[name]; g != nil {
		return g, nil
	}
	return nil, refuse("ResourceNotFoundException", "Log group '%s' does not exist for account ID '%s'", id, l.account)
}

type filterInput struct {
	LogGroupName, LogGroupIdentifier string
	FilterPattern, NextToken         string
	StartTime, EndTime               int64 // inclusive, milliseconds
	Limit                            int
}

type filteredEvent struct {
	EventID       string `json:"eventId"`
	LogStreamName string `json:"logStreamName"`
	Message       string `json:"message"`
	Timestamp     int64  `json:"timestamp"`
}

type filterOutput struct {
	Events    []filteredEvent `json:"events"`
	NextToken string          `json:"nextToken,omitempty"`
}

// searched is how many events a page of FilterLogEvents has gone through: AWS's pages end somewhere, empty or not.
const searched = 500

// keyPattern is the one form of filter pattern that is known here: { $.key = "value" }.
var keyPattern = regexp.MustCompile(`^\{ *\$\.(\w+) *= *"([^"]*)" *\}$`)

func (l *logs) filter(in filterInput) (out filterOutput, err error) {
	g, err := l.find(in.LogGroupName + in.LogGroupIdentifier)
	if err != nil {
		return out, err
	}
	m := keyPattern.FindStringSubmatch(in.FilterPattern)
	if m == nil {
		return out, refuse("InvalidParameterException", "this stand-in has no filter pattern %q", in.FilterPattern)
	}
	token, err := openToken(in.NextToken)
	if err != nil {
		return out, err
	}
	from, _ := strconv.Atoi(token) // "" is 0
	out.Events = []filteredEvent{}
	for i := from; i < len(g.events); i++ {
		if i == from+searched || in.Limit > 0 && len(out.Events) == in.Limit {
			out.NextToken = newToken(strconv.Itoa(i))
			break
		}
		e, at := g.events[i], g.events[i].Time.UnixMilli()
		var object map[string]any
		if at < in.StartTime || in.EndTime > 0 && at > in.EndTime || json.Unmarshal([]byte(e.Message), &object) != nil || object[m[1]] != m[2] {
			continue
		}
		out.Events = append(out.Events, filteredEvent{strconv.Itoa(i), "stream", e.Message, at})
	}
	return out, nil
}
