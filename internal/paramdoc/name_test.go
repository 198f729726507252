package paramdoc_test

import (
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
)

func TestParseName(t *testing.T) {
	const arn = "arn:aws-cn:ssm:cn-north-1:123456789012:parameter"
	for _, tt := range []struct {
		in, path, selector string
		version            int64
		resource, region   string
	}{
		{"/fence/orders", "/fence/orders", "", 0, "parameter/fence/orders", ""},
		{"/fence/orders:live", "/fence/orders", "live", 0, "parameter/fence/orders", ""},
		{"/fence/orders:12", "/fence/orders", "12", 12, "parameter/fence/orders", ""},
		{"orders", "orders", "", 0, "parameter/orders", ""},
		{"/orders", "/orders", "", 0, "parameter/orders", ""},
		{"Or.d_er-s9:v-1.2", "Or.d_er-s9", "v-1.2", 0, "parameter/Or.d_er-s9", ""},
		{arn + "/fence/orders", arn + "/fence/orders", "", 0, "parameter/fence/orders", "cn-north-1"},
		{arn + "/orders:live", arn + "/orders", "live", 0, "parameter/orders", "cn-north-1"},
		{strings.Repeat("/x", 15), strings.Repeat("/x", 15), "", 0, "parameter" + strings.Repeat("/x", 15), ""},
	} {
		n, err := paramdoc.ParseName(tt.in)
		if err != nil || n.Path != tt.path || n.Selector != tt.selector || n.Version() != tt.version || n.Resource() != tt.resource || n.Region() != tt.region {
			t.Errorf("%s: %+v, version %d, resource %s, region %s, %v", tt.in, n, n.Version(), n.Resource(), n.Region(), err)
		}
		if n.String() != tt.in || n.Shared() != strings.HasPrefix(tt.in, "arn:") {
			t.Errorf("%s: String = %s, Shared = %v", tt.in, n, n.Shared())
		}
	}
}

func TestParseNameRefuses(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", "no name"},
		{"a selector alone", ":live", "no name"},
		{"no leading slash", "fence/orders", "begins with one: /fence/orders"},
		{"an empty level", "/fence//orders", "empty level"},
		{"a slash at the end", "/fence/orders/", "empty level"},
		{"a space", "/fence/or ders", "letters, digits"},
		{"a new line", "/fence/orders\nx", "letters, digits"},
		{"a wildcard", "/fence/*", "letters, digits"},
		{"not ASCII", "/fence/örders", "letters, digits"},
		{"a query", "/fence/orders?x=y", "letters, digits"},
		{"too deep", strings.Repeat("/x", 16), "15 levels"},
		{"too long", "/" + strings.Repeat("x", 1011), "1,011"},
		{"an empty selector", "/fence/orders:", "empty label"},
		{"two selectors", "/fence/orders:live:2", "letters, digits"},
		{"version 0", "/fence/orders:0", "no version 0"},
		{"a version out of range", "/fence/orders:99999999999999999999", "no version"},
		{"a label that begins with a digit", "/fence/orders:1st", "must not begin"},
		{"a reserved label", "/fence/orders:SSM-x", "must not begin"},
		{"a long label", "/fence/orders:" + strings.Repeat("x", 101), "100 characters"},
		{"an ARN of something else", "arn:aws:s3:::bucket", "want an ARN such as"},
		{"an ARN of a secret", "arn:aws:secretsmanager:eu-west-1:123456789012:parameter/x", "want an ARN"},
		{"an ARN of a document", "arn:aws:ssm:eu-west-1:123456789012:document/x", "want an ARN"},
		{"an ARN without account", "arn:aws:ssm:eu-west-1::parameter/x", "want an ARN"},
		{"an ARN of nothing", "arn:aws:ssm:eu-west-1:123456789012:parameter/", "empty level"},
		{"half an ARN", "arn:aws:ssm", "want an ARN"},
	} {
		if n, err := paramdoc.ParseName(tt.in); err == nil || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 1500 {
			t.Errorf("%s: %+v, %v; want %q", tt.name, n, err, tt.want)
		}
	}
}
