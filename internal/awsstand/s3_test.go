package awsstand_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lambdafence/lambdafence/internal/awsstand"
)

func TestS3(t *testing.T) {
	const streaming = "X-Amz-Content-Sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\nX-Amz-Trailer: x-amz-checksum-crc32\nX-Amz-Decoded-Content-Length: 5"
	const hello = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n" // the CRC-32 of hello is 3610a686
	stand := awsstand.New(awsstand.Config{Buckets: []string{"b"}})
	for _, test := range []struct {
		name, method, target, header, body string
		status                             int
		want                               string
	}{
		{"put", "PUT", "/b/k", "X-Amz-Meta-A: x\nContent-Type: text/x", "hello", 200, ""},
		{"get", "GET", "/b/k?x-id=GetObject", "", "", 200, "hello"},
		{"part", "GET", "/b/k", "Range: bytes=1-2", "", 206, "el"},
		{"head", "HEAD", "/b/k", "", "", 200, ""},
		{"unchanged", "GET", "/b/k", `If-None-Match: "5d41402abc4b2a76b9719d911017c592"`, "", 304, ""},
		{"with its checksum", "PUT", "/b/k", "X-Amz-Checksum-Crc32: NhCmhg==", "hello", 200, ""},
		{"with another's", "PUT", "/b/k", "X-Amz-Checksum-Crc32: AAAAAA==", "hello", 400, "BadDigest"},
		{"with another's SHA-256", "PUT", "/b/k", "X-Amz-Checksum-Sha256: AAAAAA==", "hello", 400, "BadDigest"},
		{"chunked", "PUT", "/b/chunked", streaming, hello, 200, ""},
		{"chunked, signed", "PUT", "/b/chunked", strings.Replace(streaming, "UNSIGNED", "AWS4-HMAC-SHA256", 1),
			strings.Replace(hello, "\r\n", ";chunk-signature=0\r\n", 1), 200, ""},
		{"get what was chunked", "GET", "/b/chunked", "", "", 200, "hello"},
		{"trailer of another body", "PUT", "/b/bad", streaming, strings.Replace(hello, "hello", "hullo", 1), 400, "BadDigest"},
		{"no trailer", "PUT", "/b/bad", streaming, "5\r\nhello\r\n0\r\n\r\n", 400, "MalformedTrailerError"},
		{"no length", "PUT", "/b/bad", "X-Amz-Content-Sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER", hello, 411, "MissingContentLength"},
		{"another length", "PUT", "/b/bad", strings.Replace(streaming, ": 5", ": 6", 1), hello, 400, "IncompleteBody"},
		{"cut off in a chunk", "PUT", "/b/bad", streaming, "5\r\nhel", 400, "IncompleteBody"},
		{"cut off after a chunk", "PUT", "/b/bad", streaming, "5\r\nhello\r\n", 400, "IncompleteBody"},
		{"size that is none", "PUT", "/b/bad", streaming, "x\r\nhello\r\n", 400, "IncompleteBody"},
		{"size beyond all", "PUT", "/b/bad", streaming, "7fffffff\r\nhello\r\n", 400, "IncompleteBody"},
		{"nothing bad was stored", "GET", "/b/bad", "", "", 404, "NoSuchKey"},
		{"list", "GET", "/b?list-type=2&prefix=k", "", "", 200, "<KeyCount>1</KeyCount>"},
		{"list after", "GET", "/b?list-type=2&start-after=chunked&max-keys=1", "", "", 200, "<Key>k</Key>"},
		{"list in pages", "GET", "/b?list-type=2&max-keys=1", "", "", 200, "<IsTruncated>true</IsTruncated>"},
		{"list with a bad token", "GET", "/b?list-type=2&continuation-token=x", "", "", 400, "InvalidArgument"},
		{"list of no number", "GET", "/b?list-type=2&max-keys=x", "", "", 400, "InvalidArgument"},
		{"list, first version", "GET", "/b", "", "", 501, "NotImplemented"},
		{"a prefix without a list", "GET", "/b/k?prefix=x", "", "", 501, "NotImplemented"},
		{"list of a key", "GET", "/b/k?list-type=2", "", "", 501, "NotImplemented"},
		{"the ACL", "GET", "/b/k?acl", "", "", 501, "NotImplemented"},
		{"a copy", "PUT", "/b/copy", "X-Amz-Copy-Source: /b/k", "", 501, "NotImplemented"},
		{"all buckets", "GET", "/", "", "", 501, "NotImplemented"},
		{"no bucket", "GET", "/x/k", "", "", 404, "NoSuchBucket"},
		{"put into none", "PUT", "/x/k", "", "x", 404, "NoSuchBucket"},
		{"head of none", "HEAD", "/x", "", "", 404, ""},
		{"make one", "PUT", "/new", "", "", 200, ""},
		{"make it again", "PUT", "/new", "", "", 409, "BucketAlreadyOwnedByYou"},
		{"a bad name", "PUT", "/Big_Bucket", "", "", 400, "InvalidBucketName"},
		{"delete", "DELETE", "/b/k", "", "", 204, ""},
		{"delete again", "DELETE", "/b/k", "", "", 204, ""},
		{"gone", "GET", "/b/k", "", "", 404, "NoSuchKey"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), test.method, "http://s3.eu-west-1.amazonaws.com"+test.target, strings.NewReader(test.body))
			for line := range strings.SplitSeq(test.header, "\n") {
				if name, value, ok := strings.Cut(line, ": "); ok {
					r.Header.Set(name, value)
				}
			}
			w := httptest.NewRecorder()
			stand.ServeHTTP(w, r)
			body := w.Body.String()
			if w.Code != test.status || !strings.Contains(body, test.want) {
				t.Errorf("%d %s, want %d %s", w.Code, body, test.status, test.want)
			}
			if test.name == "get" && (w.Header().Get("X-Amz-Meta-A") != "x" || w.Header().Get("Content-Type") != "text/x") {
				t.Errorf("headers %v", w.Header())
			}
			if test.method == http.MethodHead && body != "" {
				t.Errorf("a HEAD was answered with %q", body)
			}
		})
	}
}

func TestSTS(t *testing.T) {
	stand := awsstand.New(awsstand.Config{Account: "210987654321"})
	if got, code := ask(t, stand, "sts", "", "Action=GetCallerIdentity&Version=2011-06-15"); code != "" || !strings.Contains(got, "<Account>210987654321</Account>") {
		t.Errorf("%q %s", code, got)
	}
	if got, code := ask(t, stand, "sts", "", "Action=AssumeRole"); code != "InvalidAction" || !strings.Contains(got, "<Code>InvalidAction</Code>") {
		t.Errorf("%q %s", code, got)
	}
}
