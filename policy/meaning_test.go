package policy

import "testing"

// One test for each rule of meaning of the language: the rule, and the attack on
// it. docs/policy.md numbers them the same.

func TestMeaning1Lists(t *testing.T) {
	check(t, mustCompile(t, `
mode: enforce
allow: [{host: a.example}, {host: b.example}]
deny: [{host: b.example}]`), `
allow  allow[0]  GET https://a.example/
deny   deny[0]   GET https://b.example/
deny   -         GET https://c.example/
deny   -         GET https://a.example.c.example/
deny   deny[0]   GET https://B.EXAMPLE./`)

	check(t, mustCompile(t, "mode: enforce\ndeny: [{host: b.example}]"), `
allow  -         GET https://a.example/
allow  -         dial udp a.example:53
deny   deny[0]   GET https://b.example/
deny   deny[0]   GET https://user@b.example:8443/`)

	check(t, mustCompile(t, "mode: enforce\nallow:\n"), `
deny   -         GET https://a.example/
deny   -         dial tcp 192.0.2.1:443`)

	check(t, mustCompile(t, "mode: learn"), `
allow  -         GET https://a.example/
deny   local     GET http://169.254.169.254/   mode=learn`)
}

func TestMeaning2Fields(t *testing.T) {
	check(t, mustCompile(t, `
mode: enforce
allow:
  - host: a.example
  - host: [b.example, c.example]
    methods: [GET, PUT]
    paths: [/x, /y]
    ports: [443, 444]
deny:
  - host: a.example
    methods: [DELETE]
    paths: [/x]`), `
allow  allow[0]  POST https://a.example/x
allow  allow[0]  DELETE https://a.example/y
deny   deny[0]   DELETE https://a.example/x
allow  allow[1]  PUT https://c.example:444/y
deny   -         POST https://b.example/x
deny   -         GET https://b.example/z
deny   -         GET https://b.example:445/x
deny   -         GET http://a.example/x
deny   -         GET http://a.example:443/x
deny   -         GET https://a.example:80/x
deny   -         dial udp b.example:443`)

	check(t, mustCompile(t, "mode: enforce\ndeny: [{host: a.example}]"), `
deny   deny[0]   GET http://a.example:8080/any
deny   deny[0]   dial udp a.example:1
deny   deny[0]   dial ip4:icmp a.example`)
}

func TestMeaning3Unknown(t *testing.T) {
	check(t, mustCompile(t, `
mode: enforce
allow:
  - host: a.example
    functions: [f]
  - host: b.example
deny:
  - host: b.example
    functions: [g]`), `
allow  allow[0]  GET https://a.example/   function=f
deny   -         GET https://a.example/   function=g
allow  allow[1]  GET https://b.example/   function=f
deny   deny[0]   GET https://b.example/   function=g
deny   -         GET https://a.example/
deny   deny[0]   GET https://b.example/`)

	// A call that was described by hand may lack its scheme or its port.
	s := mustCompile(t, "mode: enforce\nallow: [{host: a.example}]\ndeny: [{host: b.example, schemes: [http]}, {host: c.example, ports: [25]}]")
	for _, tt := range []struct {
		call Call
		rule string
	}{
		{Call{Kind: HTTP, Host: "a.example", Port: 443}, ""},
		{Call{Host: "a.example"}, ""},
		{Call{Kind: HTTP, Host: "b.example", Port: 443}, "deny[0]"},
		{Call{Host: "c.example"}, "deny[1]"},
		{Call{Kind: HTTP, Scheme: "gopher", Host: "c.example"}, "deny[1]"},
		{Call{Kind: HTTP, Scheme: "gopher", Host: "b.example"}, ""},
		{Call{Network: "sctp", Host: "a.example", Port: 443}, ""},
	} {
		if d := s.Decide(&tt.call); d.Effect != Deny || d.Rule != tt.rule {
			t.Errorf("%v: %v, want %q", &tt.call, d, tt.rule)
		}
	}
}

