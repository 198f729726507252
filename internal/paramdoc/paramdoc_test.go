package paramdoc_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lambdafence/lambdafence/internal/paramdoc"
	"github.com/lambdafence/lambdafence/policy"
)

var orders = paramdoc.Name{Path: "/fence/orders"}

// text returns n bytes that hardly shrink.
func text(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('!' + r.IntN(90))
	}
	return b
}

// parameters stands for Parameter Store.
type parameters map[paramdoc.Part]string

func (p parameters) fetch(_ context.Context, parts []paramdoc.Part) (values []string, err error) {
	for _, one := range parts {
		v, ok := p[one]
		if !ok {
			return nil, fmt.Errorf("no %v", one)
		}
		values = append(values, v)
	}
	return values, nil
}

// store packs doc and returns what would be stored.
func store(t testing.TB, name paramdoc.Name, doc []byte, limit int) (form paramdoc.Form, value string, p parameters) {
	t.Helper()
	packing, err := paramdoc.Pack(doc, limit)
	if err != nil {
		t.Fatal(err)
	}
	if packing.Form != paramdoc.Split {
		if packing.Size() != len(packing.Value) {
			t.Errorf("Size = %d, want %d", packing.Size(), len(packing.Value))
		}
		return packing.Form, packing.Value, nil
	}
	p, versions := parameters{}, make([]int64, len(packing.Parts))
	for i, v := range packing.Parts {
		versions[i] = int64(i%3 + 1)
		p[paramdoc.Part{Name: name.Part(i), Version: versions[i]}] = v
	}
	value, err = packing.Manifest(versions)
	if err != nil {
		t.Fatal(err)
	}
	if len(value) > limit {
		t.Errorf("a manifest of %d bytes", len(value))
	}
	return packing.Form, value, p
}

func TestPackAndRead(t *testing.T) {
	long := strings.Repeat("  - host: api.example.com\n", 1000)
	for _, tt := range []struct {
		name  string
		doc   []byte
		limit int
		form  paramdoc.Form
	}{
		{"short", []byte("allow: []\n"), paramdoc.Standard, paramdoc.Plain},
		{"just short", bytes.Repeat([]byte("#"), 4096), paramdoc.Standard, paramdoc.Plain},
		{"just long", bytes.Repeat([]byte("#"), 4097), paramdoc.Standard, paramdoc.Packed},
		{"in the advanced tier", bytes.Repeat([]byte("#"), 4097), paramdoc.Advanced, paramdoc.Plain},
		{"long", []byte(long), paramdoc.Standard, paramdoc.Packed},
		{"what SSM takes for a reference", []byte("# {{ssm:/x}}\nallow: []"), paramdoc.Standard, paramdoc.Packed},
		{"not UTF-8", []byte("allow: []#\xff"), paramdoc.Standard, paramdoc.Packed},
		{"what reads as packed", []byte("\n lambdafence:gzip:1 AAAA"), paramdoc.Standard, paramdoc.Packed},
		{"too long for one", text(6000), paramdoc.Standard, paramdoc.Split},
		{"too long for one of the advanced tier", text(9000), paramdoc.Advanced, paramdoc.Split},
		{"many parts", text(80_000), paramdoc.Standard, paramdoc.Split},
		{"as large as may be", bytes.Repeat([]byte("# a comment\n"), policy.MaxSize/12), paramdoc.Standard, paramdoc.Packed},
	} {
		for _, name := range []paramdoc.Name{orders, {Path: "orders"}} {
			form, value, p := store(t, name, tt.doc, tt.limit)
			if form != tt.form {
				t.Errorf("%s: %v, want %v", tt.name, form, tt.form)
			}
			if again, _ := paramdoc.Pack(tt.doc, tt.limit); form != paramdoc.Split && again.Value != value {
				t.Errorf("%s: packed twice it differs", tt.name)
			}
			for _, v := range p {
				if len(v) > tt.limit {
					t.Errorf("%s: a part of %d bytes", tt.name, len(v))
				}
			}
			if len(value) > tt.limit {
				t.Errorf("%s: a value of %d bytes", tt.name, len(value))
			}
			got, err := paramdoc.Read(t.Context(), name, value, p.fetch)
			if err != nil || !bytes.Equal(got, tt.doc) {
				t.Errorf("%s: %d bytes, %v; want %d", tt.name, len(got), err, len(tt.doc))
			}
		}
	}
}

