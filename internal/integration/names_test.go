package integration

import (
	"context"
	"net"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// asked is the name server of the tests.
var asked *names

// names is a DNS server to which every name below .example leads to 127.0.0.1,
// so that drivers can be given names as in production. It keeps what was asked.
type names struct {
	conn net.PacketConn

	mu   sync.Mutex
	seen map[string]bool
}

func startNames() (*names, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n := &names{conn: conn, seen: make(map[string]bool)}
	go n.serve()
	return n, nil
}

func (n *names) close() { _ = n.conn.Close() }

// resolver asks n, whatever the machine's own configuration says.
func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", n.conn.LocalAddr().String())
	}}
}

// lookedUp reports whether anybody has looked a name up.
func (n *names) lookedUp(host string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.seen[host]
}

func (n *names) serve() {
	packet := make([]byte, 1500)
	for {
		size, from, err := n.conn.ReadFrom(packet)
		if err != nil {
			return
		}
		if answer, err := n.answer(packet[:size]); err == nil {
			_, _ = n.conn.WriteTo(answer, from)
		}
	}
}

func (n *names) answer(packet []byte) ([]byte, error) {
	var q dnsmessage.Message
	if err := q.Unpack(packet); err != nil || len(q.Questions) != 1 {
		return nil, err
	}
	name := q.Questions[0].Name
	host := strings.TrimSuffix(name.String(), ".")
	n.mu.Lock()
	n.seen[host] = true
	n.mu.Unlock()

	a := dnsmessage.Message{Header: dnsmessage.Header{ID: q.ID, Response: true, RecursionAvailable: true}, Questions: q.Questions}
	switch {
	case !strings.HasSuffix(host, ".example"):
		a.RCode = dnsmessage.RCodeNameError
	case q.Questions[0].Type == dnsmessage.TypeA:
		a.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET, TTL: 1},
			Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
		}}
	}
	return a.Pack()
}
