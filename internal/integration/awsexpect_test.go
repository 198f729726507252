package integration

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"

	bedrocktypes "github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/lambdafence/lambdafence/internal/awscall"
	"github.com/lambdafence/lambdafence/internal/awshost"
)

// TestAWSCallExpectations: what is expected of a call (internal/awscover) is told
// of the SDK's own input as it is of a map. What that gives is judged there.
func TestAWSCallExpectations(t *testing.T) {
	for _, c := range clients {
		t.Run(c.id, func(t *testing.T) {
			operations := operationsOf(c.client)
			for operation, inputs := range expectedInputs(t, c.id) {
				if operations[operation] == nil {
					t.Logf("%s: the client has no such operation", operation)
					continue
				}
				for _, in := range inputs {
					checkInput(t, c.id, operation, in, operations[operation])
				}
			}
		})
	}
}

func checkInput(t *testing.T, service, operation string, in map[string]any, typ reflect.Type) {
	t.Helper()
	typed := reflect.New(typ.Elem())
	d := decoder{}
	d.decode(typed.Elem(), in, operation)
	for _, p := range d.problems {
		t.Errorf("%s", p)
	}
	for _, p := range d.skipped {
		t.Logf("%s is not held against the map", p)
	}
	call := awscall.Call{Service: service, Operation: operation, Input: in, Region: "eu-west-1", Account: "123456789012"}
	wantAccess, _, want := call.Describe()
	call.Input = typed.Interface()
	access, _, got := call.Describe()
	slices.Sort(got)
	slices.Sort(want)
	if access != wantAccess || (got == nil) != (want == nil) || !slices.Equal(got, want) {
		t.Errorf("%s of %v: %v, %q, but of a map %v, %q", operation, in, access, got, wantAccess, want)
	}
}

// expectedInputs returns the inputs that something is expected of, by operation.
func expectedInputs(t *testing.T, service string) map[string][]map[string]any {
	t.Helper()
	s, _ := awshost.Find(service)
	f, err := os.Open("../awscover/expect/" + s.ID + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	inputs := make(map[string][]map[string]any)
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e struct {
			Operation string
			Input     map[string]any
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		inputs[e.Operation] = append(inputs[e.Operation], e.Input)
	}
	if lines.Err() != nil || len(inputs) == 0 {
		t.Fatal(len(inputs), lines.Err())
	}
	return inputs
}

// A decoder fills inputs of the SDK with what JSON was decoded to.
type decoder struct {
	problems []string
	skipped  []string // unions, documents, streams and times, which nothing is named by
}

func (d *decoder) decode(v reflect.Value, in any, path string) {
	switch in := in.(type) {
	case map[string]any:
		if d.decodeObject(v, in, path) {
			return
		}
	case []any:
		if v.Kind() == reflect.Slice {
			v.Set(reflect.MakeSlice(v.Type(), len(in), len(in)))
			for i := range in {
				d.decode(v.Index(i), in[i], path)
			}
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(v.Elem(), in, path)
	case reflect.Interface:
		d.decodeUnion(v, in, path)
	case reflect.Slice:
		if s, ok := in.(string); ok && v.Type().Elem().Kind() == reflect.Uint8 {
			b, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				b = []byte(s)
			}
			v.SetBytes(b)
			return
		}
		d.problem(v, in, path)
	default:
		if v.Type().String() == "time.Time" {
			d.skipped = append(d.skipped, path)
			return
		}
		if from := reflect.ValueOf(in); from.IsValid() && (from.Kind() == v.Kind() || from.CanFloat() && (v.CanInt() || v.CanFloat())) {
			v.Set(from.Convert(v.Type()))
			return
		}
		d.problem(v, in, path)
	}
}

// unions are the unions of the SDK that a table names something in, with the types
// of their members, each of which has its value in a field Value.
var unions = map[reflect.Type]map[string]reflect.Type{
	reflect.TypeFor[bedrocktypes.Tool](): {
		"CachePoint": reflect.TypeFor[bedrocktypes.ToolMemberCachePoint](),
		"SystemTool": reflect.TypeFor[bedrocktypes.ToolMemberSystemTool](),
		"ToolSpec":   reflect.TypeFor[bedrocktypes.ToolMemberToolSpec](),
	},
	reflect.TypeFor[bedrocktypes.AsyncInvokeOutputDataConfig](): {
		"S3OutputDataConfig": reflect.TypeFor[bedrocktypes.AsyncInvokeOutputDataConfigMemberS3OutputDataConfig](),
	},
}

func (d *decoder) decodeUnion(v reflect.Value, in any, path string) {
	object, _ := in.(map[string]any)
	for name, value := range object {
		if member := unions[v.Type()][name]; member != nil && len(object) == 1 {
			m := reflect.New(member)
			d.decode(m.Elem().FieldByName("Value"), value, path+"."+name)
			v.Set(m)
			return
		}
	}
	d.skipped = append(d.skipped, path)
}

// decodeObject reports whether v is of a kind that an object is decoded to.
func (d *decoder) decodeObject(v reflect.Value, in map[string]any, path string) bool {
	switch {
	case v.Kind() == reflect.Struct && v.Type().String() != "time.Time":
		for name, value := range in {
			f := v.FieldByName(name)
			if !f.IsValid() || !f.CanSet() {
				d.problems = append(d.problems, fmt.Sprintf("%s: %v has no %s", path, v.Type(), name))
				continue
			}
			d.decode(f, value, path+"."+name)
		}
		return true
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for key, value := range in {
			e := reflect.New(v.Type().Elem()).Elem()
			d.decode(e, value, path+"."+key)
			v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), e)
		}
		return true
	}
	return false
}

func (d *decoder) problem(v reflect.Value, in any, path string) {
	d.problems = append(d.problems, fmt.Sprintf("%s: %v of a %T", path, v.Type(), in))
}
