package thundra

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// maxConfig bounds a configuration, unpacked.
const maxConfig = 1 << 20

// A config is what a SecurityAwareSpanListener took. A list that is nil was not there.
type config struct {
	Block     bool
	Whitelist *[]operation
	Blacklist *[]operation
}

// An operation is an entry of a list.
type operation struct {
	ClassName     string
	Tags          map[string]values
	OperationName values
}

// values is one value or a list of them.
type values []string

func (v *values) UnmarshalJSON(data []byte) error {
	var all []any
	if json.Unmarshal(data, &all) != nil {
		var one any
		if err := json.Unmarshal(data, &one); err != nil {
			return err
		}
		all = []any{one}
	}
	*v = values{}
	for _, one := range all {
		switch one.(type) {
		case string, bool, float64:
			*v = append(*v, fmt.Sprint(one))
		default:
			return fmt.Errorf("a tag's value is a text, a number or a list of them, not %s", data)
		}
	}
	return nil
}

// listener is the type of the listener that the feature is.
const listener = "SecurityAwareSpanListener"

// read reads a configuration: its JSON, with the listener around it or not; the value
// of the environment variable that held it, which may be packed by gzip and base64; or
// the variable with its name, as a line of a file or in a JSON object of variables.
func read(data []byte) (*config, error) { return readWithin(data, 0) }

func readWithin(data []byte, depth int) (*config, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	switch {
	case len(data) > maxConfig:
		return nil, fmt.Errorf("larger than %d bytes", maxConfig)
	case depth > 4 || len(data) == 0:
		return nil, errors.New("no configuration of a " + listener)
	case data[0] == '[':
		return readList(data, depth)
	case data[0] == '{':
		return readObject(data, depth)
	case data[0] == '"':
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return nil, err
		}
		return readWithin([]byte(text), depth+1)
	}
	if m := variable.FindSubmatch(data); m != nil {
		return readWithin(bytes.Trim(bytes.TrimSpace(m[1]), `'`), depth+1)
	}
	return readPacked(data, depth)
}

// variable finds a line that sets a variable of Thundra's for listeners.
var variable = regexp.MustCompile(`(?im)^\s*(?:export\s+)?thundra[a-z0-9_]*listener[a-z0-9_]*\s*[=:](.*)$`)

// isVariable is the name of such a variable.
var isVariable = regexp.MustCompile(`(?i)^thundra[a-z0-9_]*listener`)

// readPacked reads base64 of gzip, or of JSON.
func readPacked(data []byte, depth int) (*config, error) {
	text := strings.Join(strings.Fields(string(data)), "")
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		if packed, err = base64.RawStdEncoding.DecodeString(text); err != nil {
			return nil, errors.New("neither JSON nor base64")
		}
	}
	if !bytes.HasPrefix(packed, []byte{0x1f, 0x8b}) {
		return readWithin(packed, depth+1)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxConfig+1))
	if err != nil {
		return nil, err
	}
	return readWithin(plain, depth+1)
}

// readList reads a list of listeners, of which one is it.
func readList(data []byte, depth int) (*config, error) {
	var all []json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	for _, one := range all {
		var named struct{ Type string }
		if json.Unmarshal(one, &named) == nil && named.Type == listener {
			return readWithin(one, depth+1)
		}
	}
	return nil, errors.New("no " + listener + " among the listeners")
}

// readObject reads a configuration, a listener with one, or variables.
func readObject(data []byte, depth int) (*config, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return nil, err
	}
	if typ, ok := keys["type"]; ok {
		if string(typ) != `"`+listener+`"` {
			return nil, fmt.Errorf("a listener of type %s, and not a %s", typ, listener)
		}
		return decode(keys["config"])
	}
	for _, name := range []string{"Environment", "Variables"} {
		if inner, ok := keys[name]; ok {
			return readWithin(inner, depth+1)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		if isVariable.MatchString(name) {
			return readWithin(keys[name], depth+1)
		}
	}
	return decode(data)
}

// decode reads the configuration itself. Thundra took what it did not know for nothing;
// here a key that is misspelt must not come to allow everything.
func decode(data []byte) (*config, error) {
	if len(data) == 0 {
		return nil, errors.New("the listener has no config")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var c config
	if err := d.Decode(&c); err != nil {
		return nil, err
	}
	return &c, nil
}
