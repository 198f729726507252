package lambdahost

import (
	"encoding/json"
	"io"
	"net/http"
)

// register is there for the runtime's own SIGTERM option: aws-lambda-go registers an extension that listens for nothing,
// because Lambda sends SIGTERM only to a sandbox that has one.
func (h *Host) register(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Events []string `json:"events"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&req); err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	if len(req.Events) > 0 {
		refuse(w, http.StatusForbidden, "NotSupported", "this host sends no extension events")
		return
	}
	h.mu.Lock()
	h.sigterm = true
	h.mu.Unlock()
	w.Header().Set("Lambda-Extension-Identifier", newUUID())
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{
		"functionName":    h.cfg.Function,
		"functionVersion": functionVersion,
		"handler":         "bootstrap",
	})
}

// nextEvent never has an event to tell; like Lambda's it blocks until the sandbox ends.
func (h *Host) nextEvent(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Lambda-Extension-Identifier") == "" {
		refuse(w, http.StatusForbidden, "MissingHeader", "Lambda-Extension-Identifier is missing")
		return
	}
	select {
	case <-r.Context().Done():
	case <-h.closed:
	}
}
