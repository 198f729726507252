package awsstand

import (
	"bufio"
	"bytes"
	"crypto/sha1" // of the checksums that a client may choose
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// payload is what a PutObject stores, and the checksums of it that the client sent, each of them verified: as headers,
// or as trailers of a body in aws-chunked encoding, which the SDK uses where it cannot or need not read the body twice.
func payload(c *call) (data []byte, checksums http.Header, err error) {
	data, checksums = c.body, http.Header{}
	trailers := http.Header{}
	if strings.HasPrefix(c.http.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		if data, trailers, err = unchunk(c.body); err != nil {
			return nil, nil, refuse("IncompleteBody", "The body is not in aws-chunked encoding: %v", err)
		}
		want := c.http.Header.Get("X-Amz-Decoded-Content-Length")
		if want == "" {
			return nil, nil, withStatus(http.StatusLengthRequired, refuse("MissingContentLength", "You must provide the Content-Length HTTP header."))
		}
		if want != strconv.Itoa(len(data)) {
			return nil, nil, refuse("IncompleteBody", "the body has %d bytes, and X-Amz-Decoded-Content-Length says %s", len(data), want)
		}
		if name := c.http.Header.Get("X-Amz-Trailer"); name != "" && trailers.Get(name) == "" {
			return nil, nil, refuse("MalformedTrailerError", "the trailer %s did not come", name)
		}
	}
	for _, from := range []http.Header{c.http.Header, trailers} {
		for name := range from {
			algorithm, ok := strings.CutPrefix(name, "X-Amz-Checksum-")
			sum := newChecksum(algorithm)
			if !ok || sum == nil {
				continue
			}
			sum.Write(data)
			if base64.StdEncoding.EncodeToString(sum.Sum(nil)) != from.Get(name) {
				return nil, nil, refuse("BadDigest", "The %s you specified did not match the calculated checksum.", algorithm)
			}
			checksums.Set(name, from.Get(name))
		}
	}
	return data, checksums, nil
}

// newChecksum returns nil for what names no checksum of S3, such as the algorithm header itself.
func newChecksum(algorithm string) hash.Hash {
	switch strings.ToLower(algorithm) {
	case "crc32":
		return crc32.NewIEEE()
	case "crc32c":
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case "crc64nvme":
		return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5))
	case "sha1":
		return sha1.New()
	case "sha256":
		return sha256.New()
	}
	return nil
}

// unchunk takes aws-chunked encoding apart: chunks with their size in hex, an empty one, trailers. The signatures of the
// chunks are not verified.
func unchunk(body []byte) (data []byte, trailers http.Header, err error) {
	r := bufio.NewReader(bytes.NewReader(body))
	trailers = http.Header{}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, nil, io.ErrUnexpectedEOF
		}
		head, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		size, err := strconv.ParseUint(head, 16, 31)
		if err != nil || size > uint64(len(body)) {
			return nil, nil, strconv.ErrSyntax
		}
		if size == 0 {
			break
		}
		chunk := make([]byte, size+2)
		if _, err := io.ReadFull(r, chunk); err != nil || string(chunk[size:]) != "\r\n" {
			return nil, nil, io.ErrUnexpectedEOF
		}
		data = append(data, chunk[:size]...)
	}
	for {
		line, err := r.ReadString('\n')
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if ok {
			trailers.Set(name, strings.TrimSpace(value))
		}
		if err != nil {
			return data, trailers, nil
		}
	}
}
