// Package awskey reads the account out of an AWS access key id.
//
// Imported by wrapper, and by the stand-ins for AWS in tests and in the demo.
package awskey

import (
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"
)

// The form of a key id: four letters for its kind, then 16 digits in base32. In
// key ids made since 2019 the first 5 bytes hold the account, shifted by one
// bit; older ones hold nothing that is known. Aidan Steele and Tal Be'ery found
// this out and published it ("AWS Access Key ID formats", 2020; "A short note on
// AWS KEY ID", 2023).
const (
	kindLength = 4
	length     = 20
	newest     = 1 << 7 // set in the first byte of those that hold an account
	accounts   = 1_000_000_000_000
)

// Account returns the 12 digits of the account that a key id belongs to, or ""
// where the id does not tell.
func Account(id string) string {
	if len(id) != length || !strings.HasPrefix(id, "AKIA") && !strings.HasPrefix(id, "ASIA") {
		return ""
	}
	var raw [10]byte
	n, err := base32.StdEncoding.Decode(raw[:], []byte(id[kindLength:]))
	if err != nil || n != len(raw) || raw[0]&newest == 0 {
		return ""
	}
	var account uint64
	for _, b := range raw[:6] {
		account = account<<8 | uint64(b)
	}
	account = account &^ (newest << 40) >> 7
	if account >= accounts {
		return ""
	}
	digits := strconv.FormatUint(account, 10)
	return strings.Repeat("0", 12-len(digits)) + digits
}

// ID makes a temporary key id that belongs to an account, for stand-ins: AWS
// never made it. It panics if account is not 12 digits.
func ID(account string) string {
	n, err := strconv.ParseUint(account, 10, 64)
	if err != nil || len(account) != 12 {
		panic(fmt.Sprintf("awskey: %q is no account", account))
	}
	n = n<<7 | newest<<40
	raw := [10]byte{6: 'f', 7: 'a', 8: 'k', 9: 'e'}
	for i := range 6 {
		raw[i] = byte(n >> (40 - 8*i))
	}
	return "ASIA" + base32.StdEncoding.EncodeToString(raw[:])
}
