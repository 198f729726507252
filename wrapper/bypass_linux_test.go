package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lambdafence/lambdafence/internal/bypass"
	"github.com/lambdafence/lambdafence/policy/source"
	"github.com/lambdafence/lambdafence/wrapper"
	"golang.org/x/net/dns/dnsmessage"
)

// inNamespace is set in the process that has a network of its own.
const inNamespace = "LAMBDAFENCE_TEST_IN_NAMESPACE"

// TestBypassOverTheNetwork sends every row of testdata/bypass through a real client,
// in a network of its own in which every address in the world is this machine: what
// is denied is never connected to, by the kernel's own count, and a denied name is
// never looked up; what is allowed is connected to. It does so with Go's resolver and
// with the C library's.
func TestBypassOverTheNetwork(t *testing.T) {
	if os.Getenv(inNamespace) != "" {
		bypassInNamespace(t)
		return
	}
	for _, resolver := range []string{"go", "cgo"} {
		t.Run(resolver, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBypassOverTheNetwork$", "-test.v")
			cmd.Env = append(os.Environ(), inNamespace+"="+resolver, "GODEBUG=netdns="+resolver)
			cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
			if os.Getuid() != 0 {
				cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
				cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
				cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
			}
			out, err := cmd.CombinedOutput()
			told := regexp.MustCompile(`bypass: .*`).FindAllString(string(out), -1)
			switch {
			case errors.Is(err, syscall.EPERM), strings.Contains(string(out), "bypass: no network"), strings.Contains(string(out), "bypass: this binary"):
				unavailable(t, fmt.Sprintf("in a network of its own: %v %s", err, strings.Join(told, " ")))
			case err != nil || len(told) == 0:
				t.Errorf("%v\n%s", err, out)
			default:
				t.Log(told[0])
			}
		})
	}
}

// unavailable skips a test that this machine cannot run, and fails it in CI.
func unavailable(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func bypassInNamespace(t *testing.T) {
	for _, args := range []string{"link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"} {
		if out, err := exec.CommandContext(t.Context(), "ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Fatalf("bypass: no network of its own: ip %s: %v %s", args, err, out)
		}
	}
	answerEveryName(t)
	rows, err := bypass.Read("../testdata/bypass/url_bypass.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	resolver := os.Getenv(inNamespace)
	if all, err := net.LookupHost("0x7f000001"); resolver == "cgo" && (err != nil || all[0] != "127.0.0.1") {
		t.Fatal("bypass: this binary has no resolver of the C library")
	}
	denied, reached := 0, 0
	for _, p := range []struct {
		name, doc string
		want      func(*bypass.Row) string
	}{
		{"A", bypass.A, func(r *bypass.Row) string { return r.MustBe }},
		{"B", bypass.B, (*bypass.Row).DenyB}, // the fence does not know which resolver runs
		{"C", bypass.C, func(r *bypass.Row) string { return r.MustBePath }},
	} {
		f := wrapper.Must(wrapper.New(t.Context(), discard(), wrapper.WithPolicy(source.Static(p.name, []byte(p.doc)))))
		for i := range rows {
			r := &rows[i]
			want := p.want(r)
			connects, packets, err := counted(t, f, r)
			if want == "deny" && packets > 0 { // the name server may still have been answering the row before
				time.Sleep(200 * time.Millisecond)
				connects, packets, err = counted(t, f, r)
			}
			switch {
			case want == "deny":
				denied++
				if err == nil || connects > 0 || p.name != "B" && packets > 0 {
					t.Errorf("%s: %s must be denied: %d connections, %d packets, %v", r, p.name, connects, packets, err)
				}
			case want == "allow" && bypass.Stricter[r.ID] == "":
				if errors.Is(err, wrapper.ErrBlocked) {
					t.Errorf("%s: %s must be allowed: %v", r, p.name, err)
				}
				if connects+packets > 0 {
					reached++
				} else if r.GoParses.Dials && r.Kind != "dial" && !errors.Is(err, syscall.EINVAL) { // the kernel connects to no broadcast
					t.Errorf("%s: %s allows it, and nothing is connected to: %v", r, p.name, err)
				}
			}
		}
	}
	if denied < 1000 || reached < 100 {
		t.Errorf("%d rows denied and %d reached: the test shows nothing", denied, reached)
	}
	t.Logf("bypass: %d denied and none of them reached, %d allowed and reached, by the resolver %s", denied, reached, resolver)
}

// counted does what a row says, and counts the connections and packets of it.
func counted(t *testing.T, f *wrapper.Fence, r *bypass.Row) (connects, packets int, err error) {
	before := kernelCounts(t)
	err = dialRow(t.Context(), f, r)
	after := kernelCounts(t)
	return after.connects - before.connects, after.packets - before.packets, err
}

// dialRow does what a row says, by a real client.
func dialRow(ctx context.Context, f *wrapper.Fence, r *bypass.Row) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if r.Kind == "dial" {
		conn, err := f.DialContext(ctx, r.Network, r.Addr)
		if err == nil {
			conn.Close()
		}
		return err
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableKeepAlives, t.Proxy = true, nil
	client := &http.Client{Transport: f.Transport(t)}
	req, err := r.Request()
	if r.Kind == "redirect" {
		client.Transport = redirector{r.Base, r.Location, client.Transport}
		req, err = http.NewRequest(http.MethodGet, r.Base, nil)
	}
	if err != nil {
		return err
	}
	resp, err := client.Do(req.WithContext(ctx))
	if err == nil {
		resp.Body.Close()
	}
	return err
}

// A redirector answers the first request with a redirect, and has the client follow it.
type redirector struct {
	base, location string
	next           http.RoundTripper
}

func (d redirector) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Response != nil {
		return d.next.RoundTrip(r)
	}
	return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {d.location}}, Body: http.NoBody, Request: r}, nil
}

// counts are the kernel's, of this network.
type counts struct{ connects, packets int }

func kernelCounts(t *testing.T) (c counts) {
	t.Helper()
	read := func(file, table, column string) int {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for line := range strings.Lines(string(data)) {
			fields := strings.Fields(line)
			if len(fields) == 2 && fields[0] == column { // of IPv6
				n, _ := strconv.Atoi(fields[1])
				return n
			}
			if fields[0] != table+":" {
				continue
			}
			if names == nil {
				names = fields
				continue
			}
			for i, name := range names {
				if name == column {
					n, _ := strconv.Atoi(fields[i])
					return n
				}
			}
		}
		return 0
	}
	c.connects = read("/proc/thread-self/net/snmp", "Tcp", "ActiveOpens")
	c.packets = read("/proc/thread-self/net/snmp", "Udp", "OutDatagrams") + read("/proc/thread-self/net/snmp6", "", "Udp6OutDatagrams")
	return c
}

// answerEveryName is the name server of this network, whatever its address is: every
// name is at 198.51.100.7.
func answerEveryName(t *testing.T) {
	conn, err := net.ListenPacket("udp4", "0.0.0.0:53")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
					Body:   &dnsmessage.AResource{A: [4]byte{198, 51, 100, 7}},
				}}
			}
			if answer, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
}
