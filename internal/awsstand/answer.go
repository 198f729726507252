package awsstand

import (
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// A refusal is an error as AWS answers it.
type refusal struct {
	code, message string
	status        int    // of HTTP
	queryCode     string // what the error was called before a service moved from the query protocol to JSON
}

func refuse(code, format string, args ...any) *refusal {
	message := format
	if len(args) > 0 {
		message = fmt.Sprintf(format, args...)
	}
	return &refusal{code: code, message: message, status: http.StatusBadRequest}
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

func asRefusal(err error) *refusal {
	if r := (*refusal)(nil); errors.As(err, &r) {
		return r
	}
	return &refusal{code: "InternalFailure", message: err.Error(), status: http.StatusInternalServerError}
}

// write answers in the protocol of the call's service.
func (r *refusal) write(w http.ResponseWriter, c *call) {
	switch c.Service {
	case "s3":
		writeXML(w, c, r.status, struct {
			XMLName                            xml.Name `xml:"Error"`
			Code, Message, Resource, RequestId string
		}{Code: r.code, Message: r.message, Resource: c.http.URL.Path, RequestId: requestID()})
	case "sts":
		writeXML(w, c, r.status, struct {
			XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
			Type      string   `xml:"Error>Type"`
			Code      string   `xml:"Error>Code"`
			Message   string   `xml:"Error>Message"`
			RequestId string
		}{Type: "Sender", Code: r.code, Message: r.message, RequestId: requestID()})
	default:
		if r.queryCode != "" {
			w.Header().Set("X-Amzn-Query-Error", r.queryCode+";Sender")
		}
		body := map[string]string{"__type": r.code}
		if r.message != "" {
			body["message"] = r.message
		}
		sendJSON(w, "1.1", r.status, body)
	}
}

func writeJSON(w http.ResponseWriter, version string, operation func() (any, error)) error {
	out, err := operation()
	if err != nil {
		return err
	}
	sendJSON(w, version, http.StatusOK, out)
	return nil
}

func sendJSON(w http.ResponseWriter, version string, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"__type":"InternalFailure"}`)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-"+version)
	w.Header().Set("X-Amzn-RequestId", requestID())
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

func writeXML(w http.ResponseWriter, c *call, status int, body any) {
	text, err := xml.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	if c.http.Method == http.MethodHead {
		return
	}
	_, _ = io.WriteString(w, xml.Header)
	_, _ = w.Write(text)
}

func requestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// seconds is how the JSON protocols write a time.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
