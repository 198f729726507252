package paramstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"
	"github.com/lambdafence/lambdafence/internal/paramdoc"
)

// A failure is an error of SSM or of the way there in words of our own: others
// run over several lines, and may show URLs. They can still be had by errors.As.
type failure struct {
	text string
	err  error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.err }

// A call is what was asked of SSM when it failed.
type call struct {
	operation string
	name      paramdoc.Name
	resource  string // the end of the ARN that the permission is needed on
	region    string
	secrets   *secrets
	patience  *patience
}

// explain says what failed and what to do about it, in one line.
func explain(ctx context.Context, err error, c call) error {
	text := ""
	var api smithy.APIError
	switch {
	case c.patience.throttled:
		text = fmt.Sprintf("SSM throttled %s until the time ran out (%d tries): raise Parameter Store's throughput, or fall back to an embedded policy with source.First", c.operation, c.patience.tries)
	case ctx.Err() != nil:
		// The cause is joined, so that errors.Is finds it.
		return &failure{fmt.Sprintf("SSM in %s did not answer %s in time: %v", c.region, c.operation, context.Cause(ctx)), errors.Join(context.Cause(ctx), err)}
	case errors.As(err, new(*unidentified)):
		text = "no AWS credentials: give the function a role, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (" + c.secrets.reason(err) + ")"
	case errors.As(err, &api):
		text = c.refused(api)
	case statusOf(err) == 200:
		text = "SSM's answer cannot be read: is the endpoint right (AWS_ENDPOINT_URL)?"
	default:
		text = fmt.Sprintf("SSM in %s cannot be reached: %s; see VPC endpoint, security group, HTTPS_PROXY and AWS_ENDPOINT_URL", c.region, c.secrets.reason(err))
	}
	return &failure{text, err}
}

// refused explains an error that SSM answered with.
func (c call) refused(api smithy.APIError) string {
	code, said := api.ErrorCode(), c.secrets.said(api.ErrorMessage())
	switch code {
	case "ParameterNotFound":
		return fmt.Sprintf("parameter %s does not exist in %s: push the policy, or check name, region and account", c.name.Path, c.region)
	case "ParameterVersionNotFound":
		if c.name.Version() > 0 {
			return fmt.Sprintf("parameter %s in %s has no version or label %q: see its history", c.name.Path, c.region, c.name.Selector)
		}
		return fmt.Sprintf("parameter %s in %s has no version or label %q: push with this label, or load another", c.name.Path, c.region, c.name.Selector)
	case "AccessDeniedException", "AccessDenied":
		if lower := strings.ToLower(said); strings.Contains(lower, "kms:") || strings.Contains(lower, "ciphertext") {
			return fmt.Sprintf("%s is a SecureString that this role may not use: it needs kms:Decrypt (to push also kms:Encrypt) on the key; SSM said: %s", c.name.Path, said)
		}
		return fmt.Sprintf("this role may not read or write %s: it needs ssm:%s on arn:aws:ssm:%s:ACCOUNT:%s; SSM said: %s", c.name.Path, c.operation, c.region, c.resource, said)
	case "InvalidKeyId":
		return fmt.Sprintf("the KMS key of %s cannot be used: it is disabled, gone or not for this role (kms:Decrypt); SSM said: %s", c.name.Path, said)
	case "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "IncompleteSignature", "MissingAuthenticationToken":
		return fmt.Sprintf("SSM in %s refused the credentials (%s): %s", c.region, code, said)
	case "ParameterMaxVersionLimitExceeded":
		return fmt.Sprintf("%s has 100 versions and the oldest carries a label: move that label, then push again", c.name.Path)
	case "ParameterVersionLabelLimitExceeded":
		return fmt.Sprintf("version %s of %s has 10 labels, which is all that a version may have: move one of them away", c.name.Selector, c.name.Path)
	case "HierarchyTypeMismatchException":
		return fmt.Sprintf("%s or a part of it has another type, which Parameter Store does not change: push to a new name, or with the type that it has", c.name.Path)
	case "HierarchyLevelLimitExceededException":
		return fmt.Sprintf("%s lies too deep: Parameter Store takes 15 levels", c.name.Path)
	case "TooManyUpdates":
		return fmt.Sprintf("somebody else writes %s at this moment: look at its history, then push again", c.name.Path)
	}
	return fmt.Sprintf("SSM in %s refused %s of %s: %s: %s", c.region, c.operation, c.name.Path, c.secrets.said(code), said)
}

// refusedBySSM reports whether SSM said no: then nothing was done.
func refusedBySSM(err error) bool { return codeOf(err) != "" && statusOf(err)/100 == 4 }

// codeOf returns the code of an error that SSM answered with, or "".
func codeOf(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	return api.ErrorCode()
}
