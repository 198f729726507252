package cloudwatch

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/internal/events"
	"github.com/lambdafence/lambdafence/internal/learn"
	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

var start = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// lines returns what a fence logs of some calls.
func lines(t *testing.T) []string {
	t.Helper()
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "orders")
	var log bytes.Buffer
	doc := []byte("{name: p, mode: learn, allow: [], deny: [{host: evil.example, reason: drop site}]}")
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(source.Static("p", doc)), wrapper.WithEvents(wrapper.All), wrapper.WithAccount("111122223333"),
		wrapper.WithLogger(slog.New(slog.NewJSONHandler(&log, nil)))))
	for _, c := range []policy.Call{
		{Kind: policy.HTTP, Scheme: "https", Host: "a.example", Port: 443, Method: "GET", Path: "/v1/PATH"},
		{Kind: policy.HTTP, Scheme: "https", Host: "evil.example", Port: 443, Method: "PUT", Path: `/","call":{"kind":"net"},"request_id":"`},
		{Kind: policy.Net, Network: "tcp", Host: "db.example", Port: 5432, Caller: policy.Caller{Module: "example.com/m", Package: "example.com/m/p"}},
		{
			Kind: policy.AWS, Service: "S3", Operation: "CopyObject", Access: policy.Write, Also: []policy.Access{policy.Read}, Resources: []string{"arn:aws:s3:::b/k", "arn:aws:s3:::c/k"},
			Region: "eu-west-1", Account: "111122223333", Self: "111122223333", Scheme: "https", Host: "b.s3.eu-west-1.amazonaws.com", Port: 443, Method: "PUT", Path: "/k",
		},
	} {
		_ = f.Check(t.Context(), c)
	}
	all := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(all) != 4 {
		t.Fatal(all)
	}
	return all
}

// at makes a log event of a line, which tells the time.
func at(line string, when time.Time) awsstand.LogEvent {
	_, rest, _ := strings.Cut(line, `","level"`)
	return awsstand.LogEvent{Time: when, Message: `{"time":"` + when.Format(time.RFC3339Nano) + `","level"` + rest}
}

// week is a week's log of a function.
func week(t *testing.T) []awsstand.LogEvent {
	var all []awsstand.LogEvent
	kinds := lines(t)
	kinds = append(kinds, strings.Replace(kinds[0], `"count":1`, `"count":5`, 1), strings.Replace(kinds[0], `"decision":"deny"`, `"decision":"deny","rule":"deny[7]"`, 1))
	for day := range 7 {
		for minute := range 60 {
			when := start.AddDate(0, 0, day).Add(time.Duration(minute) * time.Minute) // the first of a day is on its edge
			all = append(all, awsstand.LogEvent{Time: when, Message: "START RequestId: 1"}, at(kinds[minute%len(kinds)], when))
		}
	}
	return append(all, awsstand.LogEvent{Time: start, Message: `{"level":"ERROR","msg":"lambdafence notice","notice":"policy load failed"}`})
}

// A scene is a stand, and a source that leads there.
type scene struct {
	*awsstand.Stand
	source Source
	said   []string
	counts events.Counts
}

func newScene(t *testing.T, cfg awsstand.Config, groups ...string) *scene {
	t.Helper()
	sc := &scene{Stand: awsstand.New(cfg)}
	server := httptest.NewServer(sc)
	t.Cleanup(server.Close)
	sc.source = Source{
		Config: aws.Config{
			Region: sc.Region(), BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
			Retryer: func() aws.Retryer {
				return retry.NewStandard(func(o *retry.StandardOptions) {
					o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Millisecond, nil })
				})
			},
		},
		From: start, To: start.AddDate(0, 0, 7), pause: time.Millisecond,
		Say: func(line string) { sc.said = append(sc.said, line) },
	}
	for _, name := range groups {
		g, err := ParseGroup(name)
		if err != nil {
			t.Fatal(err)
		}
		sc.source.Groups = append(sc.source.Groups, g)
	}
	return sc
}

