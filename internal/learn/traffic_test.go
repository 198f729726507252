package learn

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/policy"
)

// Traffic of some applications, to learn from and to judge by: what they do on a
// day, what comes close to it and is not theirs, and what an intruder does in
// their place.

const (
	self     = "111122223333"
	partner  = "444455556666"
	attacker = "666677778888"
	region   = "eu-west-1"
)

// An app is an application: day makes its calls of one day.
type app struct {
	name string
	day  func(g *gen)
}

// A gen makes calls.
type gen struct {
	*rand.Rand
	date  time.Time
	calls []policy.Call
}

func newGen(seed uint64, day int) *gen {
	return &gen{Rand: rand.New(rand.NewPCG(seed, uint64(day))), date: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day)}
}

// times does something n times, and a few times more or less.
func (g *gen) times(n int, do func()) {
	for range n - n/4 + g.IntN(n/2+1) {
		do()
	}
}

func (g *gen) http(method, url string) {
	scheme, rest, _ := strings.Cut(url, "://")
	host, path, _ := strings.Cut(rest, "/")
	g.calls = append(g.calls, policy.Call{Kind: policy.HTTP, Network: "tcp", Scheme: scheme, Host: host, Port: 443, Method: method, Path: "/" + path})
}

func (g *gen) dial(host string, port uint16) {
	g.calls = append(g.calls, policy.Call{Kind: policy.Net, Network: "tcp", Host: host, Port: port})
}

// aws makes a call of the SDK, as its guard describes it: signed by the function.
func (g *gen) aws(service, operation string, access policy.Access, resources ...string) *policy.Call {
	host := map[string]string{"SFN": "states", "Secrets Manager": "secretsmanager"}[service]
	if host == "" {
		host = strings.ToLower(service)
	}
	if resources == nil {
		resources = []string{}
	}
	g.calls = append(g.calls, policy.Call{
		Kind: policy.AWS, Service: service, Operation: operation, Access: access, Resources: resources, Region: region, Account: self, Self: self,
		Network: "tcp", Scheme: "https", Host: host + "." + region + ".amazonaws.com", Port: 443, Method: "POST", Path: "/",
	})
	return &g.calls[len(g.calls)-1]
}

// s3 is a call to a bucket by its own host.
func (g *gen) s3(operation string, access policy.Access, bucket, key string) *policy.Call {
	resource := "arn:aws:s3:::" + bucket
	if key != "" {
		resource += "/" + key
	}
	c := g.aws("S3", operation, access, resource)
	c.Host, c.Path, c.Method = bucket+".s3."+region+".amazonaws.com", "/"+key, map[policy.Access]string{policy.Write: "PUT"}[access]
	if c.Method == "" {
		c.Method = "GET"
	}
	return c
}

func arn(service, resource string) string {
	return "arn:aws:" + service + ":" + region + ":" + self + ":" + resource
}

func (g *gen) hex(n int) string { return g.of("0123456789abcdef", n) }

func (g *gen) of(letters string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[g.IntN(len(letters))]
	}
	return string(b)
}

func (g *gen) uuid() string {
	return g.hex(8) + "-" + g.hex(4) + "-4" + g.hex(3) + "-a" + g.hex(3) + "-" + g.hex(12)
}

