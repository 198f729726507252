package integration

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/awscall"
)

// sample are clients of services whose tables are generated alone, with their
// modules. They are read as text, as sample.go wants: EC2's alone takes a minute
// and a half to compile.
var sample = map[string]string{
	"API Gateway":           "apigateway",
	"ApiGatewayV2":          "apigatewayv2",
	"AppSync":               "appsync",
	"Batch":                 "batch",
	"Bedrock Agent Runtime": "bedrockagentruntime",
	"CloudFormation":        "cloudformation",
	"CloudFront":            "cloudfront",
	"EC2":                   "ec2",
	"ECR":                   "ecr",
	"EKS":                   "eks",
	"ElastiCache":           "elasticache",
	"IAM":                   "iam",
	"Pipes":                 "pipes",
	"RDS":                   "rds",
	"Redshift Data":         "redshiftdata",
	"Route 53":              "route53",
	"S3 Control":            "s3control",
	"Scheduler":             "scheduler",
	"SSO Admin":             "ssoadmin",
	"XRay":                  "xray",
}

func TestAWSCallOnSources(t *testing.T) {
	for service, name := range sample {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			module := "github.com/aws/aws-sdk-go-v2/service/" + name
			out, err := exec.Command("go", "mod", "download", "-json", module).Output()
			var m struct{ Dir string }
			if err == nil {
				err = json.Unmarshal(out, &m)
			}
			if err != nil || m.Dir == "" {
				missing(t, "%s: %v", module, err)
			}
			source, err := readSource(m.Dir)
			if err != nil {
				t.Fatal(err)
			}
			source.check(t, service)
		})
	}
}

// A clientSource is what the files of a client declare.
type clientSource struct {
	operations []string
	types      map[string]ast.Expr // those of package types behind "types."
}

func readSource(dir string) (*clientSource, error) {
	s := &clientSource{types: make(map[string]ast.Expr)}
	for prefix, dir := range map[string]string{"": dir, "types.": dir + "/types"} {
		packages, err := parser.ParseDir(token.NewFileSet(), dir, func(f fs.FileInfo) bool { //nolint:staticcheck // no build tags there
			return prefix != "" || strings.HasPrefix(f.Name(), "api_op_") && !strings.HasSuffix(f.Name(), "_test.go")
		}, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			for _, f := range p.Files {
				s.declarations(f, prefix)
			}
		}
	}
	if len(s.operations) == 0 {
		return nil, errors.New("no operations in " + dir)
	}
	return s, nil
}

func (s *clientSource) declarations(f *ast.File, prefix string) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					s.types[prefix+t.Name.Name] = t.Type
				}
			}
		case *ast.FuncDecl:
			if prefix != "" || d.Recv == nil || len(d.Type.Params.List) != 3 {
				continue
			}
			if p, ok := d.Type.Params.List[1].Type.(*ast.StarExpr); ok {
				if input, ok := p.X.(*ast.Ident); ok && input.Name == d.Name.Name+"Input" {
					s.operations = append(s.operations, d.Name.Name)
				}
			}
		}
	}
}

func (s *clientSource) check(t *testing.T, service string) {
	table := readTable(t, service)
	count := 0
	for _, operation := range s.operations {
		members, known := awscall.Members(service, operation)
		if !known {
			t.Errorf("%s is not in the table", operation)
			continue
		}
		asked := table.asked(operation)
		for _, m := range members {
			if m == "" {
				continue
			}
			count++
			if err := s.checkMember(s.types[operation+"Input"], "", strings.Split(m, "."), slices.Contains(asked, m)); err != nil {
				t.Errorf("%s: %s: %v", operation, m, err)
			}
		}
	}
	t.Logf("%d operations, %d members", len(s.operations), count)
	for _, operation := range awscall.Operations(service) {
		if !slices.Contains(s.operations, operation) {
			t.Logf("%s is in the table, but not in the client", operation)
		}
	}
}

// checkMember is what checkMember of types is, of a type's text. Names stand
// there as they do in the package with that prefix.
func (s *clientSource) checkMember(t ast.Expr, prefix string, path []string, asked bool) error {
	switch e := t.(type) {
	case *ast.StarExpr:
		return s.checkMember(e.X, prefix, path, asked)
	case *ast.ArrayType:
		if elem, ok := e.Elt.(*ast.Ident); !ok || elem.Name != "byte" {
			return s.checkMember(e.Elt, prefix, path, asked)
		}
	case *ast.MapType:
		if len(path) == 0 {
			return nil
		}
		return s.checkMember(e.Value, prefix, path[1:], asked)
	case *ast.SelectorExpr:
		if pkg, ok := e.X.(*ast.Ident); ok && pkg.Name == "types" {
			return s.checkMember(s.types["types."+e.Sel.Name], "types.", path, asked)
		}
	case *ast.Ident:
		if named, ok := s.types[prefix+e.Name]; ok {
			return s.checkMember(named, prefix, path, asked)
		}
		if len(path) == 0 && slices.Contains([]string{"string", "int", "int32", "int64"}, e.Name) {
			return nil
		}
	case *ast.StructType:
		if len(path) > 0 {
			return s.checkFields(e, prefix, path, asked)
		}
	}
	if len(path) == 0 && asked {
		return nil
	}
	return fmt.Errorf("%T cannot be read, or has no %v", t, path)
}

func (s *clientSource) checkFields(t *ast.StructType, prefix string, path []string, asked bool) error {
	for name := range strings.SplitSeq(path[0], "+") {
		var typ ast.Expr
		for _, f := range t.Fields.List {
			if slices.ContainsFunc(f.Names, func(n *ast.Ident) bool { return n.Name == name }) {
				typ = f.Type
			}
		}
		if typ == nil {
			return fmt.Errorf("there is no %s", name)
		}
		if err := s.checkMember(typ, prefix, path[1:], asked); err != nil {
			return err
		}
	}
	return nil
}
