package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awshost"
)

// A reference is what the Service Authorization Reference says of the actions
// and the resources of one prefix, by the normal form of their names.
type reference struct {
	prefix    string
	actions   map[string]action
	resources map[string]resource
}

type action struct {
	Name          string
	AccessLevel   string
	ResourceTypes []struct {
		Name     string
		Required bool
	}
}

type resource struct{ Key, ARN string }

// readReferences reads a copy of iam-data's data directory. The references are
// found by the normal form of their prefix.
func readReferences(dir string) (map[string]reference, error) {
	files, err := os.ReadDir(filepath.Join(dir, "actions"))
	if err != nil {
		return nil, err
	}
	refs := make(map[string]reference)
	for _, f := range files {
		var actions map[string]action
		var resources map[string]resource
		if err := readJSON(filepath.Join(dir, "actions", f.Name()), &actions); err != nil {
			return nil, err
		}
		if err := readJSON(filepath.Join(dir, "resourceTypes", f.Name()), &resources); err != nil {
			return nil, err
		}
		ref := reference{strings.TrimSuffix(f.Name(), ".json"), make(map[string]action), make(map[string]resource)}
		for _, a := range actions {
			ref.actions[awshost.Normal(a.Name)] = a
		}
		for name, r := range resources {
			ref.resources[awshost.Normal(name)] = r
		}
		refs[awshost.Normal(ref.prefix)] = ref
	}
	return refs, nil
}
