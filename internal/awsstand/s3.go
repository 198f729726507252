package awsstand

import (
	"bytes"
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// objects is S3's.
type objects struct {
	room *room

	mu      sync.Mutex
	buckets map[string]map[string]*object
}

type object struct {
	data   []byte
	etag   string
	header http.Header // its content type, metadata and checksums
	at     time.Time
}

func (s *objects) init(cfg Config, r *room) {
	s.room = r
	s.buckets = make(map[string]map[string]*object)
	for _, name := range cfg.Buckets {
		s.buckets[name] = make(map[string]*object)
	}
}

// operationOfS3 tells from method, path and query what is asked for; empty: something that the stand does not know.
func operationOfS3(c *call) string {
	query := c.http.URL.Query()
	list := query.Get("list-type") == "2"
	for name := range query {
		switch name {
		case "x-id":
		case "list-type", "prefix", "max-keys", "start-after", "continuation-token":
			if !list {
				return ""
			}
		default:
			if !strings.HasPrefix(name, "X-Amz-") { // of presigning
				return ""
			}
		}
	}
	switch {
	case c.bucket == "" || list && (c.key != "" || c.http.Method != http.MethodGet):
		return ""
	case list:
		return "ListObjectsV2"
	case c.key == "":
		return map[string]string{"PUT": "CreateBucket", "HEAD": "HeadBucket"}[c.http.Method]
	case c.http.Header.Get("X-Amz-Copy-Source") != "":
		return ""
	}
	return map[string]string{"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}[c.http.Method]
}

func (s *objects) do(w http.ResponseWriter, c *call) error {
	switch c.Operation {
	case "":
		return withStatus(http.StatusNotImplemented, refuse("NotImplemented", "this stand-in has no such operation of S3"))
	case "GetObject", "HeadObject":
		return s.getObject(w, c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	bucket, exists := s.buckets[c.bucket]
	if c.Operation == "CreateBucket" {
		return s.createBucket(w, c, exists)
	}
	if !exists {
		return noBucket()
	}
	switch c.Operation {
	case "HeadBucket":
		return nil
	case "ListObjectsV2":
		return list(w, c, bucket)
	case "PutObject":
		return s.putObject(w, c, bucket)
	case "DeleteObject":
		if old, ok := bucket[c.key]; ok {
			s.room.give(old.size())
			delete(bucket, c.key)
		}
		w.WriteHeader(http.StatusNoContent)
	}
	return nil
}

func noBucket() error {
	return withStatus(http.StatusNotFound, refuse("NoSuchBucket", "The specified bucket does not exist"))
}

func withStatus(status int, r *refusal) error {
	r.status = status
	return r
}

func (s *objects) createBucket(w http.ResponseWriter, c *call, exists bool) error {
	if exists {
		return withStatus(http.StatusConflict, refuse("BucketAlreadyOwnedByYou", "the bucket is there and yours"))
	}
	if len(c.bucket) < 3 || len(c.bucket) > 63 || c.bucket != strings.ToLower(c.bucket) || !only(c.bucket, ".-") {
		return refuse("InvalidBucketName", "The specified bucket is not valid.")
	}
	if !s.room.take(1000) {
		return refuse("TooManyBuckets", "this stand-in is full")
	}
	s.buckets[c.bucket] = make(map[string]*object)
	w.Header().Set("Location", "/"+c.bucket)
	return nil
}

func (o *object) size() int { return len(o.data) + 500 }

func (s *objects) putObject(w http.ResponseWriter, c *call, bucket map[string]*object) error {
	data, checksum, err := payload(c)
	if err != nil {
		return err
	}
	o := &object{data: data, etag: `"` + hexMD5(data) + `"`, header: http.Header{}, at: time.Now()}
	for name, values := range c.http.Header {
		if name == "Content-Type" || strings.HasPrefix(name, "X-Amz-Meta-") {
			o.header[name] = slices.Clone(values)
		}
	}
	maps.Copy(o.header, checksum)
	if !s.room.take(o.size()) {
		return refuse("EntityTooLarge", "this stand-in is full")
	}
	if old, ok := bucket[c.key]; ok {
		s.room.give(old.size())
	}
	bucket[c.key] = o
	maps.Copy(w.Header(), checksum)
	w.Header().Set("ETag", o.etag)
	return nil
}

// getObject serves a GetObject or a HeadObject, with the ranges and conditions of HTTP. It holds the lock only to look the
// object up, which never changes: a client that is slow to read holds up nobody.
func (s *objects) getObject(w http.ResponseWriter, c *call) error {
	s.mu.Lock()
	bucket, exists := s.buckets[c.bucket]
	o, ok := bucket[c.key]
	s.mu.Unlock()
	if !exists {
		return noBucket()
	}
	if !ok {
		return withStatus(http.StatusNotFound, refuse("NoSuchKey", "The specified key does not exist."))
	}
	for name, values := range o.header {
		if !strings.HasPrefix(name, "X-Amz-Checksum-") || c.http.Header.Get("Range") == "" && c.http.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" {
			w.Header()[name] = values
		}
	}
	w.Header().Set("ETag", o.etag)
	http.ServeContent(w, c.http, "", o.at, bytes.NewReader(o.data))
	return nil
}

type listing struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name, Prefix          string
	KeyCount, MaxKeys     int
	IsTruncated           bool
	NextContinuationToken string `xml:",omitempty"`
	Contents              []listed
}

type listed struct {
	Key, LastModified, ETag string
	Size                    int
	StorageClass            string
}

func list(w http.ResponseWriter, c *call, bucket map[string]*object) error {
	query := c.http.URL.Query()
	after := query.Get("start-after")
	if token := query.Get("continuation-token"); token != "" {
		var err error
		if after, err = openToken(token); err != nil {
			return refuse("InvalidArgument", "The continuation token provided is incorrect")
		}
	}
	out := listing{Name: c.bucket, Prefix: query.Get("prefix"), MaxKeys: 1000}
	if text := query.Get("max-keys"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return refuse("InvalidArgument", "max-keys is no number of keys")
		}
		out.MaxKeys = min(n, out.MaxKeys)
	}
	for _, key := range slices.Sorted(maps.Keys(bucket)) {
		if key <= after || !strings.HasPrefix(key, out.Prefix) {
			continue
		}
		if len(out.Contents) == out.MaxKeys {
			out.IsTruncated = true
			break
		}
		o := bucket[key]
		out.Contents = append(out.Contents, listed{key, o.at.UTC().Format("2006-01-02T15:04:05.000Z"), o.etag, len(o.data), "STANDARD"})
	}
	out.KeyCount = len(out.Contents)
	if out.IsTruncated && out.KeyCount > 0 {
		out.NextContinuationToken = newToken(out.Contents[out.KeyCount-1].Key)
	}
	writeXML(w, c, http.StatusOK, out)
	return nil
}