func TestMeaning4Layers(t *testing.T) {
	layers := []string{`
mode: report
deny: [{host: a.example, reason: first}, {host: a.example}, {host: b.example, mode: enforce}, {host: c.example, mode: learn}]`, `
mode: report
allow: [{host: [a.example, c.example, d.example]}]
deny: [{host: c.example}, {host: d.example, mode: off}]`}
	check(t, mustCompile(t, layers...), `
deny   deny[0]   GET https://a.example/   layer=0 mode=report
deny   deny[2]   GET https://b.example/   layer=0 mode=enforce
deny   deny[0]   GET https://c.example/   layer=1 mode=report
deny   deny[1]   GET https://d.example/   layer=1 mode=off
deny   -         GET https://e.example/   layer=1 mode=report`)

	// Three layers, each with its own mode: the hardest that objects decides.
	check(t, mustCompile(t, "mode: off\nallow: []", "mode: enforce\ndeny: [{host: a.example}]", "mode: learn\nallow: []"), `
deny   deny[0]   GET https://a.example/   layer=1 mode=enforce
deny   -         GET https://b.example/   layer=2 mode=learn
deny   local     GET http://127.0.0.1/    layer=0 mode=enforce`)

	// A deny rule blocks even in learn, and a softer one of the same layer, or
	// of another, does not cover it.
	check(t, mustCompile(t, "mode: learn\ndeny: [{host: '*.example', mode: report}, {host: a.example, mode: enforce}]"), `
deny   deny[1]   GET https://a.example/   mode=enforce
deny   deny[0]   GET https://b.example/   mode=report`)
}

func TestMeaning4Mode(t *testing.T) {
	docs := []string{"mode: enforce\nallow: []", "mode: learn\ndeny: [{host: a.example}, {host: b.example, mode: enforce}]"}
	for _, tt := range []struct {
		soften Mode
		calls  string
	}{
		{Unset, `
deny   -         GET https://a.example/   layer=0 mode=enforce
deny   -         GET https://b.example/   layer=0 mode=enforce`},
		{Enforce, `
deny   -         GET https://a.example/   layer=0 mode=enforce
deny   -         GET https://b.example/   layer=0 mode=enforce`},
		{Report, `
deny   -         GET https://a.example/   layer=0 mode=report
deny   -         GET https://b.example/   layer=0 mode=report
deny   local     GET http://127.0.0.1/    layer=0 mode=report`},
		{Learn, `
deny   -         GET https://a.example/   layer=0 mode=learn`},
		{Off, `
deny   -         GET https://a.example/   layer=0 mode=off
deny   -         GET https://b.example/   layer=0 mode=off
deny   local     GET http://127.0.0.1/    layer=0 mode=off`},
	} {
		s := mustCompileOn(t, Platform{Soften: tt.soften}, docs...)
		check(t, s, tt.calls)
		if want := Enforce.soften(tt.soften); s.Mode() != want {
			t.Errorf("soften %v: mode %v", tt.soften, s.Mode())
		}
	}
	// Off is said of a set of which nothing is acted upon.
	for doc, want := range map[string]bool{
		"mode: off": true,
		"mode: off\ndeny: [{host: a.example}, {host: b.example, mode: off}]": true,
		"mode: off\ndeny: [{host: a.example, mode: learn}]":                  false,
		"mode: learn": false,
	} {
		if got := mustCompile(t, "mode: off", doc).Off(); got != want {
			t.Errorf("%s: off %v", doc, got)
		}
	}
	// What learns does not harden.
	s := mustCompileOn(t, Platform{Soften: Enforce}, docs[1])
	check(t, s, `deny deny[0] GET https://a.example/ mode=learn`)

	// The kill switch works though nothing could be loaded.
	s, err := Platform{Soften: Off}.Compile(Unavailable(Enforce, "no such parameter"))
	if err != nil || s.Mode() != Off {
		t.Fatal(s, err)
	}
	check(t, s, `deny - GET https://a.example/ mode=off`)
}

