package awsstand_test

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

// startLogs returns a stand with a log group, and the real client of CloudWatch Logs.
func startLogs(t *testing.T, cfg awsstand.Config) (*awsstand.Stand, *cloudwatchlogs.Client) {
	t.Helper()
	stand := awsstand.New(cfg)
	server := httptest.NewServer(stand)
	t.Cleanup(server.Close)
	o := options(stand, server.URL)
	for i := range 1200 {
		message := fmt.Sprintf(`{"kind":"odd","n":%d}`, i)
		if i%2 == 0 {
			message = fmt.Sprintf(`{"kind":"even","n":%d}`, i)
		}
		stand.PutLogEvents("g", time.Unix(1000, 0), awsstand.LogEvent{Time: time.Unix(1000, 0).Add(time.Duration(i) * time.Second / 10), Message: message})
	}
	stand.PutLogEvents("g", time.Time{}, awsstand.LogEvent{Time: time.Unix(1001, 0), Message: "kind: even"})
	return stand, cloudwatchlogs.New(cloudwatchlogs.Options{Region: o.Region, BaseEndpoint: o.BaseEndpoint, Retryer: o.Retryer, Credentials: o.Credentials})
}

func TestFilterLogEvents(t *testing.T) {
	_, client := startLogs(t, awsstand.Config{})
	in := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("g"), FilterPattern: aws.String(`{ $.kind = "even" }`), StartTime: aws.Int64(1_000_100), EndTime: aws.Int64(1_060_000)}
	events, pages := 0, 0
	for p := cloudwatchlogs.NewFilterLogEventsPaginator(client, in); p.HasMorePages(); pages++ {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		events += len(page.Events)
	}
	if events != 300 || pages != 3 {
		t.Error(events, pages)
	}
	in.FilterPattern = aws.String(`{ $.kind = "even" && $.n > 5 }`)
	if _, err := client.FilterLogEvents(t.Context(), in); code(err) != "InvalidParameterException" {
		t.Error(err)
	}
	in.LogGroupName = aws.String("other")
	if _, err := client.FilterLogEvents(t.Context(), in); code(err) != "ResourceNotFoundException" {
		t.Error(err)
	}
}

func TestInsights(t *testing.T) {
	_, client := startLogs(t, awsstand.Config{QueryLooks: 1})
	const parse = `filter @message like /kind/ | parse @message /"kind":"(?<kind>a|odd|even)","n":(?<n>[0-9]+)/ `
	for _, tt := range []struct {
		name, query string
		want        []map[string]string // nil: refused
	}{
		{"groups", parse + `| fields toMillis(@timestamp) as at, coalesce(kind, @message) as key | stats count(*) as c, sum(n) as s, min(at) as first, max(at) as last, latest(n) as l by key | sort c desc`, []map[string]string{
			{"key": "even", "c": "6", "s": "30", "first": "1000000", "last": "1001000", "l": "10"}, // the end is in it
			{"key": "odd", "c": "5", "s": "25", "first": "1000100", "last": "1000900", "l": "9"},
			{"key": "kind: even", "c": "1", "s": "", "first": "1001000", "last": "1001000", "l": ""},
		}},
		{"of some milliseconds", `filter toMillis(@timestamp) >= 1000100 and toMillis(@timestamp) < 1000300 ` + `| stats count(*) as c by kind`, []map[string]string{{"c": "2"}}},
		{"a limit", parse + `| stats count(*) as c by n | sort c desc | limit 2`, []map[string]string{{"n": "", "c": "1"}, {"n": "0", "c": "1"}}},
		{"an unknown command", `dedup @message`, nil},
		{"an unknown function", `stats pct(n, 50) as p by kind`, nil},
		{"an unknown condition", `filter kind = "even"`, nil},
		{"no regular expression", `filter @message like /(/`, nil},
		{"nothing", ``, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			started, err := client.StartQuery(t.Context(), &cloudwatchlogs.StartQueryInput{LogGroupName: aws.String("g"), StartTime: aws.Int64(1000), EndTime: aws.Int64(1001), QueryString: &tt.query})
			if tt.want == nil {
				if code(err) != "MalformedQueryException" && tt.query != "" {
					t.Error(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, status := range []types.QueryStatus{types.QueryStatusRunning, types.QueryStatusComplete} {
				out, err := client.GetQueryResults(t.Context(), &cloudwatchlogs.GetQueryResultsInput{QueryId: started.QueryId})
				if err != nil || out.Status != status {
					t.Fatal(out, err)
				}
				var got []map[string]string
				for _, row := range out.Results {
					fields := map[string]string{}
					for _, f := range row {
						fields[*f.Field] = *f.Value
					}
					got = append(got, fields)
				}
				if status != types.QueryStatusComplete {
					continue
				}
				for _, row := range slices.Concat(tt.want, got) { // what is empty may be there or not
					maps.DeleteFunc(row, func(_, value string) bool { return value == "" })
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestQueriesEnd(t *testing.T) {
	stand, client := startLogs(t, awsstand.Config{QueryLooks: 5})
	ask := func(from, to int64) (*cloudwatchlogs.StartQueryOutput, error) {
		return client.StartQuery(t.Context(), &cloudwatchlogs.StartQueryInput{LogGroupNames: []string{"g"}, StartTime: &from, EndTime: &to, QueryString: aws.String("limit 10")})
	}
	if _, err := ask(1, 999); code(err) != "MalformedQueryException" {
		t.Error("before the group was made:", err)
	}
	started, err := ask(1000, 1001)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := client.StopQuery(t.Context(), &cloudwatchlogs.StopQueryInput{QueryId: started.QueryId}); err != nil || !out.Success {
		t.Error(out, err)
	}
	if out, err := client.GetQueryResults(t.Context(), &cloudwatchlogs.GetQueryResultsInput{QueryId: started.QueryId}); err != nil || out.Status != types.QueryStatusCancelled {
		t.Error(out, err)
	}
	if _, err := client.StopQuery(t.Context(), &cloudwatchlogs.StopQueryInput{QueryId: started.QueryId}); code(err) != "InvalidParameterException" {
		t.Error(err)
	}
	stand.Refuse("logs:StartQuery", "ThrottlingException", 1)
	if _, err := ask(1000, 1001); code(err) != "ThrottlingException" || stand.Count("ThrottlingException") != 1 {
		t.Error(err)
	}
	if _, err := ask(1000, 1001); err != nil {
		t.Error(err)
	}
}
