package awsstand

import (
	"crypto/md5" // what SQS answers
	"encoding/binary"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// queues is SQS's.
type queues struct {
	region, account string
	room            *room

	mu     sync.Mutex
	queues map[string][]*message
}

type message struct {
	id, body, handle string
	attributes       map[string]messageAttribute
	sent, visible    time.Time
	received         int
}

type messageAttribute struct {
	DataType    string
	StringValue *string `json:",omitempty"`
	BinaryValue []byte  `json:",omitempty"`
}

const maxMessage = 1 << 20

func (s *queues) init(cfg Config, r *room) {
	s.region, s.account, s.room = cfg.Region, cfg.Account, r
	s.queues = make(map[string][]*message)
	for _, name := range cfg.Queues {
		s.queues[name] = nil
	}
}

func (s *queues) do(c *call) (any, error) {
	switch c.Operation {
	case "CreateQueue":
		return do(c, s.createQueue)
	case "GetQueueUrl":
		return do(c, s.getQueueURL)
	case "SendMessage":
		return do(c, s.sendMessage)
	case "DeleteMessage":
		return do(c, s.deleteMessage)
	case "ReceiveMessage":
		return do(c, func(in receiveMessageInput) (receiveMessageOutput, error) { return s.receiveMessage(c, in) })
	}
	return nil, refuse("UnknownOperationException", "this stand-in has no operation %q of SQS", c.Operation)
}

func noQueue() error {
	r := refuse("com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
	r.queryCode = "AWS.SimpleQueueService.NonExistentQueue"
	return r
}

// queueName takes the name out of a queue's URL.
func queueName(queueURL string) string {
	u, err := url.Parse(queueURL)
	if err != nil {
		return ""
	}
	return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
}

// find returns the name of the queue that a URL means: its host does not matter, its account and name do. The lock is held.
func (s *queues) find(queueURL string) (string, error) {
	u, err := url.Parse(queueURL)
	if err != nil {
		return "", noQueue()
	}
	account, name, ok := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if _, there := s.queues[name]; !ok || !there || account != s.account {
		return "", noQueue()
	}
	return name, nil
}

type queueURL struct{ QueueUrl string }

func (s *queues) url(name string) queueURL {
	return queueURL{"https://sqs." + s.region + ".amazonaws.com/" + s.account + "/" + name}
}

func (s *queues) createQueue(in struct{ QueueName string }) (out queueURL, err error) {
	if in.QueueName == "" || len(in.QueueName) > 80 || !only(in.QueueName, "_-") {
		return out, refuse("InvalidParameterValue", "a queue's name has 1 to 80 letters, digits, hyphens and underscores")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.queues[in.QueueName]; !ok {
		if !s.room.take(1000) {
			return out, refuse("OverLimit", "this stand-in is full")
		}
		s.queues[in.QueueName] = nil
	}
	return s.url(in.QueueName), nil
}

func (s *queues) getQueueURL(in struct{ QueueName, QueueOwnerAWSAccountId string }) (out queueURL, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.queues[in.QueueName]; !ok || in.QueueOwnerAWSAccountId != "" && in.QueueOwnerAWSAccountId != s.account {
		return out, noQueue()
	}
	return s.url(in.QueueName), nil
}

type sendMessageInput struct {
	QueueUrl, MessageBody string
	DelaySeconds          int
	MessageAttributes     map[string]messageAttribute
}

type sendMessageOutput struct {
	MessageId, MD5OfMessageBody string
	MD5OfMessageAttributes      string `json:",omitempty"`
}

func (s *queues) sendMessage(in sendMessageInput) (out sendMessageOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, err := s.find(in.QueueUrl)
	if err != nil {
		return out, err
	}
	if in.MessageBody == "" || len(in.MessageBody) > maxMessage || in.DelaySeconds < 0 || in.DelaySeconds > 900 {
		return out, refuse("InvalidParameterValue", "a message has 1 to %d bytes and waits at most 900 seconds", maxMessage)
	}
	now := time.Now()
	m := &message{
		id:         requestID(),
		body:       in.MessageBody,
		attributes: in.MessageAttributes,
		sent:       now,
		visible:    now.Add(time.Duration(in.DelaySeconds) * time.Second),
	}
	if !s.room.take(m.size()) {
		return out, refuse("OverLimit", "this stand-in is full")
	}
	s.queues[name] = append(s.queues[name], m)
	return sendMessageOutput{m.id, hexMD5([]byte(m.body)), attributesMD5(m.attributes)}, nil
}

func (m *message) size() int {
	n := len(m.body) + 300
	for name, a := range m.attributes {
		n += len(name) + len(a.DataType) + len(a.bytes())
	}
	return n
}

type receiveMessageInput struct {
	QueueUrl                                                           string
	MaxNumberOfMessages                                                int
	VisibilityTimeout                                                  *int
	WaitTimeSeconds                                                    int
	AttributeNames, MessageSystemAttributeNames, MessageAttributeNames []string
}

type receiveMessageOutput struct {
	Messages []messageOut `json:",omitempty"`
}

type messageOut struct {
	MessageId, ReceiptHandle, Body, MD5OfBody string
	Attributes                                map[string]string           `json:",omitempty"`
	MessageAttributes                         map[string]messageAttribute `json:",omitempty"`
	MD5OfMessageAttributes                    string                      `json:",omitempty"`
}

// receiveMessage polls as long as the client wants to wait.
func (s *queues) receiveMessage(c *call, in receiveMessageInput) (out receiveMessageOutput, err error) {
	if in.MaxNumberOfMessages < 0 || in.MaxNumberOfMessages > 10 || in.WaitTimeSeconds < 0 || in.WaitTimeSeconds > 20 {
		return out, refuse("InvalidParameterValue", "ReceiveMessage takes 1 to 10 messages and waits at most 20 seconds")
	}
	end := time.Now().Add(time.Duration(in.WaitTimeSeconds) * time.Second)
	for {
		out, err = s.receive(in)
		if err != nil || len(out.Messages) > 0 || time.Now().After(end) {
			return out, err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-c.http.Context().Done():
			return out, nil
		}
	}
}

func (s *queues) receive(in receiveMessageInput) (out receiveMessageOutput, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, err := s.find(in.QueueUrl)
	if err != nil {
		return out, err
	}
	hidden := 30 * time.Second
	if in.VisibilityTimeout != nil {
		hidden = time.Duration(*in.VisibilityTimeout) * time.Second
	}
	now := time.Now()
	for _, m := range s.queues[name] {
		if len(out.Messages) == max(1, in.MaxNumberOfMessages) {
			break
		}
		if m.visible.After(now) {
			continue
		}
		m.visible, m.handle = now.Add(hidden), requestID()
		m.received++
		out.Messages = append(out.Messages, m.out(in))
	}
	return out, nil
}

func (m *message) out(in receiveMessageInput) messageOut {
	out := messageOut{MessageId: m.id, ReceiptHandle: m.handle, Body: m.body, MD5OfBody: hexMD5([]byte(m.body))}
	system := append(slices.Clone(in.AttributeNames), in.MessageSystemAttributeNames...)
	for name, value := range map[string]string{
		"ApproximateReceiveCount": strconv.Itoa(m.received),
		"SentTimestamp":           strconv.FormatInt(m.sent.UnixMilli(), 10),
	} {
		if slices.Contains(system, name) || slices.Contains(system, "All") {
			if out.Attributes == nil {
				out.Attributes = make(map[string]string)
			}
			out.Attributes[name] = value
		}
	}
	for name, value := range m.attributes {
		if slices.ContainsFunc(in.MessageAttributeNames, func(want string) bool { return want == name || want == "All" || want == ".*" }) {
			if out.MessageAttributes == nil {
				out.MessageAttributes = make(map[string]messageAttribute)
			}
			out.MessageAttributes[name] = value
		}
	}
	out.MD5OfMessageAttributes = attributesMD5(out.MessageAttributes)
	return out
}

func (s *queues) deleteMessage(in struct{ QueueUrl, ReceiptHandle string }) (struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, err := s.find(in.QueueUrl)
	if err != nil {
		return struct{}{}, err
	}
	i := slices.IndexFunc(s.queues[name], func(m *message) bool { return m.handle != "" && m.handle == in.ReceiptHandle })
	if i < 0 {
		return struct{}{}, refuse("com.amazonaws.sqs#ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
	}
	s.room.give(s.queues[name][i].size())
	s.queues[name] = slices.Delete(s.queues[name], i, i+1)
	return struct{}{}, nil
}

func hexMD5(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

func (a messageAttribute) bytes() []byte {
	if a.StringValue != nil {
		return []byte(*a.StringValue)
	}
	return a.BinaryValue
}

// attributesMD5 is the digest that SQS's developer guide describes: of name, type, kind and value, each with its length
// before it, in the order of the names.
func attributesMD5(attributes map[string]messageAttribute) string {
	if len(attributes) == 0 {
		return ""
	}
	var b []byte
	add := func(part []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := attributes[name]
		add([]byte(name))
		add([]byte(a.DataType))
		kind := byte(1)
		if a.StringValue == nil {
			kind = 2
		}
		b = append(b, kind)
		add(a.bytes())
	}
	return hexMD5(b)
}