func TestMeaning4Unavailable(t *testing.T) {
	s, err := Compile(mustParse(t, "mode: report\nallow: [{host: a.example}]"), Unavailable(Enforce, "no such parameter"))
	if err != nil {
		t.Fatal(err)
	}
	check(t, s, `
deny   -         GET https://a.example/           layer=1 mode=enforce
deny   local     dial unix /var/run/docker.sock   layer=0 mode=enforce`)
	if d := s.Decide(&Call{Host: "a.example", Port: 443}); d.Reason != "no such parameter" {
		t.Error(d)
	}
	if s, err = Compile(Unavailable(Unset, "")); err != nil {
		t.Fatal(err)
	}
	if d := s.Decide(&Call{Host: "a.example", Port: 443}); d != (Decision{Deny, Report, 0, "", "no policy"}) {
		t.Error(d)
	}
}

func TestMeaning5NetCalls(t *testing.T) {
	check(t, mustCompile(t, `
mode: enforce
allow:
  - {host: db.example, ports: [5432]}
  - {cidr: 10.0.0.0/8, ports: [6379]}
  - {host: tls.example}
  - {host: dns.example, ports: [53], networks: [udp]}
  - {host: get.example, methods: [GET]}
  - {host: path.example, paths: [/x]}
  - {host: scheme.example, schemes: [https]}
  - {host: raw.example, networks: [ip]}`), `
allow  allow[0]  dial tcp db.example:5432
allow  allow[1]  dial tcp 10.9.9.9:6379
allow  allow[2]  dial tcp tls.example:443
allow  allow[3]  dial udp dns.example:53
allow  allow[7]  dial ip4:icmp raw.example
deny   -         dial tcp db.example:443
deny   -         dial tcp tls.example:80
deny   -         dial tcp dns.example:53
deny   -         dial udp db.example:5432
deny   -         dial ip4:icmp db.example
deny   -         dial tcp get.example:443
deny   -         dial tcp path.example:443
deny   -         dial tcp scheme.example:443`)

	// What a bare connection will carry is unknown: a deny rule matches it.
	check(t, mustCompile(t, `
mode: enforce
deny:
  - {host: get.example, methods: [GET]}
  - {host: path.example, paths: [/x]}
  - {host: scheme.example, schemes: [http]}
  - {host: port.example, ports: [25]}`), `
deny   deny[0]   dial tcp get.example:443
deny   deny[1]   dial tcp path.example:443
deny   deny[2]   dial tcp scheme.example:443
allow  -         dial tcp port.example:443
deny   deny[3]   dial ip4:tcp port.example`)
}

func TestMeaning6NamesAndAddresses(t *testing.T) {
	s := mustCompile(t, `
mode: enforce
allow:
  - {host: "**"}
  - {cidr: 198.51.100.0/24}
  - {host: 203.0.113.7}
deny:
  - {cidr: [192.0.2.0/24, "2001:db8::/32"]}
  - {host: bücher.example}`)
	check(t, s, `
allow  allow[0]  GET https://a.example/
allow  allow[1]  GET https://198.51.100.1/
allow  allow[2]  GET https://203.0.113.7/
deny   -         GET https://203.0.113.8/
deny   -         GET https://[64:ff9b::198.51.100.1]/
deny   deny[1]   GET https://xn--bcher-kva.example/
deny   deny[1]   GET https://BÜCHER.example/
deny   deny[0]   GET https://192.0.2.1/
deny   deny[0]   GET https://3221225985/
deny   deny[0]   GET https://0xc0.0x0.0x2.0x1/
deny   deny[0]   GET https://0300.0.0x201/
deny   deny[0]   GET https://[::ffff:192.0.2.1]/
deny   deny[0]   GET https://[::ffff:0:192.0.2.1]/
deny   deny[0]   GET https://[64:ff9b::192.0.2.1]/
deny   deny[0]   GET https://[2001:db8::1%25eth0]/
allow  allow[0]  GET https://a.example/            addr=10.0.0.1
deny   deny[0]   GET https://a.example/            addr=192.0.2.1
deny   deny[0]   GET https://a.example/            addr=2001:db8::1
deny   deny[0]   GET https://a.example/            addr=2002:c000:201::5
deny   local     GET https://a.example/            addr=fe80::1`)

	// The two halves of the verdict on a name, as the dial guard takes them.
	for addr, want := range map[string]string{"192.0.2.1": "deny[0]", "10.0.0.1": "", "127.0.0.1": "local", "::ffff:192.0.2.1": "deny[0]"} {
		c, err := NetCall("tcp", "a.example:443")
		if err != nil {
			t.Fatal(err)
		}
		c.Addr = mustAddr(t, addr)
		if d := s.DecideReached(&c); d.Rule != want || (d.Effect == Allow) != (want == "") {
			t.Errorf("%s: %v", addr, d)
		}
	}
}

