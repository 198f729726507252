// Package awskey reads the account out of an AWS access key id.
//
// Imported by wrapper, and by the stand-ins for AWS in tests and in the demo.
package awskey

import (
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

	// base32 is that of RFC 4648, without package encoding/base32, which makes
	// tables whenever a process starts.
	base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
)

// Account returns the 12 digits of the account that a key id belongs to, or ""
// where the id does not tell.
func Account(id string) string {
	if len(id) != length || !strings.HasPrefix(id, "AKIA") && !strings.HasPrefix(id, "ASIA") {
		return ""
	}
	var head uint64 // the first 10 digits, which are 6 bytes and 2 bits
	for i, c := range []byte(id[kindLength:]) {
		digit := strings.IndexByte(base32, c)
		if digit < 0 {
			return ""
		}
		if i < 10 {
			head = head<<5 | uint64(digit)
		}
	}
	head >>= 2
	if head&(newest<<40) == 0 {
		return ""
	}
	account := head &^ (newest << 40) >> 7
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
	n = (n<<7 | newest<<40) << 2
	id := []byte("ASIA")
	for shift := 45; shift >= 0; shift -= 5 {
		id = append(id, base32[n>>shift&31])
	}
	return string(id) + "FAKEID"
}
