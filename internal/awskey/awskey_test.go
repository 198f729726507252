package awskey

import "testing"

func TestAccount(t *testing.T) {
	for id, want := range map[string]string{
		"ASIAY34FZKBOKMUTVV7A": "609629065308", // published with its account by Aidan Steele and Tal Be'ery
		"ASIAQNZGKIQY56JQ7WML": "029608264753",
		"AKIAIOSFODNN7EXAMPLE": "", // of the old kind: AWS's own example
		"AKIAQNZGKIQY56JQ7WM":  "", // too short
		"AKIAQNZGKIQY56JQ7WM1": "", // no base32
		"AROAQNZGKIQY56JQ7WML": "", // a role's id, not a key's
		"ASIA7777777777777777": "", // more than 12 digits
		"":                     "",
		"test":                 "",
	} {
		if got := Account(id); got != want {
			t.Errorf("Account(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestID(t *testing.T) {
	for _, account := range []string{"000000000000", "000000000001", "123456789012", "999999999999"} {
		if got := Account(ID(account)); got != account {
			t.Errorf("the account of %s is %s, want %s", ID(account), got, account)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an id was made for what is no account")
		}
	}()
	ID("12345678901")
}
