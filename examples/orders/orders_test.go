package main

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lambdafence/lambdafence/examples/orders/shipkit"
	"github.com/lambdafence/lambdafence/wrapper"
	"github.com/lambdafence/lambdafence/wrapper/wrappertest"
)

const (
	order = `{"order_id":"1001","amount":4200,"currency":"EUR","card_token":"tok_visa",
		"address":{"name":"A. Reader","street":"1 Quay","city":"Cork","postcode":"T12","country":"IE"}}`
	receipt = `{"order_id":"1001","charge_id":"ch_1","tracking":"SK-1"}`

	queueURL = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders-shipped"

	charging  = "POST https://api.payments.example/v1/charges"
	labelling = "POST https://api.shipkit.example/v2/labels"
	beacon    = "POST https://collect.shipkit-metrics.example/v1/beacon"
	putItem   = "DynamoDB:PutItem arn:aws:dynamodb:eu-west-1:123456789012:table/orders-table"
	getItem   = "DynamoDB:GetItem arn:aws:dynamodb:eu-west-1:123456789012:table/orders-table"
	archiving = "S3:PutObject arn:aws:s3:::" + labelsBucket + "/labels/1001.pdf"
	copying   = "S3:PutObject arn:aws:s3:::" + usageBucket + "/2.4.1/1001.json"
	telling   = "SQS:SendMessage arn:aws:sqs:eu-west-1:123456789012:orders-shipped"
)

// A fencedShop is the handler behind policy.yaml, with stand-ins for all that it reaches.
type fencedShop struct {
	*wrappertest.Fence
	*stands
	cfg  aws.Config
	shop *shop
}

func behindFence(t *testing.T, mode string) *fencedShop {
	t.Helper()
	doc, err := os.ReadFile("policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("ORDERS_TABLE", "orders-table")
	t.Setenv("LABELS_BUCKET", labelsBucket)
	t.Setenv("SHIPPED_QUEUE_URL", queueURL)
	f := &fencedShop{
		Fence:  wrappertest.New(t, strings.Replace(string(doc), "\nmode: report\n", "\nmode: "+mode+"\n", 1)),
		stands: newStands(t),
		cfg: aws.Config{
			Region: "eu-west-1", // wrappertest signs as its Account, 123456789012, which is the function's own
		},
	}
	f.Serve(f.hosts())
	f.AWS(&f.cfg)
	f.shop = newShop(f.cfg, shipkit.New("key"))
	return f
}

// invoke calls the handler as Lambda does.
func (f *fencedShop) invoke(t *testing.T, event string) (answer string, err error) {
	t.Helper()
	out, err := f.Wrap(f.shop.handle).Invoke(t.Context(), []byte(event))
	return string(out), err
}

func TestOrderBehindThePolicy(t *testing.T) {
	t.Run("enforce: the order goes on without the beacon and the copy", func(t *testing.T) {
		f := behindFence(t, "enforce")
		answer, err := f.invoke(t, order)
		if err != nil || answer != receipt {
			t.Errorf("answer %s, error %v", answer, err)
		}
		f.WantAllowed(putItem, charging, labelling, archiving, telling)
		f.WantBlocked(beacon, copying)
		if want := []string{labelsBucket + "/labels/1001.pdf"}; !slices.Equal(f.stored(), want) || f.beacons != 0 {
			t.Errorf("stored %v, want %v; %d beacons", f.stored(), want, f.beacons)
		}
		if !slices.Equal(f.messages, []string{receipt}) {
			t.Errorf("messages %v", f.messages)
		}
	})
	t.Run("report: both leave and are told", func(t *testing.T) {
		f := behindFence(t, "report")
		answer, err := f.invoke(t, order)
		if err != nil || answer != receipt || f.beacons != 1 {
			t.Errorf("answer %s, error %v, %d beacons", answer, err, f.beacons)
		}
		if stolen := f.objects[usageBucket+"/2.4.1/1001.json"]; !strings.Contains(stolen, "A. Reader") {
			t.Errorf("in shipkit's bucket: %q", stolen)
		}
		f.WantReported(beacon, copying)
		f.WantBlocked()
	})
}

// What a library could try with the configuration that it was given.
func TestPolicyHoldsForOtherClientsOfTheConfig(t *testing.T) {
	f := behindFence(t, "enforce")
	if _, err := f.invoke(t, order); err != nil { // the fence knows its account from here on
		t.Fatal(err)
	}
	put := func(bucket, key string, opts ...func(*s3.Options)) error {
		_, err := s3.NewFromConfig(f.cfg, opts...).PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key})
		return err
	}
	if err := put(labelsBucket, "labels/2.pdf"); err != nil {
		t.Errorf("a label: %v", err)
	}
	unguarded := func(o *s3.Options) { o.APIOptions = nil }
	_, scan := dynamodb.NewFromConfig(f.cfg).Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("orders-table")})
	for name, err := range map[string]error{
		"another key of the bucket":                put(labelsBucket, "invoices/1.pdf"),
		"a bucket whose name begins alike":         put(labelsBucket+"-eu", "labels/1.pdf"),
		"shipkit's bucket, signed by the function": put(usageBucket, "1"),
		"a client without the guard's options":     put(usageBucket, "2", unguarded),
		"a scan of the table":                      scan,
	} {
		if !errors.Is(err, wrapper.ErrBlocked) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if want := []string{labelsBucket + "/labels/1001.pdf", labelsBucket + "/labels/2.pdf"}; !slices.Equal(f.stored(), want) {
		t.Errorf("stored %v, want %v", f.stored(), want)
	}
}