// The values of the forms are a format: what one version wrote, each later one reads.
func TestStoredForms(t *testing.T) {
	const packed = "lambdafence:gzip:1 H4sIAAAAAAACA0vMyckvt1KIjuUCAEbF708KAAAA"
	doc := "allow: []\n"
	got, err := paramdoc.Read(t.Context(), orders, packed+"\n", nil)
	if err != nil || string(got) != doc {
		t.Errorf("%q, %v", got, err)
	}
	b64 := strings.TrimPrefix(packed, "lambdafence:gzip:1 ")
	value := fmt.Sprintf(`lambdafence:split:1 {"size":10,"sha256":%q,"parts":[{"version":3,"sha256":%q},{"version":12,"sha256":%q}]}`,
		hash(doc), hash(b64[:20]), hash(b64[20:]))
	got, err = paramdoc.Read(t.Context(), orders, value, parameters{
		{Name: "/fence/orders/lambdafence-part-1", Version: 3}:  b64[:20],
		{Name: "/fence/orders/lambdafence-part-2", Version: 12}: b64[20:],
	}.fetch)
	if err != nil || string(got) != doc {
		t.Errorf("%q, %v", got, err)
	}
}

func hash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

func TestPackRefuses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		doc   []byte
		limit int
		want  string
	}{
		{"nothing", []byte(" \n"), paramdoc.Standard, "empty"},
		{"too much", bytes.Repeat([]byte(" #"), policy.MaxSize), paramdoc.Standard, "at most 1048576"},
		{"more parts than a manifest holds", text(400_000), paramdoc.Standard, "parts, more than"},
		{"no limit", text(10), 0, "no limit"},
		{"too large a limit", text(10), 1 << 20, "no limit"},
	} {
		if got, err := paramdoc.Pack(tt.doc, tt.limit); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	packing, err := paramdoc.Pack(text(6000), paramdoc.Standard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := packing.Manifest([]int64{1}); err == nil {
		t.Error("a manifest of too few versions")
	}
}

func gz(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.Bytes()
}

func packed(data []byte) string {
	return "lambdafence:gzip:1 " + base64.StdEncoding.EncodeToString(data)
}

// What cannot be read is an error that says what to do and repeats nothing.
func TestBadValues(t *testing.T) {
	const secret = "secret-host.example.com"
	good := gz([]byte("allow: [{host: " + secret + "}]"))
	bomb := gz(make([]byte, 64<<20))
	for _, tt := range []struct{ name, value, want string }{
		{"an unknown form", "lambdafence:zstd:1 AAAA", "does not know"},
		{"a later version", "lambdafence:gzip:2 AAAA", "update lambdafence"},
		{"a marker alone", "lambdafence:", "does not know"},
		{"no base64", "lambdafence:gzip:1 !!!", "no base64"},
		{"base64 cut off", packed(good)[:len(packed(good))-3], "cut off"},
		{"no gzip", packed([]byte(secret)), "no gzip"},
		{"nothing", "lambdafence:gzip:1 ", "does not know"},
		{"gzip cut off", packed(good[:len(good)-5]), "damaged or cut off"},
		{"a wrong checksum", packed(append(bytes.Clone(good[:len(good)-8]), make([]byte, 8)...)), "damaged"},
		{"a bomb", packed(bomb), "unpacks to more than 1048576 bytes"},
		{"something behind it", packed(append(bytes.Clone(good), 0)), "follows the gzip"},
		{"a second member", packed(append(bytes.Clone(good), good...)), "follows the gzip"},
		{"two texts", packed(good) + packed(good), "no base64"},
		{"a value that is too long", strings.Repeat("#", policy.MaxSize+1), "at most"},
	} {
		got, err := paramdoc.Read(t.Context(), orders, tt.value, nil)
		if err == nil || got != nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %.50q, %v; want %q", tt.name, got, err, tt.want)
		}
		if strings.Contains(fmt.Sprint(err), secret) {
			t.Errorf("%s: the error repeats the document: %v", tt.name, err)
		}
	}
}