var apps = []app{
	{"orders", func(g *gen) {
		const payments = "https://api.payments.example/v1/charges"
		charge := func() string { return "ch_" + g.of("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 10) }
		g.times(30, func() {
			g.http("POST", payments)
			g.http("GET", payments+"/"+charge())
			g.aws("DynamoDB", "GetItem", policy.Read, arn("dynamodb", "table/orders-prod"))
			g.aws("DynamoDB", []string{"PutItem", "UpdateItem"}[g.IntN(2)], policy.Write, arn("dynamodb", "table/orders-prod"))
			g.s3("PutObject", policy.Write, "orders-invoices-prod", "invoices/"+g.date.Format("2006/01/02")+"/"+g.uuid()+".pdf")
			g.aws("SQS", "SendMessage", policy.Write, arn("sqs", "orders-shipped"))
		})
		g.times(4, func() {
			g.http("POST", payments+"/"+charge()+"/refunds")
			g.aws("DynamoDB", "Query", policy.Read, arn("dynamodb", "table/orders-prod/index/by-customer"))
		})
		g.times(2, func() {
			g.aws("SSM", "GetParameter", policy.Read, arn("ssm", "parameter/orders/prod/payments-key"))
			g.aws("KMS", "Decrypt", policy.Write).Resources = nil // the key is in the ciphertext
		})
	}},
	{"reports", func(g *gen) {
		g.times(20, func() {
			g.http("GET", fmt.Sprintf("https://shard-%02d.shards.vendor.example/v2/export/%d", g.IntN(24), 100000+g.IntN(900000)))
			table := arn("dynamodb", "table/events-"+g.date.Format("2006-01-02"))
			g.aws("DynamoDB", []string{"BatchWriteItem", "PutItem"}[g.IntN(2)], policy.Write, table)
			g.s3("GetObject", policy.Read, "access-logs", fmt.Sprintf("%s/E2ABCDEF.%s.gz", g.date.Format("2006-01"), g.hex(8)))
		})
		g.times(4, func() {
			g.s3("ListObjectsV2", policy.List, "access-logs", "")
			g.aws("Athena", "StartQueryExecution", policy.Write, arn("athena", "workgroup/reports"))
			g.aws("Athena", "GetQueryExecution", policy.Read).Resources = nil
			g.aws("Athena", "GetQueryResults", policy.Read).Resources = nil
		})
		g.http("PUT", "https://backup.example/nightly/"+g.date.Format("2006-01-02")+".tar") // the nightly job
	}},
	{"notifier", func(g *gen) {
		g.times(25, func() {
			g.http("POST", "https://hooks.chat.example/services/***/***/***") // as events show it
			user, device := 1+g.IntN(90000), g.hex(40)
			g.http("GET", fmt.Sprintf("https://push.devices.example/v1/users/%d/prefs", user))
			g.http([]string{"PUT", "DELETE"}[g.IntN(2)], "https://push.devices.example/v1/devices/"+device+"/token")
			g.aws("SNS", "Publish", policy.Write, arn("sns", []string{"alerts-prod", "digests-prod"}[g.IntN(2)]))
		})
		g.times(6, func() {
			g.dial("cache.internal.example", 6379)
			g.dial("notifier.cluster-c1x2y3.eu-west-1.rds.amazonaws.com", 5432)
			g.aws("Lambda", "Invoke", policy.Write, arn("lambda", "function:render:live"))
			g.aws("Secrets Manager", "GetSecretValue", policy.Read, arn("secretsmanager", "secret:notifier/db"))
		})
	}},
	{"gateway", func(g *gen) {
		g.times(20, func() {
			g.http("POST", "https://graph.partner.example/graphql")
			g.http("GET", "https://static.partner.example/assets/"+g.hex(64)+".js")
			g.http("GET", "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/items/"+g.uuid())
			if drop := "drop-" + g.date.Format("2006-01"); g.IntN(2) == 0 {
				g.s3("GetObject", policy.Read, drop, "uploads/"+g.uuid())
			} else {
				g.s3("PutObject", policy.Write, drop, "uploads/"+g.uuid())
			}
		})
		g.times(3, func() {
			g.http("GET", "https://static.partner.example/daily/"+g.date.Format("2006/01/02")+"/catalog.csv")
			g.aws("STS", "AssumeRole", policy.Write, "arn:aws:iam::"+partner+":role/partner-read")
			c := g.s3("GetObject", policy.Read, "partner-drop", g.date.Format("2006-01-02")+"/"+g.hex(12)+".json")
			c.Account = partner
			g.aws("SFN", "StartExecution", policy.Write, arn("states", "stateMachine:import"))
		})
	}},
}

// nearMisses are calls that come close to one, and that no policy of its
// application should allow: a sibling host, table, bucket, path, account, method.
func nearMisses(c *policy.Call) []policy.Call {
	var misses []policy.Call
	miss := func(change func(c *policy.Call)) {
		m := *c
		m.Resources = slices.Clone(c.Resources)
		change(&m)
		misses = append(misses, m)
	}
	switch c.Kind {
	case policy.Net:
		miss(func(c *policy.Call) { c.Port++ })
		miss(func(c *policy.Call) { c.Host = "admin-" + c.Host })
		miss(func(c *policy.Call) { c.Host += ".evil.example" })
	case policy.HTTP:
		first, rest, _ := strings.Cut(c.Host, ".")
		miss(func(c *policy.Call) { c.Host = "admin." + rest + ".evil.example" })
		miss(func(c *policy.Call) { c.Host = first + "-evil.example" })
		miss(func(c *policy.Call) { c.Host = "deep.er." + c.Host })
		if !strings.HasPrefix(first, "shard-") {
			miss(func(c *policy.Call) { c.Host = "admin." + rest })
		}
		miss(func(c *policy.Call) { c.Path = "/admin" + c.Path })
		miss(func(c *policy.Call) { c.Path = "/internal/keys" })
		miss(func(c *policy.Call) { c.Path += "/more/and/more" })
		miss(func(c *policy.Call) { c.Method = "PATCH" })
		miss(func(c *policy.Call) { c.Scheme, c.Port = "http", 80 })
	case policy.AWS:
		miss(func(c *policy.Call) { c.Account = attacker })
		miss(func(c *policy.Call) { c.Host = c.Service + ".evil.example" })
		miss(func(c *policy.Call) { c.Operation, c.Access = "Delete"+c.Operation, policy.Write })
		if len(c.Resources) == 0 {
			break
		}
		if c.Service != "S3" && c.Service != "STS" {
			miss(func(c *policy.Call) { c.Resources[0] = strings.Replace(c.Resources[0], self, attacker, 1) })
		}
		i := strings.LastIndexByte(c.Resources[0], ':') + 1
		head, name := c.Resources[0][:i], c.Resources[0][i:]
		kind, own, deep := strings.Cut(name, "/")
		if !deep {
			kind, own = "", name
		} else {
			kind += "/"
		}
		if c.Service == "S3" {
			miss(func(c *policy.Call) {
				c.Resources[0] = head + "payroll-" + name
				c.Host = "payroll-" + c.Host
			})
			if deep {
				miss(func(c *policy.Call) { c.Resources[0] = strings.Replace(c.Resources[0], "/", "/private-", 1) })
			}
			break
		}
		miss(func(c *policy.Call) { c.Resources[0] = head + kind + "payroll-" + own })
		miss(func(c *policy.Call) { c.Resources[0] = head + kind + "payroll" })
	}
	return misses
}

// intrusion is what a library does that was taken over.
func intrusion(g *gen) []policy.Call {
	g.http("POST", "https://collect.metrics-cdn.example/v1/beacon")
	g.http("GET", "http://169.254.169.254/latest/meta-data/iam/security-credentials/")
	g.http("PUT", "https://attacker-bucket.s3.eu-west-1.amazonaws.com/loot")
	g.http("POST", "https://api.payments.example.evil.example/v1/charges")
	g.dial("203.0.113.9", 4444)
	g.dial("api.payments.example", 22)
	g.s3("PutObject", policy.Write, "attacker-bucket", "loot").Account = attacker
	g.s3("PutObject", policy.Write, "attacker-bucket", "loot")
	g.aws("STS", "AssumeRole", policy.Write, "arn:aws:iam::"+attacker+":role/exfil")
	g.aws("SSM", "GetParametersByPath", policy.Read, arn("ssm", "parameter/"))
	g.aws("Secrets Manager", "GetSecretValue", policy.Read, arn("secretsmanager", "secret:prod/root"))
	g.aws("IAM", "CreateAccessKey", policy.Permissions, "arn:aws:iam::"+self+":user/deploy")
	g.aws("DynamoDB", "Scan", policy.Read, arn("dynamodb", "table/customers"))
	g.aws("Lambda", "UpdateFunctionCode", policy.Write, arn("lambda", "function:orders"))
	return g.calls
}

// traffic are the calls of an application on some days.
func (a *app) traffic(seed uint64, from, to int) []policy.Call {
	var all []policy.Call
	for day := from; day < to; day++ {
		g := newGen(seed, day)
		a.day(g)
		all = append(all, g.calls...)
	}
	return all
}

func minimal(t *testing.T, name string) *policy.Set {
	t.Helper()
	doc, err := os.ReadFile("testdata/minimal/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return compiled(t, doc)
}

func compiled(t *testing.T, doc []byte) *policy.Set {
	t.Helper()
	p, err := policy.Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.Platform{Region: region}.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestMinimalPolicies: the policies written by hand are right about the traffic.
func TestMinimalPolicies(t *testing.T) {
	for _, a := range apps {
		t.Run(a.name, func(t *testing.T) {
			s := minimal(t, a.name)
			said := map[string]bool{}
			wrong := func(what string, c *policy.Call, d policy.Decision) {
				if text := what + " " + c.String(); !said[text] && len(said) < 20 {
					said[text] = true
					t.Errorf("%s: %s at %s, by %s signed by %s", what, c, c.Host, d.Rule, c.Account)
				}
			}
			for _, c := range a.traffic(1, 0, 20) {
				if d := s.Decide(&c); d.Effect != policy.Allow {
					wrong("denied", &c, d)
				}
				for _, m := range nearMisses(&c) {
					if d := s.Decide(&m); d.Effect == policy.Allow {
						wrong("allowed", &m, d)
					}
				}
			}
			for _, c := range intrusion(newGen(1, 0)) {
				if d := s.Decide(&c); d.Effect == policy.Allow {
					wrong("the intruder's", &c, d)
				}
			}
		})
	}
}
