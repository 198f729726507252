package awshost

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// A hostRow is a line of testdata/awshosts/aws_hosts.jsonl.
type hostRow struct {
	ID, Host, Match, Form, Note string
	Src                         string
	FIPS, Dualstack             bool
	Service, Region, Partition  string
	SDKService                  string `json:"sdk_service"`
	Resource                    string
	ResourceType                string `json:"resource_type"`
	PathPrefix                  string `json:"path_prefix"`
	AccountID                   string `json:"account_id"`
}

func hostRows(tb testing.TB) []hostRow {
	tb.Helper()
	f, err := os.Open("../../testdata/awshosts/aws_hosts.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var rows []hostRow
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var r hostRow
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			tb.Fatalf("row %d: %v", len(rows)+1, err)
		}
		rows = append(rows, r)
	}
	if lines.Err() != nil || len(rows) < 1600 {
		tb.Fatal(len(rows), lines.Err())
	}
	return rows
}

// ordinaryForms are the forms of the corpus that are customers' hosts, not APIs.
var ordinaryForms = []string{
	"website", "api", "api-vpce", "custom-domain-target", "function-url", "graphql", "opensearch-public", "opensearch-vpc",
	"cluster-writer", "proxy", "cluster", "cluster-config", "broker-public", "load-balancer", "private-dns", "resource-name-dns",
	"registry-dualstack", "registry", "filesystem", "container", "workspace",
}

func TestHostCorpus(t *testing.T) {
	for _, r := range hostRows(t) {
		h, ok := Parse(r.Host)
		switch {
		case r.Match == "not-aws":
			if ok {
				t.Errorf("%s %s: taken for AWS: %+v", r.ID, r.Host, h)
			}
		case r.Match == "ambiguous":
			if h.Services != nil || h.Bucket != "" || h.Account != "" {
				t.Errorf("%s %s: %+v, though %s", r.ID, r.Host, h, r.Note)
			}
		case slices.Contains(ordinaryForms, r.Form):
			if !ok || h.API || h.Services != nil {
				t.Errorf("%s %s: %+v, not an ordinary host", r.ID, r.Host, h)
			}
			// That use1 and ec2.internal are us-east-1 is not in the name.
			if h.Region != r.Region && r.Form != "cluster-config" && !strings.HasSuffix(r.Host, ".ec2.internal") {
				t.Errorf("%s %s: region %q, want %q", r.ID, r.Host, h.Region, r.Region)
			}
		default:
			r.check(t, h, ok)
		}
	}
}

// check compares an API's endpoint with its row.
func (r *hostRow) check(t *testing.T, h Host, ok bool) {
	t.Helper()
	id := r.Service
	if r.SDKService != "" {
		id = r.SDKService
	}
	region := r.Region
	if arn := strings.Split(r.Resource, ":"); len(arn) > 3 {
		region = arn[3] // the client's own region is another in a few rows
	}
	if !ok || !h.API || !h.Serves(id, region) || !h.Serves(id, "") {
		t.Errorf("%s %s: %+v does not serve %s in %q", r.ID, r.Host, h, id, region)
	}
	if h.Partition != r.Partition && (h.Region != "" || r.Partition != "aws-us-gov") {
		t.Errorf("%s %s: partition %q, want %q", r.ID, r.Host, h.Partition, r.Partition)
	}
	if h.Region != "" && h.Region != region && !strings.HasSuffix(region, "-global") {
		t.Errorf("%s %s: region %q, want %q", r.ID, r.Host, h.Region, region)
	}
	if strings.Contains(r.Host, region) && h.Region != region {
		t.Errorf("%s %s: region %q, though the name has %q", r.ID, r.Host, h.Region, region)
	}
	if account, _, ok := strings.Cut(r.Host, "."); ok && account == r.AccountID && h.Account != account {
		t.Errorf("%s %s: account %q", r.ID, r.Host, h.Account)
	}
	r.checkBucket(t, h)
}

func (r *hostRow) checkBucket(t *testing.T, h Host) {
	t.Helper()
	bucket, account := "", h.Account
	arn := strings.SplitN(r.Resource, ":", 6)
	switch {
	case r.PathPrefix != "" || !h.Serves("s3", ""):
	case len(arn) == 6:
		account = arn[4]
		bucket = arn[5][strings.LastIndexAny(arn[5], ":/")+1:]
	case strings.HasPrefix(r.Host, r.Resource+"."), r.Form == "access-point":
		bucket = r.Resource
	}
	if h.Bucket != bucket || h.Account != account {
		t.Errorf("%s %s: bucket %q of %q, want %q of %q", r.ID, r.Host, h.Bucket, h.Account, bucket, account)
	}
	if isBucket := r.ResourceType == "bucket" && !strings.HasSuffix(r.Resource, "--xa-s3"); bucket != "" && h.AccessPoint == isBucket && !strings.HasSuffix(bucket, "--op-s3") {
		t.Errorf("%s %s: access point: %v", r.ID, r.Host, h.AccessPoint)
	}
}
