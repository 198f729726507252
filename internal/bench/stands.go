package main

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/internal/awsstand"
	"github.com/lambdafence/lambdafence/internal/bench/engines"
	"github.com/lambdafence/lambdafence/internal/paramdoc"
)

const parameter = "/fence/orders"

// stands are what the functions ask for their policy.
type stands struct {
	secure, plain, extension *httptest.Server
	certificates             string
}

func newStands(dir string) (*stands, error) {
	doc := engines.Document(engines.Rules(100))
	packed, err := paramdoc.Pack(doc, paramdoc.Standard) // as lambdafence push would store it
	if err != nil {
		return nil, err
	}
	ssm := awsstand.New(awsstand.Config{Remember: -1})
	ssm.PutParameter(parameter, packed.Value)
	s := &stands{
		secure: httptest.NewUnstartedServer(ssm),
		plain:  httptest.NewServer(ssm),
		extension: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = json.NewEncoder(w).Encode(map[string]any{"Parameter": map[string]any{"Name": r.FormValue("name"), "Value": packed.Value, "Version": 1}})
		})),
		certificates: filepath.Join(dir, "certificates.pem"),
	}
	s.secure.Config.ErrorLog = log.New(io.Discard, "", 0) // the client says it
	s.secure.StartTLS()
	// With those of the system, some 150, as a process in Lambda reads them; read once.
	all, _ := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.secure.Certificate().Raw})
	return s, os.WriteFile(s.certificates, append(all, own...), 0o600)
}

func (s *stands) close() {
	s.secure.Close()
	s.plain.Close()
	s.extension.Close()
}

func credentialsEnv() []string {
	return []string{"AWS_ACCESS_KEY_ID=" + awskey.ID(ownAccount), "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token"}
}

func (s *stands) ssmEnv(tls bool) []string {
	endpoint := s.plain.URL
	if tls {
		endpoint = s.secure.URL
	}
	return append(credentialsEnv(), "AWS_ENDPOINT_URL="+endpoint, "SSL_CERT_FILE="+s.certificates, "SSL_CERT_DIR="+filepath.Dir(s.certificates)+"/none", "LAMBDAFENCE_POLICY=ssm:"+parameter)
}

func (s *stands) extensionEnv() []string {
	u, err := url.Parse(s.extension.URL)
	if err != nil {
		return nil // a test server's own URL
	}
	return append(credentialsEnv(), "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT="+u.Port(), "LAMBDAFENCE_POLICY=extension:"+parameter)
}
