package cloudwatch

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/aws/smithy-go"
)

// isRefusal reports whether Insights cannot be asked at all, so that another way is
// worth trying: it is not allowed, it does not take the query, or what answers in
// its place does not group.
func isRefusal(err error) bool {
	return errors.Is(err, errUngrouped) || is(err, "AccessDeniedException", "MalformedQueryException", "InvalidParameterException", "InvalidOperationException", "UnknownOperationException")
}

// isBeyond reports whether Insights refuses a window because the logs do not go so
// far back: "Query's end date and time is either before the log groups creation time or
// exceeds the log groups log retention settings".
func isBeyond(err error) bool {
	return is(err, "MalformedQueryException") && strings.Contains(err.Error(), "retention settings")
}

// is reports whether AWS answered with one of these codes.
func is(err error, codes ...string) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	for _, code := range codes {
		if strings.EqualFold(api.ErrorCode(), code) {
			return true
		}
	}
	return false
}

// cause is what AWS says, without what the SDK puts around it.
func cause(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		return fmt.Errorf("%s: %s", api.ErrorCode(), api.ErrorMessage())
	}
	return err
}

// An Error is one of AWS, in words that a terminal can be trusted with.
type Error struct {
	text string
	err  error
}

func (e *Error) Error() string { return e.text }

func (e *Error) Unwrap() error { return e.err }

// explain says of an error where it came from and, if it is a matter of
// permissions, which are needed.
func explain(where string, err error) error {
	if err == nil {
		return nil
	}
	text := where + ": " + err.Error()
	switch {
	case is(err, "AccessDeniedException"):
		text = fmt.Sprintf("%s: %s; reading needs logs:StartQuery on the log group, logs:GetQueryResults and logs:StopQuery, or logs:FilterLogEvents on the log group",
			where, cause(err))
	case is(err, "ResourceNotFoundException"):
		text = fmt.Sprintf("%s: %s; is it in this account and region?", where, strings.TrimSuffix(cause(err).Error(), "."))
	}
	return &Error{plain(text), err}
}

// plain makes of a text from elsewhere one that does nothing to a terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}