func TestMeaning6HostHeader(t *testing.T) {
	check(t, mustCompile(t, "mode: enforce\nallow: [{host: [a.example, b.example]}]\ndeny: [{host: c.example}, {cidr: 192.0.2.0/24}]"), `
allow  allow[0]  GET https://a.example/   host=b.example
deny   -         GET https://a.example/   host=d.example
deny   -         GET https://d.example/   host=a.example
deny   deny[0]   GET https://a.example/   host=C.Example.:443
deny   deny[1]   GET https://a.example/   host=[::ffff:192.0.2.1]
deny   local     GET https://a.example/   host=localhost`)

	// What the request line names is judged, too.
	s := mustCompile(t, "mode: enforce\ndeny: [{host: c.example}]")
	for _, target := range []string{"http://c.example/", "https://u:p@C.example:81/x", "//c.example", "c.example:443", "c.example", "c.example/x"} {
		c := Call{Kind: HTTP, Scheme: "https", Host: "a.example", HostHeader: "b.example", Method: "CONNECT", Path: target}
		if d := s.Decide(&c); d.Rule != "deny[0]" && target[0] != '/' {
			t.Errorf("%s: %v", target, d)
		}
	}
	// And no allow rule speaks of a request without a path.
	s = mustCompile(t, "mode: enforce\nallow: [{host: a.example}]")
	c := Call{Kind: HTTP, Scheme: "https", Host: "a.example", Path: "https://a.example/x"}
	if d := s.Decide(&c); d.Effect == Allow {
		t.Error(d)
	}
}

