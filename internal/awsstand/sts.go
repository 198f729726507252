package awsstand

import (
	"encoding/xml"
	"net/http"
)

// sts answers in the query protocol: a form in, XML out.
func (s *Stand) sts(w http.ResponseWriter, c *call) error {
	if c.Operation != "GetCallerIdentity" {
		return refuse("InvalidAction", "this stand-in has no operation %q of STS", c.Operation)
	}
	writeXML(w, c, http.StatusOK, struct {
		XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
		Arn       string   `xml:"GetCallerIdentityResult>Arn"`
		UserId    string   `xml:"GetCallerIdentityResult>UserId"`
		Account   string   `xml:"GetCallerIdentityResult>Account"`
		RequestId string   `xml:"ResponseMetadata>RequestId"`
	}{
		Arn:       "arn:aws:sts::" + s.cfg.Account + ":assumed-role/stand/stand",
		UserId:    "AROASTAND:stand",
		Account:   s.cfg.Account,
		RequestId: requestID(),
	})
	return nil
}