// learned reads the source, and returns the policy that is learned from it.
func (sc *scene) learned(t *testing.T) string {
	t.Helper()
	l := learn.New(learn.Normal)
	r := events.NewReader(func(ev *wrapper.Event) error { l.Add(ev); return nil })
	if err := sc.source.Read(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	sc.counts = r.Counts
	return l.Policy("p")
}

// operations counts the requests by operation.
func (sc *scene) operations() map[string]int {
	n := map[string]int{}
	for _, r := range sc.Requests() {
		n[r.Operation]++
	}
	return n
}

// fromLines is the policy that is learned from the log itself.
func fromLines(t *testing.T, log []awsstand.LogEvent) string {
	t.Helper()
	l := learn.New(learn.Normal)
	r := events.NewReader(func(ev *wrapper.Event) error { l.Add(ev); return nil })
	for _, e := range log {
		if err := r.Record("log", []byte(e.Message)); err != nil {
			t.Fatal(err)
		}
	}
	return l.Policy("p")
}

// TestSameAsTheLog: what comes by Insights and by FilterLogEvents teaches what the log
// itself does, to the count and the day.
func TestSameAsTheLog(t *testing.T) {
	log := week(t)
	for _, tt := range []struct {
		name  string
		cfg   awsstand.Config
		set   func(sc *scene)
		says  string
		calls map[string]int // of operations; absent: any
	}{
		{"Insights", awsstand.Config{}, func(*scene) {}, "", map[string]int{"StartQuery": 7, "GetQueryResults": 7}},
		{"slow Insights", awsstand.Config{QueryLooks: 2}, func(*scene) {}, "", map[string]int{"StartQuery": 7, "GetQueryResults": 21}},
		{"throttled", awsstand.Config{}, func(sc *scene) {
			sc.Refuse("logs:StartQuery", "LimitExceededException", 2)
			sc.Refuse("logs:GetQueryResults", "ThrottlingException", 2)
		}, "", nil},
		{"short answers", awsstand.Config{}, func(sc *scene) { sc.source.rows = 3 }, "", nil},
		{"scan", awsstand.Config{}, func(sc *scene) { sc.source.Scan = true }, "", map[string]int{"FilterLogEvents": 14}},
		{"Insights is not allowed", awsstand.Config{}, func(sc *scene) { sc.Refuse("logs:StartQuery", "AccessDeniedException", -1) }, "AccessDeniedException", nil},
		{"answers are not allowed", awsstand.Config{}, func(sc *scene) { sc.Refuse("logs:GetQueryResults", "AccessDeniedException", -1) }, "AccessDeniedException", nil},
		{"scan is throttled", awsstand.Config{}, func(sc *scene) {
			sc.source.Scan = true
			sc.Refuse("logs:FilterLogEvents", "ThrottlingException", 3)
		}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sc := newScene(t, tt.cfg, "/aws/lambda/orders")
			sc.PutLogEvents("/aws/lambda/orders", start, log...)
			tt.set(sc)
			parts := []float64{0}
			sc.source.Progress = func(part float64) { parts = append(parts, part) }
			got := sc.learned(t)
			if diff := cmp.Diff(fromLines(t, log), got); diff != "" {
				t.Errorf("(-log +source)\n%s", diff)
			}
			if sc.counts.Events != 420 || sc.counts.Broken > 0 {
				t.Error(&sc.counts)
			}
			if said := strings.Join(sc.said, "\n"); (said == "") != (tt.says == "") || !strings.Contains(said, tt.says) || len(sc.said) > 1 {
				t.Errorf("said %q", said)
			}
			for operation, n := range tt.calls {
				if sc.operations()[operation] != n {
					t.Errorf("%v, want %d of %s", sc.operations(), n, operation)
				}
			}
			if !slices.IsSorted(parts) || parts[len(parts)-1] < 0.999 {
				t.Error("progress", parts)
			}
		})
	}
}

