package awscall

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// TestEqual: no two inputs that name other things are equal, however their texts
// are cut, and none of which not all is known.
func TestEqual(t *testing.T) {
	read := func(operation string, input any) *Named {
		return copied(Read("ssm", operation, input))
	}
	all := []*Named{
		read("GetParameter", in{"Name": "p"}),
		read("GetParameter", in{"Name": "pq"}),
		read("GetParameter", in{}),
		read("PutParameter", in{"Name": "p"}),
		read("GetParameters", in{"Names": []string{}}),
		read("GetParameters", in{"Names": []string{"p"}}),
		read("GetParameters", in{"Names": []string{"p", "q"}}),
		read("GetParameters", in{"Names": []string{"q", "p"}}),
		read("GetParameters", in{"Names": []string{"pq"}}),
		read("GetParameters", in{"Names": []string{"p", "", "q"}}),
		read("AddTagsToResource", in{"ResourceType": "Parameter", "ResourceId": "p"}),
		read("AddTagsToResource", in{"ResourceType": "Parameterp"}),
		read("AddTagsToResource", in{"ResourceId": "Parameterp"}),
	}
	for i, a := range all {
		for j, b := range all {
			if a.Equal(b) != (i == j) {
				t.Errorf("%d and %d", i, j)
			}
		}
	}
	for _, n := range []*Named{read("NoSuchOperation", in{}), read("GetParameter", in{"Name": 1.5i}), {}} {
		if n.Equal(n) || n.Known() {
			t.Errorf("%+v", n)
		}
	}
	raised := func(acl string) *Named {
		return copied(Read("s3", "PutObject", in{"Bucket": "b", "Key": "k", "ACL": acl}))
	}
	if !raised("private").Equal(raised("public-read")) || raised("").Equal(raised("private")) {
		t.Error("what permissions are needed for is the same as what they are not needed for")
	}
}

// TestIs: an input that is not read names the same as what is read of it, and nothing
// else does.
func TestIs(t *testing.T) {
	type parameter struct{ Name, Value *string }
	type other struct{ Name, Value *string }
	type deeper struct{ Name []string }
	text := func(s string) *string { return &s }
	plans.Lock()
	plans.read = nil // so that none is dropped meanwhile
	plans.Unlock()
	var all []Input
	for _, value := range []any{
		&parameter{}, &parameter{Name: text("")}, &parameter{Name: text("p")}, &parameter{Name: text("pq")}, (*parameter)(nil), parameter{Name: text("p")},
		&other{Name: text("p")}, &deeper{Name: []string{"p"}}, in{"Name": "p"}, nil, 1, "p", text("p"), new(any),
	} {
		for _, operation := range []string{"GetParameter", "PutParameter", "DescribeParameters", "NoSuchOperation"} {
			all = append(all, Input{Operation: operation, Value: value})
		}
	}
	same := 0
	for i := range all {
		n := copied(*all[i].Read("ssm"))
		for j := range all {
			_, is := n.Is(&Input{Operation: all[j].Operation, Value: all[j].Value})
			if want := n.Equal(all[j].Read("ssm")); is != want {
				t.Errorf("%+v is %+v: %t, want %t", all[j], all[i], is, want)
			}
			if is {
				same++
			}
		}
	}
	if same < len(all)/2 {
		t.Errorf("%d of %d are themselves", same, len(all))
	}
	if p := all[0].Read("ssm").plan; !p.texts {
		t.Error("an input of texts is read by reflection")
	}
	if a, b := all[0].Read("ssm"), all[0].Read("SSM"); a.Service() != "ssm" || b.Service() != "SSM" || a.Equal(b) {
		t.Error("what was read for one service is taken for what another is asked for")
	}
}

// TestRaises: what makes an operation one on permissions is seen by its offset as it is
// by reflection.
func TestRaises(t *testing.T) {
	type list string
	type put struct {
		Bucket, Key *string
		ACL         list
		GrantRead   *string
	}
	type odd struct {
		Bucket, Key *string
		ACL         []string
	}
	type remove struct {
		Bucket, Key               *string
		BypassGovernanceRetention *bool
	}
	text, yes, no := func(s string) *string { return &s }, true, false
	for _, tt := range []struct {
		operation     string
		input         any
		raises, texts bool
	}{
		{"PutObject", &put{}, false, true},
		{"PutObject", &put{ACL: "private"}, true, true},
		{"PutObject", &put{GrantRead: text("")}, false, true},
		{"PutObject", &put{GrantRead: text("id=1")}, true, true},
		{"PutObject", (*put)(nil), false, true},
		{"PutObject", &odd{}, false, false},
		{"PutObject", &odd{ACL: []string{"private"}}, true, false},
		{"DeleteObject", &remove{}, false, true},
		{"DeleteObject", &remove{BypassGovernanceRetention: &no}, false, true},
		{"DeleteObject", &remove{BypassGovernanceRetention: &yes}, true, true},
	} {
		n := Read("s3", tt.operation, tt.input)
		if n.raised != tt.raises || n.plan.texts != tt.texts || present(deref(reflect.ValueOf(tt.input)), n.plan.raise) != tt.raises {
			t.Errorf("%s of %+v: raised %t, by texts %t", tt.operation, tt.input, n.raised, n.plan.texts)
		}
		if _, ok := copied(n).Is(&Input{Operation: tt.operation, Value: tt.input}); !ok {
			t.Errorf("%s of %+v is not itself", tt.operation, tt.input)
		}
	}
}

