// Package events reads what fences have said: log lines, as they are and in the
// envelopes that CloudWatch Logs puts around them, and spans, as OpenTelemetry's
// Collector writes them to files. It streams: memory does not grow with the input.
// What cannot be read is counted, and never ends the reading unless it is asked to.
//
// Imported by cmd/lambdafence.
package events
