package integration

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/policy"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
)

// TestLearnFromCloudWatchLogs reads a function's log from moto with the tool itself,
// and so with the real SDK. Moto takes queries of Insights but groups nothing:
// the tool sees that, and reads the events. (That Insights' own answers are read is
// tested in internal/cloudwatch, on this project's stand-in.)
func TestLearnFromCloudWatchLogs(t *testing.T) {
	p := tapMoto(t)
	const group = "/aws/lambda/orders"
	log := functionLog(t, 10_500) // more than moto has on a page
	fillLogGroup(t, cloudwatchlogs.NewFromConfig(p.config()), group, log)

	tool := filepath.Join(t.TempDir(), "lambdafence")
	build := exec.Command("go", "build", "-o", tool, "./cmd/lambdafence")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	learn := func(args ...string) (policy, said string) {
		var stdout, stderr bytes.Buffer
		cmd := exec.Command(tool, append([]string{"learn"}, args...)...)
		cmd.Env = append(os.Environ(), p.environment()...)
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			return "", fmt.Sprintf("%v: %s", err, &stderr)
		}
		return stdout.String(), stderr.String()
	}
	file := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(file, []byte(strings.Join(log, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	want, _ := learn(file)
	if !strings.Contains(want, "api.payments.example") || !strings.Contains(want, "aws: dynamodb") {
		t.Fatal(want)
	}

	p.took()
	got, said := learn("cloudwatch:"+group, "--since", "2h")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-file +moto)\n%s", said, diff)
	}
	if !strings.Contains(said, "reading event by event, since Insights cannot be asked: the answer is not grouped") || !strings.Contains(said, "10500 events") {
		t.Error(said)
	}
	sent := []string{"logs StartQuery", "logs GetQueryResults", "logs FilterLogEvents", "logs FilterLogEvents"}
	if diff := cmp.Diff(sent, p.took()); diff != "" {
		t.Error(diff)
	}

	if got, said = learn("cloudwatch:"+group, "--since", "2h", "--scan"); got != want {
		t.Error(said, got)
	}
	if slices.Contains(p.took(), "logs StartQuery") {
		t.Error("--scan asks Insights")
	}
	if got, said = learn("cloudwatch:"+group, "--until", "2h", "--scan"); strings.Contains(got, "host") {
		t.Error(said, got)
	}
	if _, said = learn("cloudwatch:/aws/lambda/nowhere"); !strings.Contains(said, "exit status 3") || !strings.Contains(said, "ResourceNotFoundException") {
		t.Error(said)
	}
}

// functionLog is what a function in learning mode logs, so many events and other lines.
func functionLog(t *testing.T, n int) []string {
	t.Helper()
	var out bytes.Buffer
	f := wrapper.Must(wrapper.New(t.Context(), wrapper.WithPolicy(source.Static("p", []byte("{mode: learn}"))), wrapper.WithEvents(wrapper.All),
		wrapper.WithAccount(account), wrapper.WithLogger(slog.New(slog.NewJSONHandler(&out, nil)))))
	_ = f.Check(t.Context(), policy.Call{Kind: policy.HTTP, Scheme: "https", Host: "api.payments.example", Port: 443, Method: "GET", Path: "/v1/charges/ID"})
	_ = f.Check(t.Context(), policy.Call{
		Kind: policy.AWS, Service: "DynamoDB", Operation: "PutItem", Access: policy.Write, Resources: []string{"arn:aws:dynamodb:eu-west-1:" + account + ":table/orders"},
		Region: region, Account: account, Self: account, Scheme: "https", Host: "dynamodb.eu-west-1.amazonaws.com", Port: 443, Method: "POST", Path: "/",
	})
	kinds := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(kinds) != 2 {
		t.Fatal(kinds)
	}
	log := []string{"START RequestId: 1 Version: $LATEST"}
	for i := range n {
		log = append(log, strings.Replace(kinds[i%2], "/ID", fmt.Sprintf("/ch_%08d", i), 1))
	}
	for i, line := range log[1:] { // no two events are the same
		log[i+1] = strings.TrimSuffix(line, "}") + fmt.Sprintf(`,"trace_id":"%032x","span_id":"%016x"}`, i+1, i+1)
	}
	return append(log, "REPORT RequestId: 1")
}

func fillLogGroup(t *testing.T, client *cloudwatchlogs.Client, group string, log []string) {
	t.Helper()
	stream := aws.String("2026/11/21/[$LATEST]1")
	if _, err := client.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &group}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: &group, LogStreamName: stream}); err != nil {
		t.Fatal(err)
	}
	when := time.Now().Add(-time.Hour).UnixMilli()
	for batch := range slices.Chunk(log, 1500) { // a request has 1 MiB at most
		var all []types.InputLogEvent
		for i := range batch {
			all = append(all, types.InputLogEvent{Message: &batch[i], Timestamp: &when})
		}
		if _, err := client.PutLogEvents(t.Context(), &cloudwatchlogs.PutLogEventsInput{LogGroupName: &group, LogStreamName: stream, LogEvents: all}); err != nil {
			t.Fatal(err)
		}
	}
}
