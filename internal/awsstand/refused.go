package awsstand

// refused is an error that some requests are answered with.
type refused struct {
	code  string
	times int // negative: always
}

// Refuse makes the next requests of an operation fail with an error code, negative times all of them; 0 takes that
// back. The operation is written as in a policy of IAM: logs:StartQuery.
func (s *Stand) Refuse(operation, code string, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals[operation] = &refused{code, times}
}

func (s *Stand) refused(c *call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.refusals[c.Service+":"+c.Operation]
	if r == nil || r.times == 0 {
		return nil
	}
	r.times--
	return refuse(r.code, "%s:%s is refused on %s", c.Service, c.Operation, c.Resource)
}