// TestWhatInsightsCannotTell: more kinds within a second than an answer has rows.
func TestWhatInsightsCannotTell(t *testing.T) {
	sc := newScene(t, awsstand.Config{}, "g")
	kind := lines(t)[0]
	for i := range 50 {
		sc.PutLogEvents("g", start, at(strings.Replace(kind, "PATH", fmt.Sprint(i), 1), start.Add(time.Duration(i)*time.Millisecond)))
	}
	sc.source.rows, sc.source.To = 20, start.Add(time.Hour)
	sc.learned(t)
	if sc.counts.Events != 20 || len(sc.said) != 1 || !strings.Contains(sc.said[0], "30 events are left out") {
		t.Error(&sc.counts, sc.said)
	}
	if n := sc.operations()["StartQuery"]; n > 40 {
		t.Error(n, "queries")
	}
}

// TestEveryLineIsRead: whoever writes lines in a way that the query does not know gets
// a group for each, and none is lost.
func TestEveryLineIsRead(t *testing.T) {
	sc := newScene(t, awsstand.Config{}, "g")
	kinds := lines(t)
	head, rest, _ := strings.Cut(kinds[0], `"call":`)
	object, _, _ := strings.Cut(rest, `},`)
	moved := `{"call":` + object + `},` + strings.TrimPrefix(head, "{") + `"x":1}`
	wrapped := `{"x":1,"log":` + strconv.Quote(strings.Replace(kinds[0], "a.example", "wrapped.example", 1)) + `}`
	for i, line := range []string{moved, strings.Replace(kinds[2], `,"count":1`, "", 1), strings.Replace(kinds[3], `"msg":"lambdafence"`, `"msg": "lambdafence"`, 1), wrapped} {
		for j := range 3 {
			sc.PutLogEvents("g", start, awsstand.LogEvent{Time: start.Add(time.Duration(10*i+j) * time.Minute), Message: strings.NewReplacer(`"x":1`, fmt.Sprintf(`"x":%d`, j), "wrapped.", fmt.Sprintf("wrapped%d.", j)).Replace(line)})
		}
	}
	got := sc.learned(t)
	if sc.counts.Events != 12 || sc.counts.Calls != 12 || !strings.Contains(got, "wrapped0.example") || !strings.Contains(got, "wrapped2.example") || !strings.Contains(got, "a.example") || !strings.Contains(got, "db.example") || !strings.Contains(got, "aws: s3") {
		t.Error(&sc.counts, got)
	}
}

// TestManyGroups: a fleet is asked for at once, named twice or not, and a function that
// was not there yet keeps the others from nothing.
func TestManyGroups(t *testing.T) {
	var names []string
	for i := range 70 {
		names = append(names, fmt.Sprintf("/aws/lambda/f%d", i))
	}
	sc := newScene(t, awsstand.Config{}, append(names, names[3], names[4])...)
	kind := lines(t)[0]
	for i, name := range names {
		created := start.AddDate(-1, 0, 0)
		if i == 33 {
			created = start.AddDate(0, 0, 5)
		}
		sc.PutLogEvents(name, created, at(strings.Replace(kind, "PATH", fmt.Sprint(i), 1), start.AddDate(0, 0, 5)), at(kind, created.Add(time.Minute)))
	}
	sc.learned(t)
	if sc.counts.Events != 71 || len(sc.said) > 0 {
		t.Error(&sc.counts, sc.said)
	}
	if n := sc.operations()["StartQuery"]; n > 100 {
		t.Error(n, "queries")
	}
}

