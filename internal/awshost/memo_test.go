package awshost

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"unsafe"
)

// A memo keeps the first names that find a place, a copy of each, and no others.
func TestMemo(t *testing.T) {
	var m Memo[int]
	if m.Recall("") != nil || m.Recall("a.example") != nil {
		t.Error("an empty memo remembers")
	}
	url := "https://a.example/secret"
	name := url[8:17]
	m.Keep(name, func(read string) int {
		if unsafe.StringData(read) == unsafe.StringData(name) {
			t.Error("not a copy is kept")
		}
		return 7
	})
	if n := m.Recall("a.example"); n == nil || *n != 7 {
		t.Error("forgotten")
	}
	long := strings.Repeat("a", maxMemory+1)
	m.Keep(long, func(string) int { return 1 })
	if m.Recall(long) != nil {
		t.Error("a long name is kept")
	}
	for i := range 10_000 {
		m.Keep(fmt.Sprint(i), func(string) int { return i })
	}
	kept := 0
	for i := range 10_000 {
		if n := m.Recall(fmt.Sprint(i)); n != nil {
			if kept++; *n != i {
				t.Errorf("%d: %d", i, *n)
			}
		}
	}
	if kept < places*3/4 || kept >= places {
		t.Errorf("%d names kept", kept)
	}
	if n := m.Recall("a.example"); n == nil || *n != 7 {
		t.Error("forgotten for another")
	}
	one := "one name more"
	if n := testing.AllocsPerRun(10, func() { m.Keep(one, func(string) int { return 1 }) }); n != 0 {
		t.Errorf("%v allocations where there is no place left", n)
	}
}

// TestNamesSpread: names of hosts that differ little have places of their own.
func TestNamesSpread(t *testing.T) {
	used := map[uint16]bool{}
	for _, service := range []string{"sqs", "sns", "ssm", "s3", "kms", "dynamodb", "sts", "logs"} {
		for _, host := range []string{"%s.eu-west-1.amazonaws.com", "%s.eu-west-2.amazonaws.com", "bucket-1.%s.eu-west-1.amazonaws.com", "bucket-2.%s.eu-west-1.amazonaws.com"} {
			used[hash(fmt.Sprintf(host, service))] = true
		}
	}
	if len(used) < 30 { // of 32; by chance 31 or 32
		t.Errorf("%d places", len(used))
	}
}

// TestMemoriesAtOnce reads the same new names from many goroutines.
func TestMemoriesAtOnce(t *testing.T) {
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 500 {
				host := fmt.Sprintf("bucket-%d.s3.eu-west-1.amazonaws.com", i)
				got, ok := Parse(host)
				if want, _ := parse(host); !ok || !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %+v, want %+v", host, got, want)
				}
				name := strings.Repeat("-", i%40) + "DynamoDB"
				if s, known := Find(name); s.ID != "dynamodb" || !known {
					t.Errorf("%s: %v", name, s)
				}
			}
		})
	}
	group.Wait()
}
