package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// A traffic writes events, as a fence logs them.
type traffic struct {
	*rand.Rand
	w    *bufio.Writer
	time time.Time
}

// kinds of traffic, by name: what a fleet does, and what somebody logs who wants the
// memory of whoever reads it.
var kinds = map[string]func(*traffic){"fleet": (*traffic).fleet, "hostile": (*traffic).hostile}

// write writes n events of a kind: the same ones each time.
func write(w io.Writer, kind string, n int) error {
	t := &traffic{rand.New(rand.NewPCG(1, 2)), bufio.NewWriterSize(w, 1<<16), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	for range n {
		t.time = t.time.Add(time.Duration(t.IntN(100)) * time.Millisecond)
		kinds[kind](t)
	}
	return t.w.Flush()
}

// event writes the line of one. call are the keys of a call.
func (t *traffic) event(function, module, call string) {
	fmt.Fprintf(t.w, `{"time":"%s","level":"INFO","msg":"lambdafence","v":1,"outcome":"allowed","mode":"learn","decision":"deny","reason":"no allow rule matched","layer":0,"count":%d,`+
		`"policy":{"name":"fleet","version":"7","source":"ssm:/fence/fleet"},"call":{%s},"caller":{"module":"%s","version":"v1.4.2","package":"%s/client"},`+
		`"function":{"name":"%s","version":"12","request_id":"%s"},"trace_id":"%016x%016x","span_id":"%016x"}`+"\n",
		t.time.Format(time.RFC3339Nano), 1+t.IntN(3), call, module, module, function, t.uuid(), t.Uint64(), t.Uint64(), t.Uint64())
}

func (t *traffic) uuid() string {
	a, b := t.Uint64(), t.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0xfff, b&0xffffffffffff)
}

// fleet is a call of one of forty functions, which do much the same: ids in paths and
// keys, a table a day, a few hosts.
func (t *traffic) fleet() {
	service := t.IntN(40)
	function, module := fmt.Sprintf("orders-%02d", service), "github.com/acme/orders"
	switch t.IntN(8) {
	case 0:
		t.event(function, module, httpCall("POST", "api.payments.example", "/v1/charges"))
	case 1:
		t.event(function, module, httpCall("GET", "api.payments.example", "/v1/charges/ch_"+fmt.Sprintf("%010X", t.Uint64()&0xffffffffff)))
	case 2:
		t.event(function, "github.com/acme/push", httpCall("PUT", "push.devices.example", fmt.Sprintf("/v1/users/%d/devices/%016x", t.IntN(900_000), t.Uint64())))
	case 3:
		t.event(function, module, httpCall("GET", fmt.Sprintf("shard-%02d.vendor.example", t.IntN(24)), fmt.Sprintf("/v2/export/%d", t.IntN(1_000_000))))
	case 4:
		t.event(function, module, awsCall("DynamoDB", "PutItem", "write", "dynamodb", "arn:aws:dynamodb:eu-west-1:111122223333:table/events-"+t.time.Format(time.DateOnly)))
	case 5:
		t.event(function, module, awsCall("S3", "PutObject", "write", "invoices.s3", "arn:aws:s3:::invoices/"+t.time.Format("2006/01/02")+"/"+t.uuid()+".pdf"))
	case 6:
		t.event(function, module, awsCall("SQS", "SendMessage", "write", "sqs", fmt.Sprintf("arn:aws:sqs:eu-west-1:111122223333:shipped-%02d", service)))
	default:
		t.event(function, "github.com/jackc/pgx/v5", fmt.Sprintf(`"kind":"net","host":"orders-%02d.cluster-c1.eu-west-1.rds.amazonaws.com","port":5432,"network":"tcp"`, service))
	}
}

// hostile is never the same twice, in any part that can be told apart.
func (t *traffic) hostile() {
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('a' + t.IntN(26))
		}
		return string(b)
	}
	function, module := word(12), word(8)+".example/"+word(8)
	switch t.IntN(4) {
	case 0:
		t.event(function, module, httpCall(word(6), word(10)+".example", "/"+word(5)+"/"+word(200)+"/"+word(5)))
	case 1:
		t.event(function, module, httpCall("GET", "one.example", "/"+word(4)+"/"+word(4)+"/"+word(4)+"/"+word(4)+"/"+word(4)))
	case 2:
		t.event(function, module, awsCall(word(8), word(8), "write", word(8), "arn:aws:"+word(5)+":eu-west-1:111122223333:"+word(5)+"/"+word(300)))
	default:
		t.event(function, module, fmt.Sprintf(`"kind":"net","host":"%s","port":%d,"network":"tcp"`, word(10)+"."+word(10)+".example", t.IntN(1<<16)))
	}
}

func httpCall(method, host, path string) string {
	return `"kind":"http","scheme":"https","host":"` + host + `","port":443,"method":"` + method + `","path":"` + path + `","network":"tcp"`
}

func awsCall(service, operation, access, host, resource string) string {
	return `"kind":"aws","scheme":"https","host":"` + host + `.eu-west-1.amazonaws.com","port":443,"method":"POST","path":"/","network":"tcp","service":"` + service +
		`","operation":"` + operation + `","access":"` + access + `","resources":["` + resource + `"],"region":"eu-west-1","account":"111122223333","self":"111122223333"`
}
