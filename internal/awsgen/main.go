// Command awsgen writes the tables of package awscall: what each operation of
// each service of AWS does, and how its input names what it is done to.
//
//	make tables
//
// It reads botocore's models of the services, which are those of aws-sdk-go-v2
// too, for operations and the members of their inputs, and AWS's Service
// Authorization Reference, as iam-data carries it, for access levels and ARNs.
// What those two do not say stands in the directory hand. It writes the tables as
// text, for readers, and packed, for Lambdas; docs/aws-services.md; and what package
// iam knows of IAM's actions.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

func main() {
	root := flag.String("root", "../..", "the project's own `directory`")
	inputs := flag.String("inputs", "../../.cache/aws", "`directory` with botocore's data as botocore, and iam-data's as iam")
	flag.Parse()
	if err := run(*root, *inputs); err != nil {
		fmt.Fprintln(os.Stderr, "awsgen:", err)
		os.Exit(1)
	}
}

func run(root, inputs string) error {
	models, refs, err := readAll(inputs)
	if err != nil {
		return err
	}
	tables, err := tablesOf(models, refs)
	if err != nil {
		return err
	}
	if err := write(root, tables); err != nil {
		return err
	}
	reference, err := compressed(iamReference(models, refs))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "internal", "iam", "reference.bin"), reference, 0o666)
}

// write writes the tables as text, and packed, and the page that sums them up.
func write(root string, tables []table) error {
	dir := filepath.Join(root, "internal", "awscall", "tables")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, t := range tables {
		if err := os.WriteFile(filepath.Join(dir, t.id+".txt"), []byte(t.text), 0o666); err != nil {
			return err
		}
	}
	packed, err := pack(tables)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, "internal", "awscall", "tables.bin"), packed, 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "docs", "aws-services.md"), []byte(page(tables)), 0o666)
}

// readAll reads the models of all services, and what the reference says of them.
func readAll(inputs string) ([]model, map[string]reference, error) {
	models, err := readModels(filepath.Join(inputs, "botocore"))
	if err != nil {
		return nil, nil, err
	}
	refs, err := readReferences(filepath.Join(inputs, "iam"))
	return models, refs, err
}

// tablesOf returns the tables of the services in some models.
func tablesOf(models []model, refs map[string]reference) ([]table, error) {
	byHand, err := handTables()
	if err != nil {
		return nil, err
	}
	tables := make([]table, 0, len(models))
	for i := range models {
		m := &models[i]
		s, known := awshost.Find(m.id)
		if !known || s.ID != m.id {
			return nil, fmt.Errorf("awshost does not know the service %s", m.name)
		}
		tables = append(tables, writeTable(m, refs[s.IAM], s.IAM, byHand[m.id]))
		delete(byHand, m.id)
	}
	for id := range byHand {
		return nil, fmt.Errorf("hand/%s.txt: botocore has no such service", id)
	}
	return tables, nil
}