func TestMeaning7LocalDoors(t *testing.T) {
	// Closed, whatever is allowed.
	closed := mustCompile(t, "mode: report\nallow: [{host: '**', schemes: [http, https]}, {cidr: [0.0.0.0/0, '::/0'], schemes: [http]}]")
	check(t, closed, `
deny   local  GET http://127.0.0.1/              mode=report
deny   local  GET http://127.255.0.9/
deny   local  GET http://localhost/
deny   local  GET http://a.localhost/
deny   local  GET http://0.0.0.0/
deny   local  GET http://0.1.2.3/
deny   local  GET http://[::]/
deny   local  GET http://[::1]/
deny   local  GET http://169.254.170.2/
deny   local  GET http://[fe80::1]/
deny   local  GET http://[fd00:ec2::254]/
deny   local  GET http://239.1.1.1/
deny   local  GET http://[ff02::1]/
deny   local  GET http://[64:ff9b:1::169.254.169.254]/
deny   local  GET http://[2002:a9fe:a9fe::]/
deny   local  dial unix /run/x.sock
deny   local  dial unix @x
allow  allow[1]  GET http://[fd00:ec3::254]/
allow  allow[1]  GET http://[64:ff9b:1::192.0.2.1]/
allow  allow[1]  GET http://192.168.0.1/`)

	// Opened by local, by the very address, by a range inside, by localhost.
	opened := mustCompile(t, `
mode: enforce
local: [otlp, xray, parameters-extension, "127.0.0.1:6379", "169.254.1.1:80", "unix:/run/x.sock"]
allow:
  - {host: 127.0.0.5, schemes: [http]}
  - {cidr: 127.0.6.0/24, schemes: [http]}
  - {host: localhost, ports: [3000]}
  - {cidr: 126.0.0.0/7, schemes: [http]}
deny:
  - {host: "**", ports: [4317]}`)
	check(t, opened, `
allow  local     GET http://127.0.0.1:4318/
deny   deny[0]   GET http://127.0.0.1:4317/
allow  local     dial udp 127.0.0.1:2000
allow  local     GET http://localhost:2773/
allow  local     dial tcp [::1]:6379
allow  local     GET http://169.254.1.1/
allow  local     dial unix /run/x.sock
allow  allow[0]  GET http://127.0.0.5/
allow  allow[1]  GET http://127.0.6.77/
allow  allow[2]  dial tcp localhost:3000
allow  allow[2]  dial tcp localhost:3000         addr=127.0.0.1
deny   local     dial tcp db.example:3000        addr=127.0.0.1
deny   local     dial tcp localhost:3001         addr=127.0.0.1
deny   local     GET http://127.0.0.7/
deny   local     dial tcp 127.0.0.2:6379
deny   local     dial unix /run/../run/x.sock
deny   local     dial tcp a.localhost:3000`)

	// No name for a door on another platform leads anywhere.
	bare := mustCompile(t, "mode: enforce\nlocal: [credentials]\nallow: []")
	check(t, bare, `deny local GET http://169.254.170.23/v1/credentials`)
}

func TestMeaning7Platform(t *testing.T) {
	p := Platform{
		RuntimeAPI:    "169.254.100.1:9001",
		XRay:          "tcp:169.254.79.129:2000 udp:169.254.79.129:2001",
		ExtensionPort: "2774",
		Credentials:   "http://localhost:9002/creds",
	}
	check(t, mustCompileOn(t, p, `
mode: enforce
local: [xray, parameters-extension, credentials, "169.254.100.1:9001"]
allow:
  - {cidr: 169.254.100.0/24, schemes: [http], ports: [9001, 9002]}`), `
allow  local     dial tcp 169.254.79.129:2000
allow  local     dial udp 169.254.79.129:2001
deny   local     dial tcp 127.0.0.1:2000
allow  local     GET http://127.0.0.1:2774/
deny   local     GET http://127.0.0.1:2773/
allow  local     GET http://127.0.0.1:9002/creds
allow  allow[0]  GET http://169.254.100.1:9002/
deny   local     GET http://169.254.100.1:9001/
deny   local     GET http://[::ffff:169.254.100.1]:9001/
deny   local     GET http://[64:ff9b::169.254.100.1]:9001/
allow  allow[0]  GET http://169.254.100.2:9001/`)

	// A socket that was described by hand is one, whatever else stands in the call.
	s := mustCompileOn(t, Platform{RuntimeAPI: "127.0.0.1:9001"}, "local: ['unix:/x']\nallow: []")
	if d := s.Decide(&Call{Network: "unix", Path: "/x", Port: 9001}); d.Effect != Allow {
		t.Error(d)
	}

	// Values that cannot be read open nothing.
	p = Platform{RuntimeAPI: "a b", XRay: "nowhere", ExtensionPort: "x", Credentials: "http://[::1/"}
	check(t, mustCompileOn(t, p, "mode: enforce\nlocal: [xray, parameters-extension, credentials]\nallow: []"), `
deny   local     dial udp 127.0.0.1:2000
deny   local     GET http://127.0.0.1:2773/`)

	// The Runtime API by name, and on the port of plain HTTP.
	p = Platform{RuntimeAPI: "Emulator.internal"}
	check(t, mustCompileOn(t, p, "mode: enforce\nallow: [{host: '**', schemes: [http]}]"), `
deny   local     GET http://emulator.internal/
allow  allow[0]  GET http://other.internal/`)
	p = Platform{RuntimeAPI: "localhost:9001"}
	check(t, mustCompileOn(t, p, "mode: enforce\nlocal: ['127.0.0.1:9001', '127.0.0.2:9001']\nallow: []"), `
deny   local     GET http://127.0.0.1:9001/
deny   local     GET http://127.0.0.2:9001/
deny   local     GET http://x.localhost:9001/
deny   local     GET http://[::]:9001/`)
}

