package main

import (
	"bytes"
	"compress/flate"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// zoo returns the generator of the service in testdata, whose operations are one
// case or another each.
func zoo(t *testing.T) *generator {
	t.Helper()
	models, err := readModels("testdata/botocore")
	if err != nil || len(models) != 1 {
		t.Fatalf("%d models, %v", len(models), err)
	}
	refs, err := readReferences("testdata/iam")
	if err != nil {
		t.Fatal(err)
	}
	ref := refs["zoo"]
	return &generator{model: &models[0], ref: ref, head: ref.head("zoo")}
}

// TestModel: the newest model counts, and its operations are in order.
func TestModel(t *testing.T) {
	m := zoo(t).model
	if m.id != "myzoo" || m.name != "My Zoo" || m.target != "Zoo_2021" || m.protocols != "jc" {
		t.Errorf("%s %q %s %s", m.id, m.name, m.target, m.protocols)
	}
	var names []string
	for _, op := range m.operations {
		names = append(names, op.name)
	}
	if got := strings.Join(names[:3], " "); got != "AskKeeper AssignKeeper CheckWeather" {
		t.Errorf("the operations begin %s", got)
	}
	for _, op := range m.operations {
		if op.name == "AssignKeeper" {
			if got := strings.Join(op.deep, " "); got != "CageName KeeperId Plan.KeeperId Plan.Steps.CageName" {
				t.Errorf("names within AssignKeeper: %s", got)
			}
		}
	}
}

func TestLines(t *testing.T) {
	g := zoo(t)
	if g.head != "arn:$P:zoo:$R:$A:" {
		t.Errorf("head %s", g.head)
	}
	got := make(map[string]string)
	for i := range g.model.operations {
		name, line, _ := strings.Cut(g.line(&g.model.operations[i]), " ")
		got[name] = line
	}
	for _, c := range []struct{ operation, want, why string }{
		{"GetCage", "r cage/{CageName}", "a placeholder's name is that of a member"},
		{"DescribeCage", "r cage/{Name}", "the operation is about a cage: its name"},
		{"DescribeCages", "l cage/{CageNames}", "a list"},
		{"ListCages", "l", "the action has no resource"},
		{"DeleteAnimal", "w cage/{CageName}/animal/{Name}", "two placeholders"},
		{"MoveAnimal", "w cage/{CageName}/animal/{Name}", "the order of members means nothing"},
		{"FeedAnimal", "w cage/{CageName} ?AnimalId", "an id where the ARN has a name, of a type that may be there"},
		{"CreateCage", "w cage/{Cage.Name}", "the structure that describes it"},
		{"CreateKeeper", "w keeper/*", "the service gives the id, and says it"},
		{"CreateVisit", "w visit/*", "nothing in the input may be its id"},
		{"CreatePettingFarm", "w ?", "the id may be the name"},
		{"StartKeeper", "w ?", "a keeper that starts is not new"},
		{"CreateShop", "w shop/{Name} ~keeper/{KeeperId}", "what may be there is optional"},
		{"OpenShop", "w shop/{Name} ~cage/{CageName}", ""},
		{"UpdateKeeper", "w {KeeperArn}", "beside an ARN that must be given a name is a new one"},
		{"AssignKeeper", "w keeper/{KeeperId} ~cage/{CageName}", "all types are told"},
		{"SwapKeeper", "w keeper/{KeeperId} ?NewKeeperId", "another keeper"},
		{"HireKeeper", "w cage/{CageName} ?Plan.KeeperId", "a keeper deep within"},
		{"FindKeeper", "r {KeeperIdentifier}", "a name is no id: only an ARN is sure"},
		{"AskKeeper", "r keeper/{KeeperIdentifier}", "an id or an ARN"},
		{"SellTicket", "w ?", "words of the model are written otherwise in ARNs"},
		{"GetRole", "r ?", "the ARN has a path"},
		{"GetTour", "r ?", "a version that nothing tells"},
		{"GetLabel", "r label/{Name}", "the only placeholder"},
		{"LockCage", "w cage/{CageName}|{CageArn} @key{KeyId}", "a form; a name or an ARN"},
		{"EncryptCage", "p cage/{CageName}|{CageArn}", "the highest of several levels"},
		{"ClaimCage", "w cage/{CageName} ?OwnerAccount", "a cage of another account"},
		{"TagResource", "t {ResourceArn}", "what is tagged"},
		{"ListTags", "l {ResourceName}", ""},
		{"PairCages", "w ?", "an id, but of what?"},
		{"WatchAll", "r ?", "an ARN without a name"},
		{"LinkCage", "w cage/{CageName} ~{ResourceArn}", "the ARN of what else is there"},
		{"GetGate", "r arn:$P:zoo:$R::/gates/{GateId}", "the action is the method, the resource the path"},
		{"CheckWeather", "r ?", "not in the reference: the verb tells the level"},
		{"PaintWall", "w ?", ""},
		{"TagWall", "w ?", ""},
		{"PutResourcePolicy", "p ?", ""},
	} {
		if got[c.operation] != c.want {
			t.Errorf("%s: %s, want %s: %s", c.operation, got[c.operation], c.want, c.why)
		}
		delete(got, c.operation)
	}
	for name, line := range got {
		t.Errorf("%s %s: no case", name, line)
	}
}

// TestHand: what was written by hand stands in place of what is generated.
func TestHand(t *testing.T) {
	g := zoo(t)
	byHand, err := readHand("arn:$P:zoo:$R::\n! j\n:keeper keeper/{KeeperId=me} {KeeperArn}\n=all cage/*\n# a remark\n\nWatchAll r all\n")
	if err != nil {
		t.Fatal(err)
	}
	text := writeTable(g.model, g.ref, "zoo", byHand).text
	if want := "arn:$P:zoo:$R::\n! Zoo_2021 j My Zoo\n=all cage/*\n"; !strings.HasPrefix(text, want) {
		t.Errorf("%.80q, want %q", text, want)
	}
	for _, want := range []string{"WatchAll r all", "UpdateKeeper w {KeeperArn}", "SwapKeeper w keeper/{KeeperId=me} ?NewKeeperId", "GetCage r arn:$P:zoo:$R:$A:cage/{CageName}", "FindKeeper r ?"} {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
	for _, broken := range []string{"", "GetCage r cage/{CageName}", "arn:$P:zoo:$R:$A:\nGetCage", "arn:$P:zoo:$R:$A:\n:keeper", "arn:$P:zoo:$R:$A:\nGetCage r\nGetCage w"} {
		if _, err := readHand(broken); err == nil {
			t.Errorf("%q: no error", broken)
		}
	}
}

// TestHandNames: every operation, type and member that is written by hand is one.
func TestHandNames(t *testing.T) {
	models, refs := inputs(t)
	tables, err := handTables()
	if err != nil {
		t.Fatal(err)
	}
	for i := range models {
		m := &models[i]
		s, _ := awshost.Find(m.id)
		byHand := tables[m.id]
		if byHand == nil {
			continue
		}
		lines := make(map[string]bool)
		for _, op := range m.operations {
			lines[op.name] = true
		}
		for name := range byHand.lines {
			if !lines[name] {
				t.Errorf("hand/%s.txt: no operation %s", m.id, name)
			}
		}
		for typ := range byHand.types {
			if _, ok := refs[s.IAM].resources[typ]; !ok {
				t.Errorf("hand/%s.txt: no type %s", m.id, typ)
			}
		}
	}
}

func TestPack(t *testing.T) {
	long := strings.Repeat("Get r table/{TableName}\n", blockSize/20)
	tables := []table{{"a", "head\n"}, {"b", long}, {"c", "head\n" + long}, {"d", "last\n"}}
	packed, err := pack(tables)
	if err != nil {
		t.Fatal(err)
	}
	directory, blocks, ok := bytes.Cut(packed, []byte("\n\n"))
	if !ok {
		t.Fatal("no directory")
	}
	if lines := strings.Split(string(directory), "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "a ") || !strings.HasPrefix(lines[1], "c ") || !strings.HasPrefix(lines[2], "d ") {
		t.Errorf("directory %q", directory)
	}
	var text strings.Builder
	for r := bytes.NewReader(blocks); r.Len() > 0; {
		block, err := io.ReadAll(flate.NewReader(r)) // reads no byte of the next
		if err != nil {
			t.Fatal(err)
		}
		text.Write(block)
	}
	want := ""
	for _, tab := range tables {
		want += "# " + tab.id + "\n" + tab.text
	}
	if text.String() != want {
		t.Errorf("unpacked: %d bytes, want %d", text.Len(), len(want))
	}
}

// TestCommitted: the tables are those that the generator writes now.
func TestCommitted(t *testing.T) {
	tables, err := tablesOf(inputs(t))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join("..", "awscall", "tables")
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != len(tables) {
		t.Errorf("%d files for %d tables, %v", len(files), len(tables), err)
	}
	for _, tab := range tables {
		have, err := os.ReadFile(filepath.Join(dir, tab.id+".txt"))
		if err != nil || string(have) != tab.text {
			t.Errorf("%s.txt is not what is generated; run make tables (%v)", tab.id, err)
		}
	}
	packed, err := pack(tables)
	if err != nil {
		t.Fatal(err)
	}
	if have, err := os.ReadFile("../awscall/tables.bin"); err != nil || !bytes.Equal(have, packed) {
		t.Errorf("tables.bin is not what is generated; run make tables (%v)", err)
	}
	models, refs := inputs(t)
	reference, err := compressed(iamReference(models, refs))
	if err != nil {
		t.Fatal(err)
	}
	if have, err := os.ReadFile("../iam/reference.bin"); err != nil || !bytes.Equal(have, reference) {
		t.Errorf("iam/reference.bin is not what is generated; run make tables (%v)", err)
	}
	if have, err := os.ReadFile("../../docs/aws-services.md"); err != nil || string(have) != page(tables) {
		t.Errorf("docs/aws-services.md is not what is generated; run make tables (%v)", err)
	}
}

const inputDir = "../../.cache/aws"

// inputs reads the real models and references. Without them the test is skipped,
// and fails in CI.
func inputs(t *testing.T) ([]model, map[string]reference) {
	t.Helper()
	for _, dir := range []string{"botocore", "iam/actions"} {
		if _, err := os.Stat(filepath.Join(inputDir, dir)); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf(".cache/aws/%s is not there, and this is CI", dir)
			}
			t.Skipf(".cache/aws/%s is not there: the tables are not compared with what is generated", dir)
		}
	}
	models, refs, err := readInputs()
	if err != nil {
		t.Fatal(err)
	}
	return models, refs
}

