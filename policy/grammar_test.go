package policy

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rule1 is a policy of one rule, whose fields are at column 5 from line 2 on.
func rule1(list string, fields ...string) string {
	return list + ":\n  - " + strings.Join(fields, "\n    ") + "\n"
}

func allow1(fields ...string) string { return rule1("allow", fields...) }
func deny1(fields ...string) string  { return rule1("deny", fields...) }

// onHost is an allow rule for a host with one more field, whose value is on
// line 3 and begins at column 5 plus its name, a colon and a space.
func onHost(field string) string { return allow1("host: a.example", field) }

func TestParseAccepts(t *testing.T) {
	tests := map[string]string{
		"allow list":             onHost("methods: [GET]"),
		"deny list":              deny1("host: a.example", "mode: enforce", "reason: why", "id: no-a"),
		"scalars for lists":      onHost("ports: 8443"),
		"allow null":             "allow: null",
		"allow without value":    "allow:",
		"deny empty":             "deny: []",
		"deny null beside allow": "allow: []\ndeny:",
		"no list in learn":       "version: 1\nmode: learn",
		"no list in off":         "mode: off",
		"no doors":               "allow: []\nlocal: []",
		"every door":             "allow: []\nlocal: [otlp, xray, parameters-extension, credentials, 127.0.0.1:6379, \"[::1]:80\", \"unix:/a\", \"unix:@b\"]",
		"byte order mark":        "\ufeff" + onHost("methods: [GET]"),
		"CRLF":                   "allow:\r\n  - host: a.example\r\n    methods: [GET]\r\n",
		"document marks":         "---\nallow: []\n...\n",
		"JSON":                   `{"version": 1, "allow": [{"host": "*.a.example", "ports": [443, 8443]}]}`,
		"JSON escapes":           `{"allow": [{"host": "a\u002eexample"}]}`,
		"address as host":        allow1("host: [10.0.0.1, \"::1\", \"[2001:db8::1]\", \"2130706433\"]"),
		"single cidr":            allow1("cidr: [10.0.0.1, \"::1\", 10.0.0.0/8, \"::ffff:10.0.0.0/104\", 0.0.0.0/0]"),
		"names of all kinds":     allow1("host: [a, a.example., A.Example, bücher.example, _dmarc.a.example, \"*\", \"**\", \"*.*\", \"**.a.example\", \"{a,b{c,d}}.example\"]"),
		"paths of all kinds":     onHost("paths: [/, /**, \"**\", \"*\", \"**/x\", \"{/a,/b/**}\", \"/[!a]?\", /a%2Fb, \"/a\\\\*\", \"/a\\\\?b=c\"]"),
		"until quoted":           onHost("until: '2027-01-31'"),
		"aws, leading zeros":     allow1("aws: DynamoDB", "operations: [GetItem, \"Batch*\"]", "accounts: [012345670123, self, \"*\", \"000000000001\"]"),
		"aws, all its fields":    deny1("aws: [s3, kms]", "access: [list, read, write, tagging, permissions]", "resources: [\"payroll-*\", \"arn:aws:s3:::x/*\"]", "regions: eu-*", "endpoint: localhost:4566"),
		"aws, every service":     deny1(`aws: "*"`),
		"aws, tails":             deny1("aws: [s3, \"Secrets Manager\", execute-api]", "resources: [\"*\", \"**\", a/, 'a:', /restapis/x, \"a{,-??????}\", \"bucket/http://x\", \"a\\\\*\"]"),
		"aws, ARN patterns":      deny1("aws: s3", "resources: [\"arn:*:s3:*:*:*\", \"arn:aws:{s3,sqs}:::{a,b}\", arn:aws:s3:::a:b/]"),
		"aws, endpoints":         deny1("aws: s3", "endpoint: [a.example, \"*.a.example:9000\", \"[::1]:4566\", \"::1\", 127.0.0.1, \"{a,b}.example:1\"]"),
		"from":                   deny1("host: \"**\"", "from: [github.com/acme/analytics/**]"),
	}
	for name, doc := range tests {
		if _, err := Parse([]byte(doc)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"empty", "", `1:1: empty document`},
		{"white space", " \n\n", `1:1: empty document`},
		{"byte order mark alone", "\ufeff", `1:1: empty document`},
		{"comment alone", "# later\n", `1:1: empty document`},
		{"null", "null", `1:1: want a policy: keys such as version, mode, allow and deny`},
		{"list", "- host: a.example\n", `1:1: want a policy: keys such as version, mode, allow and deny`},
		{"text", "gopher", `1:1: want a policy: keys such as version, mode, allow and deny`},
		{"too large", strings.Repeat(" ", 4<<20), `1:1: document of 4194304 bytes: at most 1048576`},
		{"not UTF-8", "allow: []\nname: a\xff\n", `2:8: document is not UTF-8`},
		{"UTF-16", "\xff\xfea\x00", `1:1: document is not UTF-8`},
		{"NUL", "allow: []\nname: \"a\x00\"\n", `2:9: control character U+0000`},
		{"truncated flow", "allow: [", `2:1: not YAML: did not find expected node content`},
		{"truncated JSON", `{"allow": [{"host": "a.example"}`, `2:1: not YAML: did not find expected ',' or ']'`},
		{"truncated list", "deny:\n", `1:1: a policy that reports or enforces needs an allow list or a deny list`},
		{"no list", "version: 1\nmode: enforce\n", `1:1: a policy that reports or enforces needs an allow list or a deny list`},
		{"bad indent", "allow:\n  - host: a.example\n   ports: 1\n", `3:4: not YAML: did not find expected '-' indicator`},
		{"tab", "allow:\n\t- host: a.example\n", `2:1: a tab; YAML is indented with spaces`},
		{"two documents", "# x\n---\nallow: []\n---\nallow: []\n", `4:1: more than one document; a policy is one`},
		{"text after the end", "allow: []\n...\nx: 1\n", `2:1: more than one document; a policy is one`},
		{"YAML of the future", "%YAML 3.0\n---\nallow: []\n", `1:1: not YAML: found incompatible YAML document`},
		{"deep", strings.Repeat("[", 20_000), `1:1: want a policy: keys such as version, mode, allow and deny`},
		{"deep in what cannot be read", "allow: " + strings.Repeat("[", 20_000), `1:10008: not YAML: exceeded max depth of 10000`},
		{"deep in allow", "allow: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), `1:9: allow[0]: want a rule with a subject: host, cidr or aws; got a list`},
		{"deep in a field", onHost("reason: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000)), `3:13: reason: want text, got a list`},

		{"anchor", "allow: &a []\n", `1:8: YAML anchors and aliases are not part of the policy language`},
		{"anchor of a key", "&a allow: []\n", `1:1: YAML anchors and aliases are not part of the policy language`},
		{"anchor of a rule", "allow:\n  - &a\n    host: a.example\n", `2:5: YAML anchors and aliases are not part of the policy language`},
		{"alias", onHost("id: &a x") + "deny:\n  - *a\n", "3:9: YAML anchors and aliases are not part of the policy language\n5:5: YAML anchors and aliases are not part of the policy language"},
		{"alias in a field", onHost("ports: [&a 443, *a]"), "3:13: YAML anchors and aliases are not part of the policy language\n3:21: YAML anchors and aliases are not part of the policy language"},
		{"alias that looks like a host", "allow: []\nlocal: [&a.example otlp, *a.example]\n", "2:9: YAML anchors and aliases are not part of the policy language\n2:26: *a.example means something else in YAML: quote it: \"*a.example\""},
		{"merge key", "allow:\n  - <<: {host: a.example}\n    host: b.example\n", `2:5: a key is plain text`},
		{"tag", "allow: !list []\n", `1:8: YAML tags are not part of the policy language`},
		{"tag of the document", "!policy\nallow: []\n", `1:1: YAML tags are not part of the policy language`},
		{"standard tag", allow1("host: !!str a.example"), `2:11: YAML tags are not part of the policy language`},
		{"binary", allow1("host: !!binary YS5leGFtcGxl"), `2:11: YAML tags are not part of the policy language`},
		{"key that is a list", "? [a]\n: b\nallow: []\n", `1:3: a key is plain text`},

		{"unknown key", "allow: []\nlocals: [otlp]\n", `2:1: unknown key "locals"; did you mean "local"?`},
		{"unknown key of no kind", "allow: []\nquery: x\n", `2:1: unknown key "query"`},
		{"key twice", "allow: []\nmode: report\nallow: []\n", `3:1: key "allow" stands twice`},
		{"version 2", "version: 2\nallow: []\n", `1:10: version: this is version 1 of the language, got the number 2`},
		{"version as text", "version: '1'\nallow: []\n", `1:10: version: this is version 1 of the language, got "1"`},
		{"version as list", "version: [1]\nallow: []\n", `1:10: version: this is version 1 of the language, got a list`},
		{"mode", "mode: block\nallow: []\n", `1:7: mode "block": want off, learn, report or enforce`},
		{"mode in capitals", "mode: Enforce\nallow: []\n", `1:7: mode "Enforce": want off, learn, report or enforce`},
		{"mode without value", "mode:\nallow: []\n", `1:6: mode: want text, got nothing`},
		{"name that is a number", "name: 12\nallow: []\n", `1:7: name: want text, got the number 12; quote it`},
		{"name that is a date", "name: 2027-01-31\nallow: []\n", `1:7: name: want text, got the date 2027-01-31; quote it`},
		{"name that is a boolean", "name: true\nallow: []\n", `1:7: name: want text, got the boolean true; quote it`},
		{"list that is a mapping", "allow: {}\n", `1:8: allow: want a list of rules, got a mapping`},
		{"list that is text", "deny: none\n", `1:7: deny: want a list of rules, got "none"`},
		{"rule that is text", "allow:\n  - a.example\n", `2:5: allow[0]: want a rule with a subject: host, cidr or aws; got "a.example"`},
		{"rule that is nothing", "allow:\n  - host: a.example\n  -\n", `3:4: allow[1]: want a rule with a subject: host, cidr or aws; got nothing`},

		{"no subject", allow1("id: x", "ports: [443]"), `2:5: allow[0]: no subject: a rule needs host, cidr or aws`},
		{"empty rule", "deny:\n  - {}\n", `2:5: deny[0]: no subject: a rule needs host, cidr or aws`},
		{"two subjects", onHost("cidr: 10.0.0.0/8"), `3:5: allow[0]: a rule has one subject; cidr stands beside host: make two rules`},
		{"misspelled subject", allow1("hosts: a.example"), "2:5: allow[0]: no subject: a rule needs host, cidr or aws\n2:5: allow[0]: unknown field \"hosts\"; did you mean \"host\"?"},
		{"misspelled field", onHost("methdos: [GET]"), `3:5: allow[0]: unknown field "methdos"; did you mean "methods"?`},
		{"field twice", onHost("host: b.example"), `3:5: key "host" stands twice`},
		{"aws field on a host", onHost("operations: [GetItem]"), `3:5: allow[0]: operations does not go with the subject host`},
		{"aws field on a cidr", allow1("cidr: 10.0.0.0/8", "access: [read]"), `3:5: allow[0]: access does not go with the subject cidr`},
		{"host field on aws", allow1("aws: s3", "ports: [443]"), `3:5: allow[0]: ports does not go with the subject aws`},
		{"mode in an allow rule", onHost("mode: report"), `3:5: allow[0]: mode is for deny rules; an allow list has the mode of its policy`},
		{"mode of a deny rule", deny1("host: a.example", "mode: hard"), `3:11: mode "hard": want off, learn, report or enforce`},

		{"host unquoted", allow1("host: *.a.example"), `2:11: *.a.example means something else in YAML: quote it: "*.a.example"`},
		{"host unquoted, deep", allow1("host: **.a.example"), `2:11: **.a.example means something else in YAML: quote it: "**.a.example"`},
		{"host unquoted, braces", allow1("host: {a,b}.example"), `2:16: {a,b}.example means something else in YAML: quote it: "{a,b}.example"`},
		{"host unquoted, list", allow1("host: [*.a.example, b.example]"), `2:12: *.a.example means something else in YAML: quote it: "*.a.example"`},
		{"host unquoted, everything", deny1("host: **"), `2:11: ** means something else in YAML: quote it: "**"`},
		{"host unquoted, a word", deny1("host: *x"), `2:11: *x means something else in YAML: quote it: "*x"`},
		{"host empty", allow1("host: ''"), `2:11: host: empty pattern`},
		{"host empty list", allow1("host: []"), `2:11: host: empty list`},
		{"host missing", allow1("host:"), `2:10: host: want text, got nothing`},
		{"host mapping", allow1("host: {a: b}"), `2:11: host: want text, got a mapping; quote it`},
		{"host number", allow1("host: 2130706433"), `2:11: host: want text, got the number 2130706433; quote it`},
		{"host URL", allow1("host: https://a.example"), `2:11: host: "https://a.example": write the name alone; schemes, ports and paths have fields of their own`},
		{"host with path", allow1("host: a.example/x"), `2:11: host: "a.example/x": a path goes into paths, an address range into cidr`},
		{"host with port", allow1("host: a.example:443"), `2:11: host: "a.example:443": a port goes into ports`},
		{"host with user", allow1("host: user@a.example"), `2:11: host: "user@a.example": '@' is not part of a name`},
		{"host with space", allow1("host: a b.example"), `2:11: host: "a b.example": ' ' is not part of a name`},
		{"host with a comma", allow1("host: 'a.example,b.example'"), `2:11: host: "a.example,b.example": ',' is not part of a name`},
		{"host no IDNA", allow1("host: a℀b.example"), `2:11: host: "a℀b.example": '℀' is not part of a name`},
		{"host empty label", allow1("host: a..example"), `2:11: host: "a..example": empty label`},
		{"host leading dot", allow1("host: .example"), `2:11: host: ".example": empty label`},
		{"host long", allow1("host: " + strings.Repeat("a.", 128)), `2:11: host: "` + strings.Repeat("a.", 128) + `": longer than a name can be`},
		{"host long label", allow1("host: " + strings.Repeat("a", 64) + ".example"), `2:11: host: "` + strings.Repeat("a", 64) + `.example": a label longer than one can be`},
		{"host root", allow1("host: '.'"), `2:11: host: ".": empty label`},
		{"host suffix empty label", allow1("host: '*..example'"), `2:11: host: "*..example": empty label`},
		{"host suffix is an address", allow1("host: '*.0.0.1'"), `2:11: host: "*.0.0.1": wildcards never match addresses; use cidr`},
		{"host wildcard in an address", allow1("host: '10.0.*'"), `2:11: host: "10.0.*": wildcards never match addresses; use cidr`},
		{"host class in an address", allow1("host: '[a-z]x.7'"), `2:11: host: "[a-z]x.7": wildcards never match addresses; use cidr`},
		{"host deep in the middle", allow1("host: 'a.**.example'"), `2:11: host: "a.**.example": ** stands only for whole labels, as the first of them: **.example.com`},
		{"host deep in a label", allow1("host: '**a.example'"), `2:11: host: "**a.example": ** stands only for whole labels, as the first of them: **.example.com`},
		{"host IDNA and wildcard", allow1("host: 'ü*.example'"), `2:11: host: "ü*.example": beside wildcards write names in their xn-- form`},
		{"host glob empty label", allow1("host: 'a*..example'"), `2:11: host: "a*..example": empty label`},
		{"host escape", allow1(`host: 'a\*.example'`), `2:11: host: "a\\*.example": '\\' is not part of a name`},
		{"pattern negation", allow1("host: '[^a].example'"), `2:11: host: "[^a].example": a negated class is written [!...]`},
		{"pattern stars", allow1("host: '***.example'"), `2:11: host: "***.example": *** means nothing; write ** to match across separators`},
		{"pattern stars by braces", onHost("paths: '/{*,a}**'"), `3:12: paths: "/***": *** means nothing; write ** to match across separators`},
		{"pattern class", allow1("host: '[a'"), `2:11: host: "[a": unexpected end of input in "[a"`},
		{"pattern open brace", allow1("host: '{a,b'"), `2:11: host: "{a,b": { without }`},
		{"pattern close brace", allow1("host: 'a}.example'"), `2:11: host: "a}.example": } without {`},
		{"pattern empty alternative", allow1("host: '{a,}'"), `2:11: host: empty pattern`},
		{"pattern long", onHost("paths: /" + strings.Repeat("a", 512)), `3:12: paths: pattern of 513 bytes: at most 512`},
		{"pattern alternatives", onHost("paths: '/" + strings.Repeat("{a,b}", 7) + "'"), `3:12: paths: "/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}": more than 64 alternatives`},

		{"cidr host bits", allow1("cidr: 10.0.0.1/8"), `2:11: cidr: "10.0.0.1/8" has host bits; write 10.0.0.0/8`},
		{"cidr too long", allow1("cidr: 10.0.0.0/33"), `2:11: cidr: "10.0.0.0/33": want an address range such as 10.0.0.0/16`},
		{"cidr name", allow1("cidr: a.example"), `2:11: cidr: "a.example": want an address range such as 10.0.0.0/16`},
		{"cidr zone", allow1("cidr: fe80::1%eth0"), `2:11: cidr: "fe80::1%eth0": want an address range such as 10.0.0.0/16`},
		{"cidr mapped and short", allow1("cidr: ::ffff:0:0/90"), `2:11: cidr: "::ffff:0:0/90" has host bits; write ::ffc0:0:0/90`},
		{"cidr empty", allow1("cidr: ''"), `2:11: cidr: empty pattern`},
		{"cidr number", allow1("cidr: 10"), `2:11: cidr: want text, got the number 10; quote it`},

		{"port 0", onHost("ports: [0]"), `3:13: ports: want a number from 1 to 65535, got the number 0`},
		{"port 65536", onHost("ports: [65536]"), `3:13: ports: want a number from 1 to 65535, got the number 65536`},
		{"port negative", onHost("ports: [-1]"), `3:13: ports: want a number from 1 to 65535, got the number -1`},
		{"port quoted", onHost("ports: ['443']"), `3:13: ports: want a number from 1 to 65535, got "443"`},
		{"port name", onHost("ports: [https]"), `3:13: ports: want a number from 1 to 65535, got "https"`},
		{"port range", onHost("ports: 1-1024"), `3:12: ports: want a number from 1 to 65535, got "1-1024"`},
		{"port octal", onHost("ports: [0443]"), `3:13: ports: want a number from 1 to 65535, got the number 0443`},
		{"port hex", onHost("ports: [0x1bb]"), `3:13: ports: want a number from 1 to 65535, got the number 0x1bb`},
		{"port float", onHost("ports: [443.0]"), `3:13: ports: want a number from 1 to 65535, got the number 443.0`},
		{"no ports", onHost("ports: []"), `3:12: ports: empty list; leave the field out to match anything`},
		{"scheme", onHost("schemes: [ftp]"), `3:15: schemes: "ftp": want one of http, https`},
		{"scheme in capitals", onHost("schemes: HTTPS"), `3:14: schemes: "HTTPS": want one of http, https`},
		{"network", onHost("networks: [tcp4]"), `3:16: networks: "tcp4": want one of tcp, udp, ip, unix`},
		{"network unix in an allow rule", onHost("networks: [unix]"), `3:15: networks: an allow rule never matches a unix socket; open it with local: ["unix:/path"]`},
		{"method with space", onHost("methods: [G E T]"), `3:15: methods: "G E T" is no HTTP method; they are matched exactly, such as POST`},
		{"method wildcard", onHost("methods: ['*']"), `3:15: methods: "*" is no HTTP method; they are matched exactly, such as POST`},
		{"method empty", onHost("methods: ['']"), `3:15: methods: "" is no HTTP method; they are matched exactly, such as POST`},
		{"method number", onHost("methods: [1]"), `3:15: methods: want text, got the number 1; quote it`},
		{"path without slash", onHost("paths: [v1]"), `3:13: paths: "v1": a path starts with /`},
		{"path alternative without slash", onHost("paths: ['{/a,b}']"), `3:13: paths: "{/a,b}": a path starts with /`},
		{"path class first", onHost("paths: ['[/]a']"), `3:13: paths: "[/]a": unexpected end of input in "["`},
		{"path question mark first", onHost("paths: ['?a']"), `3:13: paths: "?a": a path starts with /`},
		{"path with query", onHost("paths: ['/v1?x=y']"), `3:13: paths: "/v1?x=y": only what stands before the ? is matched`},
		{"path trailing backslash", onHost(`paths: ['/a\']`), `3:13: paths: "/a\\": trailing backslash in "a\\"`},
		{"path flow mapping", onHost("paths: [{a,b}]"), `3:13: paths: want text, got a mapping; quote it`},
		{"functions empty", onHost("functions: []"), `3:16: functions: empty list; leave the field out to match anything`},
		{"functions pattern", onHost("functions: ['a[']"), `3:17: functions: "a[": unexpected end of input in "a["`},

		{"until word", onHost("until: tomorrow"), `3:12: until: "tomorrow" is no date such as 2027-01-31`},
		{"until no such day", onHost("until: 2027-02-30"), `3:12: until: "2027-02-30" is no date such as 2027-01-31`},
		{"until with time", onHost("until: 2027-01-31T00:00:00Z"), `3:12: until: "2027-01-31T00:00:00Z" is no date such as 2027-01-31`},
		{"until number", onHost("until: 20270131"), `3:12: until: want text, got the number 20270131; quote it`},
		{"until list", onHost("until: [2027-01-31]"), `3:12: until: want text, got a list`},
		{"until long ago", onHost("until: 0000-12-31"), `3:12: until: "0000-12-31" is no date such as 2027-01-31`},
		{"id of two words", onHost("id: no way"), `3:9: id: "no way": want a word such as known-drop-site`},
		{"id that is taken", onHost("id: local"), `3:9: id: "local": want a word such as known-drop-site`},
		{"id of the built-in rule", onHost("id: own-policy"), `3:9: id: "own-policy": want a word such as known-drop-site`},
		{"id like a place", onHost("id: 'deny[0]'"), `3:9: id: "deny[0]": want a word such as known-drop-site`},
		{"id number", onHost("id: 7"), `3:9: id: want text, got the number 7; quote it`},
		{"id twice", onHost("id: x") + deny1("host: b.example", "id: x"), `5:5: id: "x" stands twice`},
		{"reason list", onHost("reason: [x]"), `3:13: reason: want text, got a list`},

		{"door unknown", "allow: []\nlocal: [redis]\n", `2:9: local: "redis": want otlp, xray, parameters-extension, credentials, an address and port such as 127.0.0.1:6379, or unix:/path`},
		{"door without port", "allow: []\nlocal: 127.0.0.1\n", `2:8: local: "127.0.0.1": want otlp, xray, parameters-extension, credentials, an address and port such as 127.0.0.1:6379, or unix:/path`},
		{"door port 0", "allow: []\nlocal: 127.0.0.1:0\n", `2:8: local: "127.0.0.1:0": a door has a port`},
		{"door elsewhere", "allow: []\nlocal: [10.0.0.1:6379]\n", `2:9: local: "10.0.0.1:6379" is not an address of this machine; allow it with a cidr rule`},
		{"door without path", "allow: []\nlocal: 'unix:'\n", `2:8: local: "unix:": want otlp, xray, parameters-extension, credentials, an address and port such as 127.0.0.1:6379, or unix:/path`},
		{"doors as mapping", "allow: []\nlocal: {a: b}\n", `2:8: local: want text, got a mapping; quote it`},

		{"account too short", allow1("aws: s3", "accounts: [12345]"), `3:16: accounts: "12345": want self, "*" or the 12 digits of an account id`},
		{"account grouped", allow1("aws: s3", "accounts: [1234_5678_9012]"), `3:16: accounts: "1234_5678_9012": want self, "*" or the 12 digits of an account id`},
		{"access", allow1("aws: s3", "access: [admin]"), `3:14: access: "admin": want one of list, read, write, tagging, permissions`},
		{"service empty", allow1("aws: ''"), `2:10: aws: "" is no service, such as dynamodb or "Secrets Manager"`},
		{"service without a letter", allow1("aws: '-'"), `2:10: aws: "-" is no service, such as dynamodb or "Secrets Manager"`},
		{"service pattern", deny1("aws: [kms, 's3*']"), `2:16: aws: "s3*": a service is named, or "*" for all of them`},
		{"service unquoted star", deny1("aws: *"), `2:11: * means something else in YAML: quote it: "*"`},
		{"service ARN", allow1("aws: 'arn:aws:s3:::a'"), `2:10: aws: "arn:aws:s3:::a": an ARN goes into resources; aws names the service, such as s3`},
		{"service with IAM's action", allow1("aws: 's3:GetObject'"), `2:10: aws: "s3:GetObject": write aws: s3 and operations: [GetObject], by the SDK's name of the operation`},
		{"service empty list", deny1("aws: []"), `2:10: aws: empty list`},
		{"operation with its service", allow1("aws: s3", "operations: ['s3:GetObject']"), `3:18: operations: "s3:GetObject": write the operation alone, such as GetObject`},
		{"operation in small letters", deny1("aws: s3", "operations: [GetObject, putObject]"), `3:29: operations: "putObject": operations have the SDK's names, such as PutObject`},
		{"operation in small letters, in braces", deny1("aws: s3", "operations: '{Get,put}Object'"), `3:17: operations: "{Get,put}Object": operations have the SDK's names, such as PutObject`},
		{"operation empty", deny1("aws: s3", "operations: ['']"), `3:18: operations: empty pattern`},
		{"operation pattern", deny1("aws: s3", "operations: ['Get[']"), `3:18: operations: "Get[": unexpected end of input in "Get["`},
		{"access in capitals", deny1("aws: s3", "access: Read"), `3:13: access: "Read": want one of list, read, write, tagging, permissions`},
		{"resource empty", deny1("aws: s3", "resources: ['']"), `3:17: resources: empty pattern`},
		{"resource, five parts", allow1("aws: s3", "resources: ['arn:aws:s3::reports']"), `3:17: resources: "arn:aws:s3::reports": an ARN has six parts: arn:partition:service:region:account:resource`},
		{"resource, nothing in the last part", deny1("aws: s3", "resources: ['arn:aws:s3:::']"), `3:17: resources: "arn:aws:s3:::": an ARN has six parts: arn:partition:service:region:account:resource`},
		{"resource, five parts in braces", deny1("aws: s3", "resources: ['arn:aws:s3{::,:::}a']"), `3:17: resources: "arn:aws:s3{::,:::}a": an ARN has six parts: arn:partition:service:region:account:resource`},
		{"resource, class in a part", deny1("aws: s3", "resources: ['arn:aws:s[3:::a']"), `3:17: resources: "arn:aws:s[3:::a": unexpected end of input in "s[3"`},
		{"resource, class in the tail", deny1("aws: s3", "resources: ['a[']"), `3:17: resources: "a[": unexpected end of input in "a["`},
		{"resource, bare class beneath", deny1("aws: s3", `resources: ['a\']`), `3:17: resources: "a\\": trailing backslash in "a\\"`},
		{"resource URL of S3", deny1("aws: s3", "resources: ['s3://payroll/*']"), `3:17: resources: "s3://payroll/*": want an ARN or its tail, such as table/orders, and not a URL`},
		{"resource URL of a queue", deny1("aws: sqs", "resources: ['https://sqs.eu-west-1.amazonaws.com/111122223333/jobs']"), `3:17: resources: "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs": want an ARN or its tail, such as table/orders, and not a URL`},
		{"resource stars", deny1("aws: s3", "resources: ['a***']"), `3:17: resources: "a***": *** means nothing; write ** to match across separators`},
		{"resource long", deny1("aws: s3", "resources: ['"+strings.Repeat("a", 513)+"']"), `3:17: resources: pattern of 513 bytes: at most 512`},
		{"resource alternatives", deny1("aws: s3", "resources: '"+strings.Repeat("{a,b}", 7)+"'"), `3:16: resources: "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}": more than 64 alternatives`},
		{"account word", deny1("aws: s3", "accounts: [me]"), `3:16: accounts: "me": want self, "*" or the 12 digits of an account id`},
		{"account pattern", deny1("aws: s3", "accounts: ['1111*']"), `3:16: accounts: "1111*": want self, "*" or the 12 digits of an account id`},
		{"account of other digits", deny1("aws: s3", "accounts: ['１１１１']"), `3:16: accounts: "１１１１": want self, "*" or the 12 digits of an account id`},
		{"region pattern", deny1("aws: s3", "regions: ['[']"), `3:15: regions: "[": unexpected end of input in "["`},
		{"region in capitals", deny1("aws: s3", "regions: EU-West-1"), `3:14: regions: "EU-West-1": regions are written eu-west-1`},
		{"region empty", deny1("aws: s3", "regions: ''"), `3:14: regions: empty pattern`},
		{"endpoint URL", deny1("aws: s3", "endpoint: http://localhost:4566"), `3:15: endpoint: "http://localhost:4566": want a host, or a host and port, such as localhost:4566`},
		{"endpoint path", deny1("aws: s3", "endpoint: localhost:4566/s3"), `3:15: endpoint: "localhost:4566/s3": want a host, or a host and port, such as localhost:4566`},
		{"endpoint everything", allow1("aws: s3", "endpoint: '**'"), `3:15: endpoint: "**": an endpoint is a host that the rule trusts; name it`},
		{"endpoint everything, with a port", allow1("aws: s3", "endpoint: '**:443'"), `3:15: endpoint: "**:443": an endpoint is a host that the rule trusts; name it`},
		{"endpoint port 0", allow1("aws: s3", "endpoint: localhost:0"), `3:15: endpoint: "localhost:0": the port is no number from 1 to 65535`},
		{"endpoint address, port 0", allow1("aws: s3", "endpoint: 127.0.0.1:0"), `3:15: endpoint: "127.0.0.1:0": the port is no number from 1 to 65535`},
		{"endpoint port too large", allow1("aws: s3", "endpoint: localhost:65536"), `3:15: endpoint: "localhost:65536": the port is no number from 1 to 65535`},
		{"endpoint port by name", allow1("aws: s3", "endpoint: localhost:http"), `3:15: endpoint: "localhost:http": the port is no number from 1 to 65535`},
		{"endpoint no name", allow1("aws: s3", "endpoint: 'a b:80'"), `3:15: endpoint: "a b": ' ' is not part of a name`},
		{"resources negation", allow1("aws: s3", "resources: ['[^a]']"), `3:17: resources: "[^a]": a negated class is written [!...]`},
		{"from stars", onHost("from: ['***']"), `3:12: from: "***": *** means nothing; write ** to match across separators`},
	}
	for _, tt := range tests {
		p, err := Parse([]byte(tt.doc))
		if err == nil {
			t.Errorf("%s: accepted", tt.name)
			continue
		}
		if p != nil {
			t.Errorf("%s: a policy beside the error", tt.name)
		}
		if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		var one *Error
		if !errors.As(err, &one) || one.Line < 1 || one.Column < 1 {
			t.Errorf("%s: %T without a position", tt.name, err)
		}
	}
}

// A secret that is loaded as a policy, by a wrong parameter name, is not told:
// neither its text nor its keys, whatever YAML makes of it.
func TestParseTellsNoSecret(t *testing.T) {
	const want = `1:1: want a policy: keys such as version, mode, allow and deny`
	secrets := map[string]string{
		"a word":                    "hunter2",
		"after blank lines":         "\n\n  hunter2\n",
		"a number":                  "271828",
		"like an alias":             "*hunter2",
		"like an alias of a host":   "*hunter.2/x",
		"like braces":               "{hunter2}.x",
		"like an anchor":            "&hunter2 x",
		"like a tag":                "!hunter2 x",
		"like a tag of a shorthand": "!h!unter2 x",
		"like a directive":          "%hunter2\nx",
		"a quote that stays open":   "\"hunter2",
		"an unknown escape":         "\"hunter\\2\"",
		"a tab":                     "a:\n\thunter2: x",
		"a control character":       "hunter\x02",
		"a control character first": "\x02hunter",
		"a key and a value":         "password: hunter2",
		"a key that is the secret":  "hunter2: ",
		"a key like a policy's":     "alow: hunter2",
		"a key in capitals":         "Name: hunter2",
		"a key beneath another":     "db:\n  name: *hunter2\n  mode: x",
		"a key beneath, unreadable": "db:\n  name: x\n name: hunter2\n",
		"a key twice":               "password: hunter2\npassword: hunter2\n",
		"an aliased value":          "password: *hunter.2",
		"a key of a merge":          "<<: {allow: hunter2}",
		"two documents":             "a: hunter2\n---\nb: hunter2\n",
		"a PEM block":               "-----BEGIN PRIVATE KEY-----\nhunter2==\n-----END PRIVATE KEY-----\n",
		"settings":                  "DB_PASS=hunter2\nmode=*hunter2\n",
		"a URL":                     "name://user:*hunter2@db.example/x",
		"a URL in broken JSON":      "{\"a\": *hunter2, name://x",
		"JSON":                      `{"username": "app", "password": "hunter2"}`,
		"JSON with a key beneath":   `{"db": {"name": "hunter2", "mode": "x"}}`,
		"JSON cut off":              `{"password": "hunter2`,
		"JSON cut off, beneath":     `{"db": {"name": *hunter2`,
		"JSON, a key in a text":     `{"a": "x, \", name: y", "b": *hunter2`,
		"JSON, a key in a list":     `{"a": ["name", {"name": 1}, *hunter2`,
		"JSON after JSON":           `{"a": 1} {"name": *hunter2`,
		"JSON, two documents":       "{\"a\": \"hunter2\"}\n---\n{\"name\": *hunter2",
		"a list of mappings":        `[{"name": "hunter2"}]`,
		"a list, cut off":           `[{"name": *hunter2`,
		"too deep":                  strings.Repeat("{hunter2: ", 11_000),
	}
	for name, doc := range secrets {
		p, err := Parse([]byte(doc))
		if p != nil || err == nil || err.Error() != want {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}

// A policy that cannot be read is told as one all the same.
func TestParseTellsPolicies(t *testing.T) {
	for name, tt := range map[string]struct{ doc, want string }{
		"a key on a later line":   {"# ours\nsecrets: 1\ndeny:\n- host: *x\n", `4:9: *x means something else in YAML: quote it: "*x"`},
		"a quoted key":            {"\"allow\":\n- host: *x\n", `2:9: *x means something else in YAML: quote it: "*x"`},
		"after a byte order mark": {"\ufeffallow: [*x.y.z, [\n", `1:9: *x.y.z means something else in YAML: quote it: "*x.y.z"`},
		"JSON on one line":        {`{"a": 1, "allow": [}`, `1:20: not YAML: did not find expected node content`},
		"JSON on many lines":      {"\n{\n  \"a\\\"\": [{}],\n  \"mode\" : \"report\",\n  \"allow\": [}\n", `5:13: not YAML: did not find expected node content`},
		"a control character":     {"{\"allow\": [\x02", `1:12: control character U+0002`},
	} {
		if _, err := Parse([]byte(tt.doc)); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

// TestParseAll reports every mistake of a document, up to a point.
func TestParseAll(t *testing.T) {
	doc := "mode: hard\n" + deny1("host: a..example", "port: 1") + "local: [x]\n"
	want := []string{"1:7", "3:11", "4:5", "5:9"}
	_, err := Parse([]byte(doc))
	var errs Errors
	if !errors.As(err, &errs) {
		t.Fatal(err)
	}
	var got []string
	for _, e := range errs {
		got = append(got, fmt.Sprintf("%d:%d", e.Line, e.Column))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	_, err = Parse([]byte("allow:\n" + strings.Repeat("  - x\n", 1000)))
	if !errors.As(err, &errs) || len(errs) != maxErrors {
		t.Errorf("%d errors", len(errs))
	}
}

// TestParseBomb parses what would expand to gigabytes.
func TestParseBomb(t *testing.T) {
	bombs := map[string]string{
		"braces":   "allow:\n  - host: [x" + strings.Repeat(`, "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}*"`, 25_000) + "]\n",
		"segments": "allow:\n  - host: x\n    paths: [/x" + strings.Repeat(", "+strings.Repeat("/*", 200), 2_000) + "]\n",
	}
	for name, doc := range bombs {
		if len(doc) > MaxSize {
			t.Fatalf("%s: %d bytes", name, len(doc))
		}
		_, err := Parse([]byte(doc))
		if err == nil || !strings.Contains(err.Error(), "more than 100000 patterns") {
			t.Errorf("%s: %.200v", name, err)
		}
	}
	names := "deny:\n  - host:\n" + strings.Repeat("    - drop.example\n", 50_000)
	if p := mustParse(t, names); len(p.rules[0].hosts) != 50_000 {
		t.Error("a long list of names is no bomb")
	}
}

func TestCompileRefuses(t *testing.T) {
	good := mustParse(t, "allow: []")
	tests := []struct {
		name     string
		policies []*Policy
		want     string
	}{
		{"none", nil, "no policy to compile"},
		{"nil", []*Policy{good, nil}, "layer 1: nil policy"},
		{"too many", make([]*Policy, 70_000), "70000 layers: at most 65535"},
		{"zero value", []*Policy{{}}, "a policy that reports or enforces needs an allow list or a deny list"},
		{"hardened by hand", []*Policy{good, {Mode: Enforce}}, "layer 1: a policy that reports or enforces needs an allow list or a deny list"},
	}
	for _, tt := range tests {
		s, err := Compile(tt.policies...)
		if err == nil || err.Error() != tt.want || s != nil {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}
