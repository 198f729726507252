package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/lambdafence/lambdafence/internal/awskey"
	"github.com/lambdafence/lambdafence/internal/awsstand"
)

const (
	region  = "eu-west-1" // that lambdahost gives to its functions
	account = "123456789012"

	ordersTable  = "orders-table"
	shippedQueue = "orders-shipped"
	labelsBucket = "orders-labels-" + account
	usageBucket  = "shipkit-usage-eu" // shipkit's own

	awsDomain  = "." + region + ".amazonaws.com"
	labelsHome = labelsBucket + ".s3" + awsDomain
	usageHome  = usageBucket + ".s3" + awsDomain
)

// A cloud is AWS as far as the demo needs it: the project's own stand-in behind AWS's own host names.
type cloud struct {
	*awsstand.Stand
	server *http.Server
}

func newCloud(ca *ca) (*cloud, error) {
	c := &cloud{Stand: awsstand.New(awsstand.Config{
		Region:            region,
		Account:           account,
		RequestsPerSecond: 40, // as Parameter Store's
		Buckets:           []string{labelsBucket, usageBucket},
		Queues:            []string{shippedQueue},
		Tables:            map[string][]string{ordersTable: {"order_id"}},
	})}
	var err error
	c.server, err = serve(ca, c, c.names()...)
	return c, err
}

func (c *cloud) names() []string {
	return []string{"ssm" + awsDomain, "dynamodb" + awsDomain, "sqs" + awsDomain, labelsHome, usageHome}
}

// granted counts the requests for an operation on a resource, or beneath it, that were not refused.
func (c *cloud) granted(operation, resource string) int {
	n := 0
	for _, r := range c.Requests() {
		if r.Operation == operation && r.Code == "" && strings.HasPrefix(r.Resource, resource) {
			n++
		}
	}
	return n
}

// keyID is one that AWS never gave out. Its form says that it is the account's, which is what the fence reads in it.
func keyID() string { return awskey.ID(account) }

// credentials of the function, as Lambda puts them into its environment.
func credentials() []string {
	return []string{"AWS_ACCESS_KEY_ID=" + keyID(), "AWS_SECRET_ACCESS_KEY=demo", "AWS_SESSION_TOKEN=demo"}
}

// environ is what a program needs to reach all this as if it were the real thing.
func (w *world) environ(home string) []string {
	return append(credentials(),
		"HTTPS_PROXY=http://"+w.proxyAddr(),
		"SSL_CERT_FILE="+w.caFile,
		"HOME="+home, // without the developer's ~/.aws
	)
}

// fetch reads an object over the network, as the owner of its bucket might.
func (w *world) fetch(ctx context.Context, bucketHome, key string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+bucketHome+"/"+key, nil)
	if err != nil {
		return "", err
	}
	res, err := w.client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s/%s: %s", bucketHome, key, res.Status)
	}
	return string(body), err
}
