package integration

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// shopAnswer is what testdata/shop answers.
type shopAnswer struct {
	Secret, SecretError string
	Got, Blocked        bool
	Error, Version      string
}

// shopPolicy allows the secret, and the objects of some buckets, by the account
// that is the function's own.
func shopPolicy(p *tap, buckets string) string {
	return fmt.Sprintf(`version: 1
name: shop
mode: enforce
allow:
- {aws: secretsmanager, operations: [GetSecretValue], resources: ["secret:shop/*"], accounts: [self], endpoint: "%[1]s"}
- {aws: s3, access: [read], resources: [%[2]s], accounts: [self], endpoint: "%[1]s"}
`, p.address(), buckets)
}

// TestPolicyInParameterStore is a function's whole life: its policy is pushed to
// moto's SSM and labelled, AWS's emulator runs it, the fence loads the policy by
// its label and obeys, somebody moves the label, and the running sandbox follows.
// Debian's aws command says the same of the parameter as the library does.
func TestPolicyInParameterStore(t *testing.T) {
	rie, p := emulator(t), tapMoto(t)
	cli := awsCommand(t, p)
	_ = rie
	makeBucket(t, p.config(), "shop-orders", "1001")
	makeBucket(t, p.config(), "shop-archive", "1001")
	secret := &secretsmanager.CreateSecretInput{Name: aws.String("shop/key"), SecretString: aws.String("open sesame")}
	if _, err := secretsmanager.NewFromConfig(p.config()).CreateSecret(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	stored := paramstore.New("/fence/shop", paramstore.WithConfig(p.config()))
	first, err := stored.Push(t.Context(), []byte(shopPolicy(p, "shop-orders")), paramstore.Base(0), paramstore.Labels("live"))
	if err != nil || first.Version != 1 {
		t.Fatalf("push: %+v, %v", first, err)
	}
	if value := cli.parameter("/fence/shop:live"); value != shopPolicy(p, "shop-orders") {
		t.Errorf("aws ssm get-parameter says %q", value)
	}

	p.took()
	env := append(p.environment(), "LAMBDAFENCE_POLICY=ssm:/fence/shop:live", "LAMBDAFENCE_REFRESH=1s", "SHOP_SECRET=shop/key")
	shop := host(t, buildBootstrap(t, ".", "./testdata/shop"), env...)
	get := func(bucket string) (a shopAnswer) {
		t.Helper()
		shop.invoke(fmt.Sprintf(`{"Bucket":%q,"Key":"1001"}`, bucket), &a)
		return a
	}
	if a := get("shop-orders"); !a.Got {
		t.Errorf("the allowed object: %+v", a)
	}

	// Before the first invocation: self is known, or the rule would not match.
	if a := get("shop-orders"); a.Secret != "open sesame" {
		t.Errorf("the secret at init: %q", a.SecretError)
	}
	events := shop.events(1)
	if len(events) == 0 || events[0].Call.Operation != "GetSecretValue" || events[0].Outcome != "allowed" ||
		events[0].Call.Self != account || events[0].Call.Account != account || events[0].Policy.Version != "1" {
		t.Fatalf("the call at init: %+v", events)
	}

	// Blocked: found by errors.Is, nothing sent, tried once.
	p.took()
	before := len(shop.events(1))
	if a := get("shop-archive"); a.Got || !a.Blocked || a.Version != "1" {
		t.Errorf("the denied object: %+v", a)
	}
	if sent := slices.DeleteFunc(p.took(), func(r string) bool { return strings.HasPrefix(r, "ssm ") }); len(sent) > 0 {
		t.Errorf("sent: %q", sent)
	}
	if made := shop.events(before + 1)[before:]; len(made) != 1 || made[0].Outcome != "blocked" || made[0].Count != 1 ||
		!slices.Equal(made[0].Call.Resources, []string{"arn:aws:s3:::shop-archive/1001"}) {
		t.Errorf("events: %+v", made)
	}

	// Pushed without the label, a version changes nothing.
	second, err := stored.Push(t.Context(), []byte(shopPolicy(p, "shop-archive")), paramstore.Base(1))
	if err != nil || second.Version != 2 {
		t.Fatalf("push: %+v, %v", second, err)
	}
	time.Sleep(1100 * time.Millisecond)
	get("shop-orders")
	time.Sleep(1100 * time.Millisecond)
	get("shop-orders")
	if a := get("shop-archive"); !a.Blocked || a.Version != "1" {
		t.Errorf("a version without the label is in force: %+v", a)
	}

	// Labelled, by aws this time, it is in force at the second invocation after the interval.
	cli.run("ssm", "label-parameter-version", "--name", "/fence/shop", "--parameter-version", "2", "--labels", "live")
	time.Sleep(1100 * time.Millisecond)
	get("shop-orders")
	if a := get("shop-archive"); !a.Got {
		t.Errorf("the policy of version 2 is not in force: %+v", a)
	}
	if a := get("shop-orders"); !a.Blocked || a.Version != "2" {
		t.Errorf("the policy of version 1 is still in force: %+v", a)
	}
	if _, err := stored.Push(t.Context(), []byte(shopPolicy(p, "x")), paramstore.Base(1)); !paramstore.IsConflict(err) {
		t.Errorf("a push onto a version that is not the latest: %v", err)
	}
	if v := cli.version("/fence/shop"); v != 2 {
		t.Errorf("aws says that the latest version is %d", v)
	}
	if doc, err := paramstore.New("/fence/shop:live", paramstore.WithConfig(p.config())).Load(t.Context()); err != nil || doc.Version != "2" {
		t.Errorf("load by label: version %q, %v", doc.Version, err)
	}
}

// An awsCLI is Debian's aws command, led to moto.
type awsCLI struct {
	t   *testing.T
	tap *tap
}

func awsCommand(t *testing.T, p *tap) *awsCLI {
	t.Helper()
	if look("/usr/bin/aws") == "" {
		missing(t, "/usr/bin/aws (Debian: awscli)")
	}
	return &awsCLI{t, p}
}

func (c *awsCLI) run(args ...string) []byte {
	c.t.Helper()
	cmd := exec.Command("/usr/bin/aws", append([]string{"--endpoint-url", c.tap.server.URL, "--output", "json"}, args...)...)
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "HOME=" + c.t.TempDir(), "LANG=" + os.Getenv("LANG")}, c.tap.environment()...)
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		c.t.Fatalf("aws %q: %v\n%s", args, err, exit.Stderr)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

func (c *awsCLI) get(name string) (value string, version int) {
	c.t.Helper()
	var answer struct {
		Parameter struct {
			Value   string
			Version json.Number
		}
	}
	if err := json.Unmarshal(c.run("ssm", "get-parameter", "--with-decryption", "--name", name), &answer); err != nil {
		c.t.Fatal(err)
	}
	version, err := strconv.Atoi(answer.Parameter.Version.String())
	if err != nil {
		c.t.Fatal(err)
	}
	return answer.Parameter.Value, version
}

func (c *awsCLI) parameter(name string) string {
	c.t.Helper()
	value, _ := c.get(name)
	return value
}

func (c *awsCLI) version(name string) int {
	c.t.Helper()
	_, version := c.get(name)
	return version
}
