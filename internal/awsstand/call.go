package awsstand

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// A call is a request, read whole, with what the services need to know of it.
type call struct {
	Request
	http        *http.Request
	body        []byte
	form        url.Values // of the query protocol
	bucket, key string     // of S3
}

// read says what the request asks for. The call is never nil, also beside an error.
func (s *Stand) read(w http.ResponseWriter, r *http.Request) (*call, error) {
	c := &call{http: r}
	c.Host = r.Host
	signer, scope := credential(r)
	c.AccessKeyID = signer

	prefix, known := "", false
	if c.Service, prefix, known = serviceOfHost(r.Host); !known {
		c.Service = scope
	}
	if c.Service == "" {
		return c, refuse("MissingAuthenticationTokenException", "the host is none of AWS's, and the request is not signed: which service?")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return c, refuse("RequestEntityTooLarge", "the body could not be read: %v", err)
	}
	c.body = body

	switch c.Service {
	case "s3":
		c.bucket, c.key = bucketAndKey(r.URL.Path, prefix)
		c.Operation, c.Resource = operationOfS3(c), strings.TrimSuffix(c.bucket+"/"+c.key, "/")
	case "sts":
		c.form, err = url.ParseQuery(string(body))
		if err != nil {
			return c, refuse("MalformedQueryString", "the body is no form")
		}
		c.Operation = c.form.Get("Action")
	default:
		_, c.Operation, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		c.Resource = resource(body)
	}
	return c, nil
}

// serviceOfHost reads a host of AWS's; prefix is what stands before an S3 host, the bucket. known is false for others.
func serviceOfHost(host string) (service, prefix string, known bool) {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host, known = strings.CutSuffix(strings.ToLower(host), ".amazonaws.com")
	if !known {
		return "", "", false
	}
	labels := strings.Split(host, ".")
	for i, label := range labels { // a bucket's name may have dots, and may be that of a service: the last one counts
		rest := labels[i+1:]
		if label == "s3" && (len(rest) == 0 || len(rest) == 1 || len(rest) == 2 && rest[0] == "dualstack") {
			service, prefix = "s3", strings.Join(labels[:i], ".")
		}
	}
	switch {
	case service != "":
	case len(labels) == 3 && labels[1] == "ddb": // <account>.ddb.<region>
		service = "dynamodb"
	case len(labels) <= 2: // <service>.<region>, or sts alone
		service = labels[0]
	default:
		service = host
	}
	return service, prefix, true
}

// bucketAndKey splits a path where no host names the bucket.
func bucketAndKey(path, fromHost string) (bucket, key string) {
	path = strings.TrimPrefix(path, "/")
	if fromHost != "" {
		return fromHost, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// credential reads who says to have signed and for which service: from the header, or from a presigned URL's query.
func credential(r *http.Request) (accessKeyID, service string) {
	_, after, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	scope, _, _ := strings.Cut(after, ",")
	if scope == "" {
		scope = r.URL.Query().Get("X-Amz-Credential")
	}
	parts := strings.Split(scope, "/") // id, date, region, service, aws4_request
	if len(parts) != 5 {
		return parts[0], ""
	}
	return parts[0], parts[3]
}

// resource finds what the input of a JSON protocol names.
func resource(body []byte) string {
	var in struct {
		Name, Path, TableName, QueueUrl, QueueName, SecretId string
		LogGroupName, LogGroupIdentifier                     string
		Names, LogGroupNames, LogGroupIdentifiers            []string
	}
	_ = json.Unmarshal(body, &in) // what is no JSON is refused by the service
	for _, names := range [][]string{in.Names, in.LogGroupNames, in.LogGroupIdentifiers} {
		if len(names) > 0 {
			return names[0]
		}
	}
	for _, name := range []string{in.Name, in.Path, in.TableName, queueName(in.QueueUrl), in.QueueName, in.SecretId, in.LogGroupName, in.LogGroupIdentifier} {
		if name != "" {
			return name
		}
	}
	return ""
}

// do decodes the call's JSON for one operation. A member that the operation does not know is refused: to ignore it would
// be to claim that it was honoured.
func do[In, Out any](c *call, operation func(In) (Out, error)) (any, error) {
	var in In
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		return nil, refuse("SerializationException", "this stand-in cannot read the input of %s: %v", c.Operation, err)
	}
	return operation(in)
}
