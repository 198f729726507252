package review

import (
	"net/http"
	"slices"
	"strings"
)

var standardMethods = []string{
	http.MethodConnect, http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPatch, http.MethodPost, http.MethodPut, http.MethodTrace,
}

// methods finds methods in small letters. They are matched as they are sent, so that a
// deny rule for post lets every POST through.
func methods(r *Rule) []Finding {
	var fs []Finding
	for _, v := range r.Fields["methods"] {
		if name := strings.ToUpper(v.Text); name != v.Text && slices.Contains(standardMethods, name) {
			fs = append(fs, r.find("method", v, "methods: ["+name+"]", "methods are matched as they are sent: %q is not %s", v.Text, name))
		}
	}
	return fs
}
