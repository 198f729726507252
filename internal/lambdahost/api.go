package lambdahost

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	headerRequestID = "Lambda-Runtime-Aws-Request-Id"
	headerDeadline  = "Lambda-Runtime-Deadline-Ms"
	headerARN       = "Lambda-Runtime-Invoked-Function-Arn"
	headerTrace     = "Lambda-Runtime-Trace-Id"
	headerErrorType = "Lambda-Runtime-Function-Error-Type" // a header of /error, a trailer of /response

	// maxBody is far above the 6 MB of a buffered response, for streamed ones, and still a bound.
	maxBody = 20 << 20
)

func (h *Host) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", h.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", h.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", h.failure)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", h.initError)
	mux.HandleFunc("POST /2020-01-01/extension/register", h.register)
	mux.HandleFunc("GET /2020-01-01/extension/event/next", h.nextEvent)
	return mux
}

// next is the long poll: it answers when there is an invocation, however long that takes.
func (h *Host) next(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	if h.asked.IsZero() {
		h.asked = time.Now()
	}
	h.mu.Unlock()
	select {
	case inv := <-h.queue:
		h.remember(inv)
		header := w.Header()
		header.Set(headerRequestID, inv.id)
		header.Set(headerDeadline, strconv.FormatInt(time.Now().Add(h.cfg.Timeout).UnixMilli(), 10))
		header.Set(headerARN, h.arn())
		header.Set(headerTrace, inv.trace)
		header.Set("Content-Type", "application/json")
		_, _ = w.Write(inv.payload)
	case <-r.Context().Done():
	case <-h.closed:
		refuse(w, http.StatusGone, "Closed", "the host is closed")
	}
}

func (h *Host) response(w http.ResponseWriter, r *http.Request) {
	inv, ok := h.take(r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "no such invocation, or it was answered")
		return
	}
	body, ok := readBody(w, r, inv)
	if !ok {
		return
	}
	res := &Result{
		RequestID:   inv.id,
		TraceHeader: inv.trace,
		Payload:     body,
		ContentType: r.Header.Get("Content-Type"),
		Trailer:     http.Header{},
	}
	for name, values := range r.Trailer { // announced ones without a value are there as nil
		if len(values) > 0 {
			res.Trailer[name] = values
		}
	}
	res.ErrorType = res.Trailer.Get(headerErrorType)
	res.Failed = res.ErrorType != ""
	inv.done <- outcome{result: res}
	accept(w)
}

func (h *Host) failure(w http.ResponseWriter, r *http.Request) {
	inv, ok := h.take(r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "no such invocation, or it was answered")
		return
	}
	body, ok := readBody(w, r, inv)
	if !ok {
		return
	}
	inv.done <- outcome{result: &Result{
		RequestID:   inv.id,
		TraceHeader: inv.trace,
		Payload:     body,
		ContentType: r.Header.Get("Content-Type"),
		Trailer:     http.Header{},
		Failed:      true,
		ErrorType:   errorType(r, body),
	}}
	accept(w)
}

func (h *Host) initError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidBody", err.Error())
		return
	}
	h.mu.Lock()
	h.initErr = fmt.Errorf("init failed: %s: %s", errorType(r, body), body)
	h.mu.Unlock()
	accept(w)
}

// readBody reads the answer to the end, which is when a streamed one is complete, and fails the invocation if it can't.
func readBody(w http.ResponseWriter, r *http.Request, inv *invocation) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		return body, true
	}
	inv.done <- outcome{err: fmt.Errorf("lambdahost: response cut short: %w", err)}
	status := http.StatusBadRequest
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		status = http.StatusRequestEntityTooLarge
	}
	refuse(w, status, "Function.ResponseSizeTooLarge", err.Error())
	return nil, false
}

// errorType is the header's, else the document's; aws-lambda-go writes only the document.
func errorType(r *http.Request, body []byte) string {
	if t := r.Header.Get(headerErrorType); t != "" {
		return t
	}
	var doc struct {
		ErrorType string `json:"errorType"`
	}
	_ = json.Unmarshal(body, &doc)
	return doc.ErrorType
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorType": kind, "errorMessage": message})
}
