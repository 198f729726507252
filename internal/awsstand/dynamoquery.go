package awsstand

import (
	"slices"
	"strings"
)

type queryInput struct {
	TableName                 string
	KeyConditionExpression    string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues item
	ExclusiveStartKey         item
	Limit                     int
	ScanIndexForward          *bool
	ConsistentRead            bool
	ReturnConsumedCapacity    string
}

type queryOutput struct {
	Items               []item
	Count, ScannedCount int
	LastEvaluatedKey    item `json:",omitempty"`
}

// query returns the items of one hash key, in the order of their range key.
func (s *tables) query(in queryInput) (out queryOutput, err error) {
	t, err := s.find(in.TableName)
	if err != nil {
		return out, err
	}
	matches, err := t.keyCondition(in)
	if err != nil {
		return out, err
	}
	out.Items = []item{}
	for _, i := range t.items {
		if matches(i) {
			out.Items = append(out.Items, i)
		}
	}
	direction := 1
	if in.ScanIndexForward != nil && !*in.ScanIndexForward {
		direction = -1
	}
	slices.SortFunc(out.Items, func(a, b item) int { return direction * t.order(a, b) })
	if in.ExclusiveStartKey != nil {
		if _, err := t.id(in.ExclusiveStartKey); err != nil {
			return out, err
		}
		out.Items = slices.DeleteFunc(out.Items, func(i item) bool { return direction*t.order(i, in.ExclusiveStartKey) <= 0 })
	}
	if in.Limit > 0 && len(out.Items) > in.Limit {
		out.Items = out.Items[:in.Limit]
		out.LastEvaluatedKey = item{}
		for _, key := range t.keys {
			out.LastEvaluatedKey[key] = out.Items[in.Limit-1][key]
		}
	}
	out.Count, out.ScannedCount = len(out.Items), len(out.Items)
	return out, nil
}

// order compares two items of one hash key by their range key.
func (t *table) order(a, b item) int {
	if len(t.keys) < 2 {
		return 0
	}
	kind, x, _ := scalar(a[t.keys[1]])
	_, y, _ := scalar(b[t.keys[1]])
	return compare(kind, x, y)
}

// keyCondition reads "hash = :h", alone or with "AND" and a condition on the range key.
func (t *table) keyCondition(in queryInput) (func(item) bool, error) {
	e := expression{in.ExpressionAttributeNames, in.ExpressionAttributeValues}
	r := &reader{tokens(in.KeyConditionExpression)}
	hash, ok := e.name(r.next())
	equals, want := r.next(), e.values[r.next()]
	kind, value, err := scalar(want)
	if !ok || equals != "=" || err != nil || hash != t.keys[0] {
		return nil, unreadable(in.KeyConditionExpression)
	}
	ranged := func(string, string) bool { return true }
	if len(r.rest) > 0 {
		if len(t.keys) < 2 || !r.take("AND") {
			return nil, unreadable(in.KeyConditionExpression)
		}
		if ranged, ok = t.rangeCondition(e, r); !ok || len(r.rest) > 0 {
			return nil, unreadable(in.KeyConditionExpression)
		}
	}
	return func(i item) bool {
		k, v, _ := scalar(i[hash])
		if k != kind || v != value {
			return false
		}
		if len(t.keys) < 2 {
			return true
		}
		k, v, _ = scalar(i[t.keys[1]])
		return ranged(k, v)
	}, nil
}

// rangeCondition reads "range < :v" and the like, "range BETWEEN :a AND :b", and "begins_with(range, :v)".
func (t *table) rangeCondition(e expression, r *reader) (func(kind, value string) bool, bool) {
	value := func(token string) (string, string, bool) {
		kind, text, err := scalar(e.values[token])
		return kind, text, err == nil
	}
	if r.take("begins_with") {
		open := r.next()
		name, named := e.name(r.next())
		comma := r.next()
		kind, prefix, ok := value(r.next())
		return func(k, v string) bool { return k == kind && strings.HasPrefix(v, prefix) },
			ok && named && name == t.keys[1] && open == "(" && comma == "," && kind == "S" && r.next() == ")"
	}
	name, named := e.name(r.next())
	operator := strings.ToUpper(r.next())
	kind, low, ok := value(r.next())
	if !named || name != t.keys[1] || !ok {
		return nil, false
	}
	var accept func(order int) bool
	switch operator {
	case "=":
		accept = func(order int) bool { return order == 0 }
	case "<":
		accept = func(order int) bool { return order < 0 }
	case "<=":
		accept = func(order int) bool { return order <= 0 }
	case ">":
		accept = func(order int) bool { return order > 0 }
	case ">=", "BETWEEN":
		accept = func(order int) bool { return order >= 0 }
	default:
		return nil, false
	}
	if operator != "BETWEEN" {
		return func(k, v string) bool { return k == kind && accept(compare(k, v, low)) }, true
	}
	if !r.take("AND") {
		return nil, false
	}
	kindHigh, high, ok := value(r.next())
	return func(k, v string) bool { return k == kind && accept(compare(k, v, low)) && compare(k, v, high) <= 0 }, ok && kindHigh == kind
}