// TestReadsNothing: what is compared is not copied.
func TestReadsNothing(t *testing.T) {
	type parameter struct{ Name *string }
	name := "p"
	in := Input{Operation: "GetParameter", Value: &parameter{Name: &name}}
	n := in.Read("ssm")
	again := Input{Operation: in.Operation, Value: in.Value}
	if got := testing.AllocsPerRun(100, func() { _, _ = n.Is(&again) }); got != 0 {
		t.Errorf("%v allocations", got)
	}
	if again.named != nil {
		t.Error("it was read")
	}
}

// TestTyped: only a type of the SDK's tells what an input is of.
func TestTyped(t *testing.T) {
	type GetParameterInput struct{ Name *string }
	for _, tt := range []struct {
		service, operation string
		input              any
		typed              bool
	}{
		{"SSM", "GetParameter", &ssm.GetParameterInput{}, true},
		{"ssm", "GetParameter", (*ssm.GetParameterInput)(nil), true},
		{"SSM", "GetParameter", ssm.GetParameterInput{}, false},
		{"SSM", "DeleteParameter", &ssm.GetParameterInput{}, false},
		{"SSM", "GetParameter", &ssm.DeleteParameterInput{}, false},
		{"SSM", "NoSuchOperation", &ssm.GetParameterInput{}, false},
		{"API Gateway", "TagResource", &ssm.AddTagsToResourceInput{}, false},
		{"SSM", "GetParameter", &GetParameterInput{}, false},
		{"SSM", "GetParameter", in{"Name": "p"}, false},
		{"SSM", "GetParameter", nil, false},
	} {
		if n := Read(tt.service, tt.operation, tt.input); n.Typed() != tt.typed {
			t.Errorf("%s %s %T: %t", tt.service, tt.operation, tt.input, !tt.typed)
		}
	}
}

func copied(n Named) *Named {
	c := new(Named)
	n.CopyTo(c)
	return c
}

// TestCopyKeepsNothing: the texts of an input may be parts of a large one.
func TestCopyKeepsNothing(t *testing.T) {
	for n := range 8 {
		names := strings.Fields(strings.Repeat("name ", n))
		c := copied(Read("ssm", "GetParameters", in{"Names": names}))
		for i := range c.Texts() {
			c.Texts()[i] = ""
		}
		if c.texts != [4]string{} {
			t.Errorf("%d names: %q", n, c.texts)
		}
	}
}

// TestWide: what stands for all objects of a bucket that begin alike is what an input
// names whose object is one of them, and nothing else.
func TestWide(t *testing.T) {
	type object struct{ Bucket, Key *string }
	type marked struct{ Bucket, Key, ACL *string }
	type copying struct{ Bucket, Key, CopySource *string }
	text := func(s string) *string { return &s }
	var all []Input
	for _, bucket := range []string{"photos", "photo", "photos/in", "", "p--use1-az4--x-s3", "arn:aws:s3:eu-west-1:111122223333:accesspoint/photos"} {
		for _, key := range []string{"in/a", "in/", "in/a/../b", "in/..", "in/\xff", "in/é b?", "in", "In/a", "", "x/in/a", "in/" + strings.Repeat("k", 4096)} {
			for _, operation := range []string{"GetObject", "PutObject", "DeleteObject", "CopyObject", "ListObjectsV2", "GetParameter"} {
				b, k := text(bucket), text(key)
				for _, value := range []any{
					&object{b, k}, &marked{Bucket: b, Key: k}, &marked{b, k, text("public-read")}, &copying{Bucket: b, Key: k}, &copying{b, k, text("photos/in/a")},
					&object{Bucket: b}, &object{Key: k}, in{"Bucket": bucket, "Key": key}, in{"Bucket": bucket, "Key": []string{key, key}}, object{b, k}, (*object)(nil), nil,
				} {
					all = append(all, Input{Operation: operation, Value: value})
				}
			}
		}
	}
	wide, same := 0, 0
	for i := range all {
		n := copied(*all[i].Read("S3"))
		key, ok := n.Key()
		if !ok {
			continue
		}
		if _, _, arns := n.Describe("eu-west-1", "111122223333", "", ""); len(arns) != 1 || arns[0] != "arn:aws:s3:::"+n.Texts()[0]+"/"+key {
			t.Fatalf("%+v has key %q, and is about %q", all[i], key, arns)
		}
		if key != "in/a" && key != "in/é b?" {
			continue
		}
		wide++
		before := copied(*n)
		only := copied(*n)
		only.Widen(key)
		if only.Equal(n) || n.Equal(only) {
			t.Fatalf("%+v is the same wide, by a prefix that is its key", all[i])
		}
		n.Widen("in/")
		if n.Equal(before) || before.Equal(n) || !n.Equal(copied(*n)) {
			t.Fatalf("%+v: wide, it is %+v", all[i], n)
		}
		for j := range all {
			o := all[j].Read("S3")
			key, is := n.Is(&Input{Operation: all[j].Operation, Value: all[j].Value})
			found, ok := o.Key()
			want := ok && o.plan == n.plan && o.raised == n.raised && o.Texts()[0] == n.Texts()[0] && strings.HasPrefix(found, "in/")
			if is != want || is && key != found {
				t.Fatalf("%+v is %+v, wide: %q, %t; want %q, %t", all[j], all[i], key, is, found, want)
			}
			if is {
				same++
				if w := n.WithKey(key); !w.Equal(o) || !o.Equal(w) {
					t.Fatalf("%+v with key %q is not %+v", n, key, o)
				}
			}
		}
	}
	t.Logf("%d wide, %d of them", wide, same)
	if wide < 20 || same < 3*wide {
		t.Errorf("%d wide, %d of them", wide, same)
	}
}
