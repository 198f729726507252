package awsstand_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

func TestGetParametersByPath(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	stand.PutParameter("/a/x", "1", awsstand.WithLabel("live"))
	stand.PutParameter("/a/x", "2")
	stand.PutParameter("/a/y", "1", awsstand.Secure())
	stand.PutParameter("/a/b/z", "1", awsstand.WithLabel("live"))
	stand.PutParameter("/ab/x", "1")
	stand.PutParameter("plain", "1")
	stand.Deny("/ab")
	filter := func(key, option string, values ...string) []types.ParameterStringFilter {
		f := types.ParameterStringFilter{Key: &key, Values: values}
		if option != "" {
			f.Option = &option
		}
		return []types.ParameterStringFilter{f}
	}
	for _, test := range []struct {
		name string
		in   ssm.GetParametersByPathInput
		want string
		code string
	}{
		{"one level", ssm.GetParametersByPathInput{Path: aws.String("/a")}, "/a/x /a/y", ""},
		{"with a slash at the end", ssm.GetParametersByPathInput{Path: aws.String("/a/")}, "/a/x /a/y", ""},
		{"all levels", ssm.GetParametersByPathInput{Path: aws.String("/a"), Recursive: aws.Bool(true)}, "/a/b/z /a/x /a/y", ""},
		{"the root's own", ssm.GetParametersByPathInput{Path: aws.String("/")}, "", ""},
		{"by label", ssm.GetParametersByPathInput{Path: aws.String("/a"), Recursive: aws.Bool(true), ParameterFilters: filter("Label", "", "live")}, "/a/b/z:live /a/x:live", ""},
		{"by type", ssm.GetParametersByPathInput{Path: aws.String("/a"), ParameterFilters: filter("Type", "Equals", "SecureString")}, "/a/y", ""},
		{"by key", ssm.GetParametersByPathInput{Path: aws.String("/a"), ParameterFilters: filter("KeyId", "BeginsWith", "alias/")}, "/a/y", ""},
		{"by no filter of it", ssm.GetParametersByPathInput{Path: aws.String("/a"), ParameterFilters: filter("Tier", "", "Standard")}, "", "InvalidFilterKey"},
		{"no path", ssm.GetParametersByPathInput{Path: aws.String("a")}, "", "ValidationException"},
		{"denied", ssm.GetParametersByPathInput{Path: aws.String("/ab")}, "", "AccessDeniedException"},
		{"too many at once", ssm.GetParametersByPathInput{Path: aws.String("/a"), MaxResults: aws.Int32(11)}, "", "ValidationException"},
		{"a token of one's own", ssm.GetParametersByPathInput{Path: aws.String("/a"), NextToken: aws.String("x")}, "", "InvalidNextToken"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, err := client.GetParametersByPath(t.Context(), &test.in)
			if got := code(err); got != test.code {
				t.Fatalf("error %q, want %q: %v", got, test.code, err)
			}
			if err != nil {
				return
			}
			var names []string
			for _, p := range out.Parameters {
				names = append(names, *p.Name+aws.ToString(p.Selector))
			}
			if got := strings.Join(names, " "); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestPaging(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	var want []string
	for i := range 25 {
		name := fmt.Sprintf("/p/%02d", i)
		stand.PutParameter(name, "x")
		want = append(want, name)
	}
	var byPath, described []string
	pages := 0
	for p := ssm.NewGetParametersByPathPaginator(client, &ssm.GetParametersByPathInput{Path: aws.String("/p")}); p.HasMorePages(); pages++ {
		out, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range out.Parameters {
			byPath = append(byPath, *p.Name)
		}
	}
	if diff := cmp.Diff(want, byPath); diff != "" || pages != 3 {
		t.Errorf("%d pages\n%s", pages, diff)
	}
	for p := ssm.NewDescribeParametersPaginator(client, &ssm.DescribeParametersInput{MaxResults: aws.Int32(7)}); p.HasMorePages(); {
		out, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range out.Parameters {
			described = append(described, *p.Name)
		}
	}
	if diff := cmp.Diff(want, described); diff != "" {
		t.Error(diff)
	}
}

func TestDescribeParameters(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	stand.PutParameter("/a/x", "1")
	stand.PutParameter("/a/b/y", "1", awsstand.Secure())
	stand.PutParameter("plain", strings.Repeat("x", 5000))
	for _, test := range []struct {
		name, key, option, value string
		want                     string
		code                     string
	}{
		{"by name", "Name", "", "/a/x", "/a/x", ""},
		{"by part of a name", "Name", "Contains", "a", "/a/b/y /a/x plain", ""},
		{"by type", "Type", "", "SecureString", "/a/b/y", ""},
		{"by key", "KeyId", "", "alias/aws/ssm", "/a/b/y", ""},
		{"by tier", "Tier", "", "Advanced", "plain", ""},
		{"by path", "Path", "OneLevel", "/a", "/a/x", ""},
		{"by path, recursive", "Path", "Recursive", "/a", "/a/b/y /a/x", ""},
		{"by no filter of it", "tag:x", "", "y", "", "InvalidFilterKey"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := types.ParameterStringFilter{Key: &test.key, Values: []string{test.value}}
			if test.option != "" {
				f.Option = &test.option
			}
			out, err := client.DescribeParameters(t.Context(), &ssm.DescribeParametersInput{ParameterFilters: []types.ParameterStringFilter{f}})
			if got := code(err); got != test.code {
				t.Fatalf("error %q, want %q: %v", got, test.code, err)
			}
			if err != nil {
				return
			}
			var names []string
			for _, p := range out.Parameters {
				names = append(names, *p.Name)
			}
			if got := strings.Join(names, " "); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
	for _, in := range []*ssm.DescribeParametersInput{{MaxResults: aws.Int32(51)}, {NextToken: aws.String("!")}} {
		if _, err := client.DescribeParameters(t.Context(), in); err == nil {
			t.Errorf("%+v: no error", in)
		}
	}
}

func TestGetParameterHistory(t *testing.T) {
	stand, client := start(t, awsstand.Config{})
	stand.PutParameter("/p", "x")
	stand.Deny("/denied")
	for _, test := range []struct {
		name string
		in   ssm.GetParameterHistoryInput
		code string
	}{
		{"there", ssm.GetParameterHistoryInput{Name: aws.String("/p")}, ""},
		{"missing", ssm.GetParameterHistoryInput{Name: aws.String("/q")}, "ParameterNotFound"},
		{"with a selector", ssm.GetParameterHistoryInput{Name: aws.String("/p:1")}, "ValidationException"},
		{"of a bad name", ssm.GetParameterHistoryInput{Name: aws.String("//")}, "ValidationException"},
		{"denied", ssm.GetParameterHistoryInput{Name: aws.String("/denied/x")}, "AccessDeniedException"},
		{"too many at once", ssm.GetParameterHistoryInput{Name: aws.String("/p"), MaxResults: aws.Int32(51)}, "ValidationException"},
		{"a token of one's own", ssm.GetParameterHistoryInput{Name: aws.String("/p"), NextToken: aws.String("x")}, "InvalidNextToken"},
	} {
		if _, err := client.GetParameterHistory(t.Context(), &test.in); code(err) != test.code {
			t.Errorf("%s: %v, want %q", test.name, err, test.code)
		}
	}
}
