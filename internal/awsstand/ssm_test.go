package awsstand_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

func TestGetParameter(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	stand.PutParameter("/fence/orders", "one", awsstand.WithLabel("old"))
	stand.PutParameter("/fence/orders", "two", awsstand.WithLabel("live"))
	stand.PutParameter("plain", "three")
	stand.Deny("/denied")
	const arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/"
	for _, test := range []struct {
		name, ask      string
		want, selector string
		code           string
	}{
		{"latest", "/fence/orders", "two", "", ""},
		{"spaces around", " /fence/orders ", "two", "", ""},
		{"by version", "/fence/orders:1", "one", ":1", ""},
		{"by label", "/fence/orders:old", "one", ":old", ""},
		{"by ARN", arn + "fence/orders", "two", "", ""},
		{"by ARN and label", arn + "fence/orders:live", "two", ":live", ""},
		{"ARN of a name without a slash", arn + "plain", "three", "", ""},
		{"missing", "/fence/nothing", "", "", "ParameterNotFound"},
		{"missing version", "/fence/orders:3", "", "", "ParameterVersionNotFound"},
		{"missing label", "/fence/orders:nightly", "", "", "ParameterVersionNotFound"},
		{"denied, and not there", "/denied/x", "", "", "AccessDeniedException"},
		{"denied, by ARN", arn + "denied", "", "", "AccessDeniedException"},
		{"two selectors", "/fence/orders:1:2", "", "", "ValidationException"},
		{"empty selector", "/fence/orders:", "", "", "ValidationException"},
		{"empty", " ", "", "", "ValidationException"},
		{"another account's ARN", "arn:aws:ssm:eu-west-1:210987654321:parameter/fence/orders", "", "", "AccessDeniedException"},
		{"no ARN of a parameter", "arn:aws:ssm:eu-west-1:123456789012:document/x", "", "", "ValidationException"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: &test.ask})
			if got := code(err); got != test.code {
				t.Fatalf("error %q, want %q: %v", got, test.code, err)
			}
			if err != nil {
				return
			}
			p := out.Parameter
			if *p.Value != test.want || aws.ToString(p.Selector) != test.selector {
				t.Errorf("value %q, selector %q", *p.Value, aws.ToString(p.Selector))
			}
			if age := time.Since(*p.LastModifiedDate); age < -time.Second || age > time.Minute {
				t.Errorf("modified %v ago", age)
			}
		})
	}
}

func TestSecureStringIsHiddenUnlessAsked(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	stand.PutParameter("/fence/orders", "the secret", awsstand.Secure())
	name := aws.String("/fence/orders")
	for _, test := range []struct {
		decrypt *bool
		clear   bool
	}{{nil, false}, {aws.Bool(false), false}, {aws.Bool(true), true}} {
		out, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: name, WithDecryption: test.decrypt})
		if err != nil {
			t.Fatal(err)
		}
		if got := *out.Parameter.Value == "the secret"; got != test.clear {
			t.Errorf("decryption %v: clear %t", aws.ToBool(test.decrypt), got)
		}
		if out.Parameter.Type != types.ParameterTypeSecureString {
			t.Errorf("type %s", out.Parameter.Type)
		}
		if !test.clear && !strings.HasPrefix(*out.Parameter.Value, "AQICAHg") && !strings.HasPrefix(*out.Parameter.Value, "AQICAH") {
			t.Errorf("sealed value begins with %.8q", *out.Parameter.Value)
		}
		history, err := client.GetParameterHistory(t.Context(), &ssm.GetParameterHistoryInput{Name: name, WithDecryption: test.decrypt})
		if err != nil {
			t.Fatal(err)
		}
		if got := *history.Parameters[0].Value == "the secret"; got != test.clear {
			t.Errorf("history with decryption %v: clear %t", aws.ToBool(test.decrypt), got)
		}
		if got := aws.ToString(history.Parameters[0].KeyId); got != "alias/aws/ssm" {
			t.Errorf("key %q", got)
		}
	}
}

