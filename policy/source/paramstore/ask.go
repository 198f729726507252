package paramstore

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// maxAnswer is the most that SSM has to say in one answer: 50 versions of an
// advanced parameter, with room for what JSON escapes.
const maxAnswer = 4 << 20

// ask calls an operation of SSM, and again as long as p has patience. Its errors
// are of the SDK's types: [smithy.APIError] where SSM refused.
func (c *client) ask(ctx context.Context, operation string, in, out any, p *patience) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		err := c.try(ctx, operation, body, out)
		if err == nil || !p.again(err) || !p.pause(ctx, attempt) {
			return err
		}
	}
}

// try asks once. It asks the transport and no http.Client, which would go where
// a redirect sends it: SSM does not redirect, and whoever does would be sent a
// signed request.
func (c *client) try(ctx context.Context, operation string, body []byte, out any) error {
	req, err := c.request(ctx, operation, body)
	if err != nil {
		return err
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return &smithyhttp.RequestSendError{Err: err}
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return &smithyhttp.RequestSendError{Err: err} // cut off
	case len(answer) > maxAnswer:
		return tooLong{}
	case resp.StatusCode != http.StatusOK:
		return c.refusal(resp, answer)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return answered(resp, err)
	}
	return nil
}

type tooLong struct{}

func (tooLong) Error() string        { return "an answer without end" }
func (tooLong) RetryableError() bool { return false }

// request returns a signed request in SSM's protocol, which is AWS JSON 1.1.
func (c *client) request(ctx context.Context, operation string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "identity") // else the transport asks for gzip
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("User-Agent", "lambdafence")
	req.Header.Set("X-Amz-Target", "AmazonSSM."+operation)
	if c.secrets == nil {
		return req, nil
	}
	credentials, err := c.secrets.Retrieve(ctx)
	if err != nil {
		return nil, &unidentified{err}
	}
	sum := sha256.Sum256(body)
	return req, c.signer.SignHTTP(ctx, credentials, req, hex.EncodeToString(sum[:]), "ssm", c.region, c.now())
}

// An unidentified error says why there are no credentials.
type unidentified struct{ error }

func (u *unidentified) Unwrap() error { return u.error }

// answered is an error in an answer.
func answered(resp *http.Response, err error) error {
	return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: resp}, Err: err}
}

// refusal returns the error that SSM answered with. An answer in which there is
// none is not SSM's: then the status is all that is known.
func (c *client) refusal(resp *http.Response, answer []byte) error {
	var said struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(answer, &said) // as far as it can be read
	code := cmp.Or(resp.Header.Get("X-Amzn-Errortype"), said.Type, said.Code)
	code, _, _ = strings.Cut(code, ":") // "com.amazon#Code:http://..."
	code = code[strings.LastIndexByte(code, '#')+1:]
	if code == "" {
		return answered(resp, fmt.Errorf("HTTP status %d", resp.StatusCode))
	}
	err := answered(resp, &smithy.GenericAPIError{Code: code, Message: said.Message})
	if c.setClock(code, resp.Header.Get("Date")) {
		return &wrongClock{err}
	}
	return err
}

// now is the time by SSM's clock.
func (c *client) now() time.Time { return time.Now().Add(time.Duration(c.skew.Load())) }

// maxSkew is how far the clocks may differ. SSM takes signatures of 5 minutes.
const maxSkew = 4 * time.Minute

// setClock reports whether a signature was refused because the clock is wrong,
// and goes by SSM's from now on.
func (c *client) setClock(code, date string) bool {
	switch code {
	case "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed", "AccessDeniedException", "AuthFailure":
	default:
		return false
	}
	theirs, err := http.ParseTime(date)
	if err != nil || theirs.Sub(c.now()).Abs() <= maxSkew {
		return false
	}
	c.skew.Store(int64(time.Until(theirs)))
	return true
}

// A wrongClock error is SSM's refusal of a signature that was made by a wrong
// clock. The next one is made by SSM's.
type wrongClock struct{ error }

func (w *wrongClock) Unwrap() error { return w.error }