// TestErrors say what is missing, in words that do nothing to a terminal.
func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  func(sc *scene)
		want string
	}{
		{"nothing is allowed", func(sc *scene) {
			sc.Refuse("logs:StartQuery", "AccessDeniedException", -1)
			sc.Refuse("logs:FilterLogEvents", "AccessDeniedException", -1)
		}, "logs:FilterLogEvents on the log group"},
		{"no such group", func(sc *scene) { sc.source.Groups = []Group{{Name: "/nowhere"}} }, "is it in this account and region?"},
		{"no such group, scanned", func(sc *scene) { sc.source.Groups, sc.source.Scan = []Group{{Name: "/nowhere"}}, true }, "/nowhere"},
		{"wrong keys", func(sc *scene) { sc.Refuse("logs:StartQuery", "UnrecognizedClientException", -1) }, "UnrecognizedClientException"},
		{"an attacker's", func(sc *scene) { sc.Refuse("logs:StartQuery", "Odd\x1b[31mException", -1) }, "[31m"},
		{"throttled for ever", func(sc *scene) { sc.Refuse("logs:StartQuery", "ThrottlingException", -1) }, "ThrottlingException"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sc := newScene(t, awsstand.Config{}, "/aws/lambda/orders")
			sc.PutLogEvents("/aws/lambda/orders", start, week(t)...)
			tt.set(sc)
			err := sc.source.Read(t.Context(), events.NewReader(func(*wrapper.Event) error { return nil }))
			if err == nil || !strings.Contains(err.Error(), tt.want) || plain(err.Error()) != err.Error() {
				t.Errorf("%q", err)
			}
		})
	}
}

// TestAQueryIsStopped when nobody waits for it any more.
func TestAQueryIsStopped(t *testing.T) {
	sc := newScene(t, awsstand.Config{QueryLooks: 1 << 30}, "g")
	sc.PutLogEvents("g", start)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	err := sc.source.Read(ctx, events.NewReader(func(*wrapper.Event) error { return nil }))
	if err == nil || ctx.Err() == nil {
		t.Error(err)
	}
	if sc.operations()["StopQuery"] != 1 {
		t.Error(sc.operations())
	}
}

func TestParseGroup(t *testing.T) {
	const arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders"
	for _, tt := range []struct {
		text string
		want Group // zero: an error
	}{
		{"/aws/lambda/orders", Group{Name: "/aws/lambda/orders"}},
		{arn, Group{Name: "/aws/lambda/orders", ARN: arn, Region: "eu-west-1"}},
		{arn + ":*", Group{Name: "/aws/lambda/orders", ARN: arn, Region: "eu-west-1"}},
		{"arn:aws-cn:logs:cn-north-1:123456789012:log-group:g", Group{Name: "g", ARN: "arn:aws-cn:logs:cn-north-1:123456789012:log-group:g", Region: "cn-north-1"}},
		{"", Group{}},
		{"/aws/lambda/*", Group{}},
		{"g' | stats count(*)", Group{}},
		{arn + ":log-stream:x", Group{}},
		{"arn:aws:s3:::bucket", Group{}},
	} {
		if got, err := ParseGroup(tt.text); got != tt.want || (err == nil) != (tt.want != Group{}) {
			t.Errorf("%s: %+v, %v", tt.text, got, err)
		}
	}
}

// TestWindows: they follow on one another, and have all of the time.
func TestWindows(t *testing.T) {
	for _, span := range []time.Duration{time.Second, time.Minute, 24 * time.Hour, 7*24*time.Hour + time.Minute, 3 * 365 * 24 * time.Hour, 1500 * time.Millisecond} {
		all := windows(start, start.Add(span))
		if first, last := all[0].from, all[len(all)-1].to; !first.Equal(start) || last.Before(start.Add(span)) {
			t.Error(span, all)
		}
		for i, w := range all {
			if w.length() <= 0 || i > 0 && w.from != all[i-1].to {
				t.Error(span, all)
			}
		}
	}
	if got := (window{start, start.Add(3 * time.Second)}).cut(16); len(got) != 3 {
		t.Error(got)
	}
	if day, years := windows(start, start.AddDate(0, 0, 2)), windows(start, start.AddDate(3, 0, 0)); len(day) != 2 || len(years) != 14 {
		t.Error(day, years)
	}
	if got := windows(start, start); len(got) != 0 {
		t.Error(got)
	}
}