func TestMeaning8PathsAndMethods(t *testing.T) {
	check(t, mustCompile(t, `
mode: enforce
allow:
  - {host: a.example, methods: [GET], paths: [/v1/**, "/é*"]}
  - {host: b.example}
deny:
  - {host: b.example, paths: [/admin/**], methods: [GET, POST]}`), `
allow  allow[0]  GET https://a.example/v1
allow  allow[0]  GET https://a.example/v1/x?y=/../z
allow  allow[0]  GET https://a.example/%C3%A9t%C3%A9
deny   -         get https://a.example/v1
deny   -         POST https://a.example/v1
deny   -         GET https://a.example/v1/../v2
deny   -         GET https://a.example/v1/%2e%2E/v2
deny   -         GET https://a.example/v1%2f..%2fv2
deny   -         GET https://a.example/v2/../v1
deny   deny[0]   GET https://b.example/admin
deny   deny[0]   POST https://b.example/x/../admin/
deny   deny[0]   GET https://b.example/%61dmin/x
deny   deny[0]   GET https://b.example//admin
deny   deny[0]   GET https://b.example/x\..\admin
allow  allow[1]  PUT https://b.example/admin
allow  allow[1]  GET https://b.example/administrator`)

	// An empty method is GET.
	s := mustCompile(t, "mode: enforce\nallow: [{host: a.example, methods: [GET]}]")
	if d := s.Decide(&Call{Kind: HTTP, Scheme: "https", Host: "a.example", Path: "/"}); d.Effect != Allow {
		t.Error(d)
	}
	// What no reading is certain of matches every path that is denied, and none
	// that is allowed.
	s = mustCompile(t, "mode: enforce\nallow: [{host: a.example, paths: [/**]}, {host: b.example}]\ndeny: [{host: b.example, paths: [/admin]}]")
	for _, path := range []string{"/x%00", "/x%zz", "/x\x01"} {
		for host, rule := range map[string]string{"a.example": "", "b.example": "deny[0]"} {
			if d := s.Decide(&Call{Kind: HTTP, Scheme: "https", Host: host, Path: path}); d.Effect != Deny || d.Rule != rule {
				t.Errorf("%s%q: %v", host, path, d)
			}
		}
	}
}

func TestMeaning12Globs(t *testing.T) {
	check(t, mustCompile(t, `
mode: enforce
allow:
  - host: ["*.one.example", "**.deep.example", "a-*.glob.example", "{x,y}.brace.example", "h?.[0-9].example", "**.mid-*.example"]
  - {host: p.example, paths: ["/*/x", "/a/**/z", "/[!b]", "/{c,d}e"]}`), `
allow  allow[0]  GET https://a.one.example/
deny   -         GET https://a.b.one.example/
deny   -         GET https://one.example/
allow  allow[0]  GET https://a.deep.example/
allow  allow[0]  GET https://a.b.deep.example/
deny   -         GET https://deep.example/
deny   -         GET https://evildeep.example/
allow  allow[0]  GET https://a-b.glob.example/
deny   -         GET https://a-b.c.glob.example/
allow  allow[0]  GET https://y.brace.example/
deny   -         GET https://z.brace.example/
allow  allow[0]  GET https://ho.7.example/
allow  allow[0]  GET https://q.r.mid-1.example/
deny   -         GET https://mid-1.example/
allow  allow[1]  GET https://p.example/q/x
deny   -         GET https://p.example/q/r/x
allow  allow[1]  GET https://p.example/a/z
allow  allow[1]  GET https://p.example/a/b/c/z
deny   -         GET https://p.example/b
deny   -         GET https://p.example/%2f
allow  allow[1]  GET https://p.example/de`)
}