// The cap holds for the memory as well, not only for the result.
func TestBombStopsAtTheCap(t *testing.T) {
	bomb := packed(gz(make([]byte, 64<<20)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _ = paramdoc.Read(t.Context(), orders, bomb, nil)
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 {
		t.Errorf("%d bytes for a bomb", got)
	}
}

func TestBadSplits(t *testing.T) {
	doc := text(9000)
	_, manifest, p := store(t, orders, doc, paramdoc.Standard)
	first := paramdoc.Part{Name: orders.Part(0), Version: 1}
	zeros := strings.Repeat("0", 64)
	with := func(key paramdoc.Part, v string) parameters {
		q := parameters{}
		for k, old := range p {
			q[k] = old
		}
		q[key] = v
		return q
	}
	edit := func(old, new string) string {
		if !strings.Contains(manifest, old) {
			t.Fatalf("no %q in the manifest", old)
		}
		return strings.Replace(manifest, old, new, 1)
	}
	body := strings.TrimPrefix(manifest, "lambdafence:split:1 ")
	for _, tt := range []struct {
		name, manifest string
		fetch          paramdoc.Fetch
		want           string
	}{
		{"a later version", "lambdafence:split:2 " + body, p.fetch, "does not know"},
		{"no JSON", "lambdafence:split:1 x" + body, p.fetch, "no JSON from byte 1 on"},
		{"cut off", manifest[:len(manifest)-9], p.fetch, "cut off"},
		{"nothing", "lambdafence:split:1 ", p.fetch, "does not know"},
		{"half a key", "lambdafence:split:1 {\"si", p.fetch, "cut off"},
		{"an array", "lambdafence:split:1 []", p.fetch, "wrong type"},
		{"null", "lambdafence:split:1 null", p.fetch, "size of 0"},
		{"something behind it", manifest + "{}", p.fetch, "follows it"},
		{"it names a parameter", edit(`{"version":1,`, `{"name":"/prod/password","version":1,`), p.fetch, "a key"},
		{"it names itself", edit(`{"version":1,`, `{"name":"/fence/orders","version":1,`), p.fetch, "a key"},
		{"a path for a version", edit(`{"version":1,`, `{"version":"1/../../password",`), p.fetch, "wrong type"},
		{"no version", edit(`"version":1,`, ``), p.fetch, "part 1 has no version"},
		{"a negative version", edit(`"version":1,`, `"version":-1,`), p.fetch, "part 1 has no version"},
		{"a fraction", edit(`"version":1,`, `"version":1.5,`), p.fetch, "wrong type"},
		{"no hash", edit(p1sum(p, first), ""), p.fetch, "no SHA-256"},
		{"no hash of the whole", edit(hash(string(doc)), ""), p.fetch, "no SHA-256 of the whole"},
		{"another hash", edit(p1sum(p, first), zeros), p.fetch, "part 1 of 3 (/fence/orders/lambdafence-part-1, version 1)"},
		{"another hash of the whole", edit(hash(string(doc)), zeros), p.fetch, "of the whole"},
		{"a size too small", edit(`"size":9000`, `"size":8999`), p.fetch, "more than 8999"},
		{"a size too large", edit(`"size":9000`, `"size":9001`), p.fetch, "of the whole"},
		{"a size beyond the cap", edit(`"size":9000`, `"size":1048577`), p.fetch, "want 1 to 1048576"},
		{"a size of nothing", edit(`"size":9000`, `"size":-1`), p.fetch, "want 1 to"},
		{"no parts", `lambdafence:split:1 {"size":1,"sha256":"` + zeros + `","parts":[]}`, p.fetch, "0 parts"},
		{"thousands of parts", `lambdafence:split:1 {"size":1,"sha256":"` + zeros + `","parts":[` + strings.Repeat(`{"version":1,"sha256":"`+zeros+`"},`, 5000) + `{}]}`, p.fetch, "5001 parts"},
		{"a version of a part that is gone", edit(`"version":1`, `"version":99`), p.fetch, "no {/fence/orders/lambdafence-part-1 99}"},
		{"a part from another push", manifest, with(first, p[first][1:]+"A").fetch, "push again"},
		{"a part that is a manifest", manifest, with(first, manifest).fetch, "push again"},
		{"a huge part", manifest, with(first, strings.Repeat("A", 1<<20)).fetch, "more than a parameter holds"},
		{"too few values", manifest, func(context.Context, []paramdoc.Part) ([]string, error) { return []string{p[first]}, nil }, "1 of 3 parts are there"},
		{"parts that cannot be had", manifest, func(context.Context, []paramdoc.Part) ([]string, error) { return nil, errors.New("denied") }, "denied"},
	} {
		got, err := paramdoc.Read(t.Context(), orders, tt.manifest, tt.fetch)
		if err == nil || got != nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %d bytes, %v; want %q", tt.name, len(got), err, tt.want)
		}
	}
}

func p1sum(p parameters, part paramdoc.Part) string { return hash(p[part]) }

// Whatever a manifest says, only what lies beneath its own name is asked for.
func TestPartsLieBeneath(t *testing.T) {
	for _, name := range []string{"/fence/orders", "orders", "arn:aws:ssm:eu-west-1:123456789012:parameter/fence/orders"} {
		n, err := paramdoc.ParseName(name + ":live")
		if err != nil {
			t.Fatal(err)
		}
		_, manifest, _ := store(t, n, text(6000), paramdoc.Standard)
		var asked []string
		_, _ = paramdoc.Read(t.Context(), n, manifest, func(_ context.Context, parts []paramdoc.Part) ([]string, error) {
			for _, p := range parts {
				asked = append(asked, p.Name)
			}
			return nil, nil
		})
		beneath := strings.TrimPrefix(name, "/")
		if !strings.HasPrefix(name, "arn:") {
			beneath = "/" + beneath
		}
		if diff := cmp.Diff([]string{beneath + "/lambdafence-part-1", beneath + "/lambdafence-part-2"}, asked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzRead(f *testing.F) {
	doc := []byte("allow: []\n")
	f.Add("allow: []\n", "")
	f.Add(packed(gz(doc)), "")
	f.Add(packed(gz(make([]byte, 2<<20))), "x")
	_, manifest, p := store(f, orders, text(4000), 1024)
	f.Add(manifest, p[paramdoc.Part{Name: orders.Part(0), Version: 1}])
	f.Add(`lambdafence:split:1 {"size":10,"sha256":"","parts":[{"version":1,"sha256":""}]}`, "AAAA")
	f.Fuzz(func(t *testing.T, value, part string) {
		got, err := paramdoc.Read(t.Context(), orders, value, func(_ context.Context, parts []paramdoc.Part) ([]string, error) {
			values := make([]string, len(parts))
			for i, asked := range parts {
				if !strings.HasPrefix(asked.Name, "/fence/orders/lambdafence-part-") || asked.Version < 1 {
					t.Errorf("asked for %v", asked)
				}
				values[i] = part
			}
			return values, nil
		})
		marked := strings.HasPrefix(strings.TrimSpace(value), "lambdafence:")
		switch {
		case len(got) > policy.MaxSize:
			t.Errorf("%d bytes", len(got))
		case err != nil && got != nil:
			t.Error("a document and an error")
		case err == nil && !marked && string(got) != value:
			t.Errorf("%q became %q", value, got)
		case err == nil && marked && bytes.HasPrefix(got, []byte("lambdafence:")) && string(got) == value:
			t.Error("a marked value is returned as a policy")
		}
		if err == nil && len(bytes.TrimSpace(got)) > 0 {
			form, again, p := store(t, orders, got, paramdoc.Advanced)
			back, err := paramdoc.Read(t.Context(), orders, again, p.fetch)
			if err != nil || !bytes.Equal(back, got) {
				t.Errorf("packed again as %v: %v", form, err)
			}
		}
	})
}
