package awsstand

import (
	"encoding/json"
	"maps"
	"strings"
	"sync"
)

// tables is DynamoDB's.
type tables struct {
	region, account string
	room            *room

	mu     sync.Mutex
	tables map[string]*table
}

type table struct {
	name  string
	keys  []string // hash key and, if there is one, range key
	items map[string]item
}

// An item is kept as it was sent: its attributes are typed values such as {"S":"x"}.
type item map[string]json.RawMessage

func (s *tables) init(cfg Config, r *room) {
	s.region, s.account, s.room = cfg.Region, cfg.Account, r
	s.tables = make(map[string]*table)
	for name, keys := range cfg.Tables {
		s.tables[name] = &table{name: name, keys: keys, items: make(map[string]item)}
	}
}

func (s *tables) do(c *call) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch c.Operation {
	case "CreateTable":
		return do(c, s.createTable)
	case "DescribeTable":
		return do(c, s.describeTable)
	case "PutItem":
		return do(c, s.putItem)
	case "GetItem":
		return do(c, s.getItem)
	case "UpdateItem":
		return do(c, s.updateItem)
	case "DeleteItem":
		return do(c, s.deleteItem)
	case "Query":
		return do(c, s.query)
	}
	return nil, refuse("UnknownOperationException", "this stand-in has no operation %q of DynamoDB", c.Operation)
}

// find takes a table's name or its ARN.
func (s *tables) find(name string) (*table, error) {
	if own, ok := strings.CutPrefix(name, "arn:aws:dynamodb:"+s.region+":"+s.account+":table/"); ok {
		name = own
	}
	if t, ok := s.tables[name]; ok {
		return t, nil
	}
	if strings.HasPrefix(name, "arn:") {
		return nil, refuse("AccessDeniedException", "no resource-based policy allows the access to %s", name)
	}
	return nil, refuse("ResourceNotFoundException", "Requested resource not found")
}

type createTableInput struct {
	TableName string
	KeySchema []struct{ AttributeName, KeyType string }

	AttributeDefinitions, ProvisionedThroughput, BillingMode json.RawMessage // taken and not looked at
}

type tableDescription struct{ TableName, TableArn, TableStatus string }

type createTableOutput struct{ TableDescription tableDescription }

type describeTableOutput struct{ Table tableDescription }

func (s *tables) createTable(in createTableInput) (out createTableOutput, err error) {
	if _, ok := s.tables[in.TableName]; ok {
		return out, refuse("ResourceInUseException", "Table already exists: %s", in.TableName)
	}
	if in.TableName == "" || !only(in.TableName, "_.-") || len(in.KeySchema) == 0 || len(in.KeySchema) > 2 {
		return out, refuse("ValidationException", "a table has a name of letters, digits, _, . and -, and one or two keys")
	}
	t := &table{name: in.TableName, items: make(map[string]item)}
	for _, key := range in.KeySchema {
		t.keys = append(t.keys, key.AttributeName)
	}
	if !s.room.take(1000) {
		return out, refuse("LimitExceededException", "this stand-in is full")
	}
	s.tables[in.TableName] = t
	return createTableOutput{s.describe(t)}, nil
}

func (s *tables) describeTable(in struct{ TableName string }) (out describeTableOutput, err error) {
	t, err := s.find(in.TableName)
	if err != nil {
		return out, err
	}
	return describeTableOutput{s.describe(t)}, nil
}

func (s *tables) describe(t *table) tableDescription {
	return tableDescription{t.name, "arn:aws:dynamodb:" + s.region + ":" + s.account + ":table/" + t.name, "ACTIVE"}
}

// itemInput is that of PutItem, GetItem, UpdateItem and DeleteItem, which differ in what of it they use.
type itemInput struct {
	TableName                 string
	Item, Key                 item
	UpdateExpression          string
	ConditionExpression       string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues item
	ReturnValues              string
	ConsistentRead            bool   // always is
	ReturnConsumedCapacity    string // taken; no capacity is answered
}

type itemOutput struct {
	Item       item `json:",omitempty"`
	Attributes item `json:",omitempty"`
}

// open finds the table and the item that the input's key, or the key within its item, names. old is nil if there is none.
func (s *tables) open(in itemInput, from item) (t *table, id string, old item, err error) {
	if t, err = s.find(in.TableName); err != nil {
		return nil, "", nil, err
	}
	if id, err = t.id(from); err != nil {
		return nil, "", nil, err
	}
	if in.Key != nil && len(in.Key) != len(t.keys) {
		return nil, "", nil, refuse("ValidationException", "The provided key element does not match the schema")
	}
	old = t.items[id]
	return t, id, old, expression{in.ExpressionAttributeNames, in.ExpressionAttributeValues}.holds(in.ConditionExpression, old)
}

func (s *tables) putItem(in itemInput) (out itemOutput, err error) {
	t, id, old, err := s.open(in, in.Item)
	if err != nil {
		return out, err
	}
	return returned(in, old, in.Item), s.store(t, id, in.Item)
}

func (s *tables) getItem(in itemInput) (out itemOutput, err error) {
	_, _, old, err := s.open(in, in.Key)
	return itemOutput{Item: old}, err
}

func (s *tables) deleteItem(in itemInput) (out itemOutput, err error) {
	t, id, old, err := s.open(in, in.Key)
	if err != nil {
		return out, err
	}
	s.room.give(old.size())
	delete(t.items, id)
	return returned(in, old, nil), nil
}

func (s *tables) updateItem(in itemInput) (out itemOutput, err error) {
	t, id, old, err := s.open(in, in.Key)
	if err != nil {
		return out, err
	}
	updated := maps.Clone(in.Key)
	maps.Copy(updated, old)
	if err := (expression{in.ExpressionAttributeNames, in.ExpressionAttributeValues}).update(in.UpdateExpression, updated); err != nil {
		return out, err
	}
	if now, err := t.id(updated); err != nil || now != id {
		return out, refuse("ValidationException", "Cannot update a part of the key")
	}
	return returned(in, old, updated), s.store(t, id, updated)
}

// returned is what ReturnValues asks for.
func returned(in itemInput, old, updated item) (out itemOutput) {
	switch in.ReturnValues {
	case "ALL_OLD":
		out.Attributes = old
	case "ALL_NEW":
		out.Attributes = updated
	}
	return out
}

func (s *tables) store(t *table, id string, new item) error {
	if new.size() > 400<<10 {
		return refuse("ValidationException", "Item size has exceeded the maximum allowed size")
	}
	old := t.items[id]
	if !s.room.take(new.size()) {
		return refuse("ItemCollectionSizeLimitExceededException", "this stand-in is full")
	}
	s.room.give(old.size())
	t.items[id] = new
	return nil
}

func (i item) size() int {
	n := 0
	for name, value := range i {
		n += len(name) + len(value)
	}
	return n
}

// id tells the items of a table apart by their keys.
func (t *table) id(i item) (string, error) {
	id := ""
	for _, name := range t.keys {
		kind, value, err := scalar(i[name])
		if err != nil {
			return "", refuse("ValidationException", "One or more parameter values were invalid: the key %s: %v", name, err)
		}
		quoted, _ := json.Marshal(value) // a separator that no value can hold
		id += kind + string(quoted)
	}
	return id, nil
}
