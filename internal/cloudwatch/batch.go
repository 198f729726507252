package cloudwatch

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/lambdafence/lambdafence/internal/events"
)

// A batch reads groups that one query may read together.
type batch struct {
	*Source
	client *cloudwatchlogs.Client
	reader *events.Reader
	scan   bool // Insights cannot be asked
}

// maxPieces is into how many a window is cut at once: each time that one is cut, its
// logs are read anew.
const maxPieces = 16

// read reads the groups in a window.
func (b *batch) read(ctx context.Context, groups []Group, w window) error {
	if b.scan {
		return b.scanAll(ctx, groups, w)
	}
	got, err := b.ask(ctx, groups, w)
	switch {
	case errors.Is(err, errTimeout) || err == nil && got.cut:
		if pieces := b.pieces(w, got); pieces != nil {
			for _, piece := range pieces {
				if err := b.read(ctx, groups, piece); err != nil {
					return err
				}
			}
			return nil
		}
		if err != nil {
			return explain(where(groups), err)
		}
		if got.lost > 0 { // else there were just as many
			b.say("%s, %s: Insights tells %d kinds of events at most; %d events are left out, of the kinds that are rarest", where(groups), w, len(got.rows), got.lost)
		}
	case isBeyond(err) && len(groups) > 1:
		// Insights refuses a window in which a group was not there yet, or of which
		// it has forgotten all. Others of the batch may have something.
		half := len(groups) / 2
		if err := b.read(ctx, groups[:half], w); err != nil {
			return err
		}
		return b.read(ctx, groups[half:], w)
	case isBeyond(err):
	case ctx.Err() != nil:
		return ctx.Err()
	case isRefusal(err):
		b.scan = true
		b.say("%s: reading event by event, since Insights cannot be asked: %v", where(groups), cause(err))
		return b.scanAll(ctx, groups, w)
	case err != nil:
		return explain(where(groups), err)
	}
	for _, row := range got.rows {
		if err := b.reader.Group(where(groups), row); err != nil {
			return err
		}
	}
	b.progress(len(groups), w.length())
	return nil
}

// pieces cuts a window whose answer is too long; nil if that cannot be done any more.
func (b *batch) pieces(w window, got answer) []window {
	n := min(max(2, int(got.matched/int64(b.rows))+1), maxPieces, b.spare)
	pieces := w.cut(n)
	if len(pieces) < 2 {
		return nil
	}
	b.spare -= len(pieces)
	return pieces
}