func TestGetParameters(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	for i := range 3 {
		stand.PutParameter(fmt.Sprintf("/p/%d", i), fmt.Sprint(i), awsstand.WithLabel("live"))
	}
	out, err := client.GetParameters(t.Context(), &ssm.GetParametersInput{Names: []string{"/p/0", "/p/1:1", "/p/2:live", "/p/3", "/p/1:9"}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, p := range out.Parameters {
		got[*p.Name+aws.ToString(p.Selector)] = *p.Value
	}
	if diff := cmp.Diff(map[string]string{"/p/0": "0", "/p/1:1": "1", "/p/2:live": "2"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"/p/1:9", "/p/3"}, out.InvalidParameters); diff != "" {
		t.Error(diff)
	}
	if *out.Parameters[0].Name != "/p/2" {
		t.Errorf("the first is %s; the order must not be the one asked for", *out.Parameters[0].Name)
	}

	stand.Deny("/p/2")
	for _, test := range []struct {
		name  string
		names []string
		code  string
	}{
		{"one of them denied", []string{"/p/0", "/p/2"}, "AccessDeniedException"},
		{"eleven", strings.Split("/p/0 /p/0 /p/0 /p/0 /p/0 /p/0 /p/0 /p/0 /p/0 /p/0 /p/0", " "), "ValidationException"},
		{"none", []string{}, "ValidationException"},
		{"a bad name", []string{"a b"}, "ValidationException"},
	} {
		_, err := client.GetParameters(t.Context(), &ssm.GetParametersInput{Names: test.names})
		if got := code(err); got != test.code {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}

func TestDelete(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	stand.PutParameter("/p/a", "1")
	stand.PutParameter("/p/b", "1")
	stand.PutParameter("/kept/c", "1")
	stand.Deny("/kept")
	del := func(name string) string {
		_, err := client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: &name})
		return code(err)
	}
	for _, want := range []struct{ name, code string }{
		{"/p/a", ""}, {"/p/a", "ParameterNotFound"}, {"/kept/c", "AccessDeniedException"},
	} {
		if got := del(want.name); got != want.code {
			t.Errorf("%s: %q, want %q", want.name, got, want.code)
		}
	}
	if _, err := client.DeleteParameters(t.Context(), &ssm.DeleteParametersInput{Names: []string{"/p/b", "/kept/c"}}); code(err) != "AccessDeniedException" {
		t.Errorf("a denied one among others: %v", err)
	}
	if _, err := client.DeleteParameters(t.Context(), &ssm.DeleteParametersInput{Names: []string{}}); code(err) != "ValidationException" {
		t.Errorf("no names: %v", err)
	}
	out, err := client.DeleteParameters(t.Context(), &ssm.DeleteParametersInput{Names: []string{"/p/b", "/p/x"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"/p/b"}, {"/p/x"}}, [][]string{out.DeletedParameters, out.InvalidParameters}); diff != "" {
		t.Error(diff)
	}
	if v := stand.PutParameter("/p/a", "again"); v != 1 {
		t.Errorf("a parameter made anew begins with version %d", v)
	}
	stand.Allow()
	if got := del("/kept/c"); got != "" {
		t.Errorf("after Allow: %q", got)
	}
}

func TestLabels(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	for range 3 {
		stand.PutParameter("/p", "x")
	}
	label := func(version int64, labels ...string) (*ssm.LabelParameterVersionOutput, error) {
		in := &ssm.LabelParameterVersionInput{Name: aws.String("/p"), Labels: labels}
		if version != 0 {
			in.ParameterVersion = &version
		}
		return client.LabelParameterVersion(t.Context(), in)
	}
	labels := func() (all [][]string) {
		out, err := client.GetParameterHistory(t.Context(), &ssm.GetParameterHistoryInput{Name: aws.String("/p")})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range out.Parameters {
			all = append(all, p.Labels)
		}
		return all
	}
	expect := func(want ...[]string) {
		t.Helper()
		if diff := cmp.Diff(want, labels()); diff != "" {
			t.Error(diff)
		}
	}
	if out, err := label(0, "live", "aws-x", "SSMx", "1st", "a b", strings.Repeat("x", 101)); err != nil || out.ParameterVersion != 3 || len(out.InvalidLabels) != 5 {
		t.Fatalf("%+v, %v", out, err)
	}
	expect([]string{}, []string{}, []string{"live"})
	if _, err := label(1, "live", "first", "first"); err != nil {
		t.Fatal(err)
	}
	expect([]string{"live", "first"}, []string{}, []string{})
	if _, err := label(1, strings.Fields("a b c d e f g h i")...); code(err) != "ParameterVersionLabelLimitExceeded" {
		t.Errorf("an eleventh label: %v", err)
	}
	expect([]string{"live", "first"}, []string{}, []string{})
	for _, test := range []struct {
		version int64
		labels  []string
		code    string
	}{
		{4, []string{"x"}, "ParameterVersionNotFound"},
		{1, []string{}, "ValidationException"},
		{1, strings.Fields("a b c d e f g h i j k"), "ValidationException"},
	} {
		if _, err := label(test.version, test.labels...); code(err) != test.code {
			t.Errorf("version %d, labels %q: %v", test.version, test.labels, err)
		}
	}
	out, err := client.UnlabelParameterVersion(t.Context(), &ssm.UnlabelParameterVersionInput{
		Name: aws.String("/p"), ParameterVersion: aws.Int64(1), Labels: []string{"live", "no"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"live"}, {"no"}}, [][]string{out.RemovedLabels, out.InvalidLabels}); diff != "" {
		t.Error(diff)
	}
	expect([]string{"first"}, []string{}, []string{})
	if _, err := client.UnlabelParameterVersion(t.Context(), &ssm.UnlabelParameterVersionInput{
		Name: aws.String("/p"), ParameterVersion: aws.Int64(0), Labels: []string{"live"}}); code(err) != "ValidationException" {
		t.Errorf("unlabel without a version: %v", err)
	}
	stand.Deny("/p")
	if _, err := label(1, "x"); code(err) != "AccessDeniedException" {
		t.Errorf("denied: %v", err)
	}
	for name, want := range map[string]string{"/nothing": "ParameterNotFound", "arn:aws:ssm:eu-west-1:123456789012:parameter/p": "ValidationException"} {
		if _, err := client.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{Name: &name, Labels: []string{"x"}}); code(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHundredVersions(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	for i := range 100 {
		if v := stand.PutParameter("/p", "x"); v != int64(i+1) {
			t.Fatalf("version %d", v)
		}
	}
	overwrite := &ssm.PutParameterInput{Name: aws.String("/p"), Value: aws.String("y"), Overwrite: aws.Bool(true)}
	for _, version := range []int64{1, 2} {
		in := &ssm.LabelParameterVersionInput{Name: aws.String("/p"), Labels: []string{"live"}, ParameterVersion: &version}
		if _, err := client.LabelParameterVersion(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		_, err := client.PutParameter(t.Context(), overwrite)
		if want := map[int64]string{1: "ParameterMaxVersionLimitExceeded", 2: ""}[version]; code(err) != want {
			t.Errorf("label on version %d: %v", version, err)
		}
	}
	var versions []int64
	pages := ssm.NewGetParameterHistoryPaginator(client, &ssm.GetParameterHistoryInput{Name: aws.String("/p"), MaxResults: aws.Int32(30)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range out.Parameters {
			versions = append(versions, p.Version)
		}
	}
	if len(versions) != 100 || versions[0] != 2 || versions[99] != 101 {
		t.Errorf("%d versions: %v", len(versions), versions)
	}
}
