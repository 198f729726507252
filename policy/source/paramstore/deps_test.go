package paramstore_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// What a Lambda pays for at each cold start.
func TestWhatAnImporterDoesNotLink(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	unwanted := regexp.MustCompile(`aws-sdk-go-v2/(service|config|feature)($|/)|^testing$`)
	for _, pkg := range strings.Fields(string(out)) {
		if unwanted.MatchString(pkg) {
			t.Errorf("paramstore links %s", pkg)
		}
	}
}
