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