func TestOrderThatComesTwice(t *testing.T) {
	t.Run("shipped: the receipt, and nothing else happens", func(t *testing.T) {
		f := behindFence(t, "enforce")
		for range 2 {
			f.Reset()
			if answer, err := f.invoke(t, order); err != nil || answer != receipt {
				t.Errorf("answer %s, error %v", answer, err)
			}
		}
		f.WantAllowed(putItem, getItem)
		if f.labels != 1 || len(f.messages) != 1 {
			t.Errorf("%d labels, %d messages", f.labels, len(f.messages))
		}
	})
	t.Run("failed half way: it goes on", func(t *testing.T) {
		f := behindFence(t, "enforce")
		f.fail[sqsHost] = true
		if answer, err := f.invoke(t, order); err == nil {
			t.Errorf("answer %s without the queue", answer)
		}
		f.fail[sqsHost] = false
		if answer, err := f.invoke(t, order); err != nil || answer != receipt || len(f.messages) != 1 {
			t.Errorf("answer %s, error %v, %d messages", answer, err, len(f.messages))
		}
	})
}

func TestFailureIsNamed(t *testing.T) {
	for host, want := range map[string]string{
		dynamodbHost:                "take",
		"api.payments.example":      "charge",
		"api.shipkit.example":       "charged as ch_1: shipkit",
		labelsBucket + bucketDomain: "charged as ch_1: shipkit: archive",
		sqsHost:                     "shipped",
	} {
		f := behindFence(t, "enforce")
		f.fail[host] = true
		answer, err := f.invoke(t, order)
		if err == nil || !strings.Contains(err.Error(), `order "1001": `+want) {
			t.Errorf("%s: answer %s, error %v, want %q", host, answer, err, want)
		}
	}
}

func TestOrderThatIsRefusedMakesNoCall(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"no id":                         func(o map[string]any) { delete(o, "order_id") },
		"an id that climbs out of keys": func(o map[string]any) { o["order_id"] = "../1" },
		"a negative amount":             func(o map[string]any) { o["amount"] = -1 },
		"no card":                       func(o map[string]any) { o["card_token"] = "" },
		"nowhere to ship to":            func(o map[string]any) { delete(o, "address") },
	} {
		t.Run(name, func(t *testing.T) {
			var o map[string]any
			if err := json.Unmarshal([]byte(order), &o); err != nil {
				t.Fatal(err)
			}
			change(o)
			event, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			f := behindFence(t, "enforce")
			answer, err := f.invoke(t, string(event))
			if err == nil || len(f.Events()) > 0 {
				t.Errorf("answer %s, error %v, events %v", answer, err, f.Events())
			}
		})
	}
}