// readInputs reads them once for all tests.
func readInputs() ([]model, map[string]reference, error) {
	read.once.Do(func() {
		if read.models, read.err = readModels(filepath.Join(inputDir, "botocore")); read.err == nil {
			read.refs, read.err = readReferences(filepath.Join(inputDir, "iam"))
		}
	})
	return read.models, read.refs, read.err
}

var read struct {
	once   sync.Once
	models []model
	refs   map[string]reference
	err    error
}

// TestRun writes what it generates, and tells what is missing.
func TestRun(t *testing.T) {
	if err := run(t.TempDir(), t.TempDir()); err == nil {
		t.Error("no error without inputs")
	}
	if err := run(t.TempDir(), "testdata"); err == nil || !strings.Contains(err.Error(), "My Zoo") {
		t.Errorf("a service that awshost does not have: %v", err)
	}
	root := t.TempDir()
	old := filepath.Join(root, "internal", "awscall", "tables", "old.txt")
	if err := os.MkdirAll(filepath.Dir(old), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "docs"), 0o777); err != nil {
		t.Fatal(err)
	}
	zoo := table{"a", "head\n! - - A B\nGet r a/{Name}\nList l\nPut w ?\nSet w ?\n"}
	if err := write(root, []table{zoo}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(filepath.Dir(old), "a.txt")); err != nil || string(text) != zoo.text {
		t.Errorf("a.txt: %q, %v", text, err)
	}
	if page, err := os.ReadFile(filepath.Join(root, "docs", "aws-services.md")); err != nil || !strings.Contains(string(page), "\n| [A B](../internal/awscall/tables/a.txt) | `a` | 4 | 1 | 1 | 2 |\n| 1 services |") {
		t.Errorf("%s, %v", page, err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("a table of a service that is no more stays")
	}
}

// TestIAMReference: the reference of actions that package iam reads.
func TestIAMReference(t *testing.T) {
	models, refs, err := readAll("testdata")
	if err != nil {
		t.Fatal(err)
	}
	text := iamReference(models, refs)
	for _, want := range []string{"# zoo\n", "\n=cage arn:${Partition}:zoo:${Region}:${Account}:cage/${CageName}\n", "\nGetCage r cage!\n", "\nListCages l\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
