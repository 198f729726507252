package awscall

import (
	"strings"
	"testing"
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
			all = append(all, Input{Service: "ssm", Operation: operation, Value: value}, Input{Service: "SSM", Operation: operation, Value: value})
		}
	}
	same := 0
	for i := range all {
		n := copied(*all[i].Read())
		for j := range all {
			is := n.Is(&Input{Service: all[j].Service, Operation: all[j].Operation, Value: all[j].Value})
			if want := n.Equal(all[j].Read()); is != want {
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
	if p := all[0].Read().plan; !p.texts {
		t.Error("an input of texts is read by reflection")
	}
}

// TestReadsNothing: what is compared is not copied.
func TestReadsNothing(t *testing.T) {
	type parameter struct{ Name *string }
	name := "p"
	in := Input{Service: "ssm", Operation: "GetParameter", Value: &parameter{Name: &name}}
	n := in.Read()
	again := Input{Service: in.Service, Operation: in.Operation, Value: in.Value}
	if got := testing.AllocsPerRun(100, func() { _ = n.Is(&again) }); got != 0 {
		t.Errorf("%v allocations", got)
	}
	if again.named != nil {
		t.Error("it was read")
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