func TestMeaning13From(t *testing.T) {
	s := mustCompile(t, `
mode: enforce
allow:
  - {host: a.example, from: [m.example/a]}
  - {host: b.example, from: ["m.example/b/**", "m.example/?"], functions: [f]}
  - {host: c.example, from: m.example/a/pkg}
  - {host: d.example}
  - {cidr: 10.0.0.0/8, ports: [5432]}
deny:
  - {host: "**", from: "m.example/bad/**", id: bad}
  - {cidr: 10.1.0.0/16, from: m.example/evil, id: evil}`)
	check(t, s, `
allow  allow[0]  GET https://a.example/   from=m.example/a
allow  allow[0]  GET https://a.example/   from=m.example/a,m.example/a/deep from=m.example/other
allow  allow[0]  GET https://a.example/   from=gopkg.in/x,m.example/a
deny   -         GET https://a.example/   from=m.example/other from=m.example/a
deny   -         GET https://a.example/   from=m.example/A
deny   -         GET https://a.example/   from=m.example/a/b
deny   -         GET https://a.example/
allow  allow[1]  GET https://b.example/   from=m.example/b/x/y function=f
allow  allow[1]  GET https://b.example/   from=m.example/b function=f
deny   -         GET https://b.example/   from=m.example/b/x/y function=g
deny   -         GET https://b.example/   from=m.example/bx function=f
allow  allow[2]  GET https://c.example/   from=m.example/a,m.example/a/pkg
deny   -         GET https://c.example/   from=m.example/a,m.example/a/pkg/sub
allow  allow[3]  GET https://d.example/
deny   bad       GET https://d.example/   from=m.example/bad
deny   bad       GET https://d.example/   from=m.example/a from=m.example/bad/v2,m.example/bad/v2/x
deny   bad       GET https://d.example/   from=m.example/good,m.example/bad/of/another/module
allow  allow[3]  GET https://d.example/   from=m.example/badly
deny   bad       dial tcp 10.0.0.1:5432   from=m.example/bad
deny   evil      dial tcp 10.1.0.1:5432   from=m.example/a from=m.example/evil
allow  allow[4]  dial tcp 10.1.0.1:5432   from=m.example/a
deny   evil      GET https://d.example/   addr=10.1.0.1 from=m.example/evil
allow  allow[3]  GET https://d.example/   addr=10.1.0.1`)
	if !s.NeedsCallers() || mustCompile(t, "allow: [{host: a.example}]").NeedsCallers() {
		t.Error("NeedsCallers")
	}
}

func TestMeaning14FunctionsAndUntil(t *testing.T) {
	s := mustCompile(t, `
mode: enforce
allow:
  - {host: a.example, functions: ["billing-*", "{x,y}z"]}
  - {host: b.example, until: 2027-01-31}
  - {host: c.example}
deny:
  - {host: c.example, until: 2027-01-31}`)
	check(t, s, `
allow  allow[0]  GET https://a.example/   function=billing-eu/1
allow  allow[0]  GET https://a.example/   function=yz
deny   -         GET https://a.example/   function=Billing-eu
deny   -         GET https://a.example/   function=xbilling-eu
allow  allow[1]  GET https://b.example/   time=2027-01-31T23:59:59Z
deny   -         GET https://b.example/   time=2027-02-01
deny   -         GET https://b.example/   time=2027-01-31T23:30:00-01:00
deny   -         GET https://b.example/
deny   deny[0]   GET https://c.example/   time=2027-01-31T23:59:59Z
allow  allow[2]  GET https://c.example/   time=2027-02-01
deny   deny[0]   GET https://c.example/`)
	if !s.NeedsTime() || mustCompile(t, "allow: [{host: a.example}]").NeedsTime() {
		t.Error("NeedsTime")
	}
}
