// Package cloudwatch reads the events of fences where Lambda puts them: from log
// groups of CloudWatch Logs.
//
//	s := &cloudwatch.Source{Config: cfg, Groups: groups, From: from, To: to}
//	err := s.Read(ctx, events.NewReader(each))
//
// CloudWatch Logs Insights does the grouping, so that of a fleet's logs not the
// lines come, but one for each thing that was done, with counts. Where it cannot be
// asked, FilterLogEvents is: it sends every event, but only those.
//
// # Limits
//
// Insights answers with 10,000 rows. Where there are more, the span of time is cut
// into pieces, down to a second; what is lost then is told. Each cut reads, and AWS
// bills, the same logs again.
//
// Imported by cmd/lambdafence. It alone links the SDK's client of CloudWatch Logs.
package cloudwatch
