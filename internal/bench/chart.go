package main

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// A plot has a line for each engine, over two logarithmic axes.
type plot struct {
	name, title string // name: of the file, without .svg
	x           string // what it is over; upwards is time
	lines       []line
}

type line struct {
	name   string
	points []point
}

type point struct{ x, y float64 }

// The picture, and the frame of the lines in it.
const (
	width, height          = 820, 440
	left, right, top, base = 70, 600, 56, 380
	labelGap               = 17 // between the names at the ends of the lines
)

// The first colour is the fence's. They are told apart by who sees few colours,
// on white and on black; the names stand at the lines as well.
var colours = []string{"#d1495b", "#7a7f87", "#2a7fb8", "#e08e1b", "#3a9a5b"}

const style = `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.back { fill: #ffffff } .grid { stroke: #d0d7de } .title { font-size: 15px; font-weight: 600 } .small { font-size: 12px }
.line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .back { fill: #0d1117 } .grid { stroke: #30363d } }
</style>
`

// svg draws the plot.
func (p plot) svg() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`+"\n",
		width, height, width, height, html.EscapeString(p.title))
	b.WriteString(style)
	fmt.Fprintf(&b, `<rect class="back" width="%d" height="%d"/>`+"\n", width, height)
	text(&b, left, 28, "title", "start", p.title)
	xs, ys := p.axes()
	for _, v := range xs.ticks() {
		x := xs.at(v)
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`+"\n", x, top, x, base)
		text(&b, x, base+20, "small", "middle", thousands(v))
	}
	for _, v := range ys.ticks() {
		y := ys.at(v)
		fmt.Fprintf(&b, `<line class="grid" x1="%d" y1="%.1f" x2="%d" y2="%.1f"/>`+"\n", left, y, right, y)
		text(&b, left-8, y+4, "small", "end", short(v))
	}
	text(&b, (left+right)/2, base+44, "", "middle", p.x+", both axes logarithmic")
	p.draw(&b, xs, ys)
	b.WriteString("</svg>\n")
	return b.String()
}

func (p plot) draw(b *strings.Builder, xs, ys axis) {
	type label struct {
		i int
		y float64
	}
	var labels []label
	for i, l := range p.lines {
		var path []string
		for _, pt := range l.points {
			path = append(path, fmt.Sprintf("%.1f,%.1f", xs.at(pt.x), ys.at(pt.y)))
			fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", xs.at(pt.x), ys.at(pt.y), colours[i%len(colours)])
		}
		fmt.Fprintf(b, `<polyline class="line" stroke="%s" points="%s"/>`+"\n", colours[i%len(colours)], strings.Join(path, " "))
		labels = append(labels, label{i, ys.at(l.points[len(l.points)-1].y)})
	}
	// From the top down, none on another.
	slices.SortFunc(labels, func(a, b label) int { return int(math.Copysign(1, a.y-b.y)) })
	above := float64(top) - labelGap
	for _, l := range labels {
		y := max(l.y, above+labelGap)
		above = y
		last := p.lines[l.i].points
		fmt.Fprintf(b, `<circle cx="%d" cy="%.1f" r="4" fill="%s"/>`+"\n", right+12, y, colours[l.i%len(colours)])
		text(b, right+21, y+4, "", "start", p.lines[l.i].name+", "+short(last[len(last)-1].y))
	}
}

// An axis is logarithmic, from pixel a to pixel b.
type axis struct{ min, max, a, b float64 }

func (p plot) axes() (xs, ys axis) {
	xs, ys = axis{math.Inf(1), 0, left, right}, axis{math.Inf(1), 0, base, top}
	for _, l := range p.lines {
		for _, pt := range l.points {
			xs.min, xs.max = min(xs.min, pt.x), max(xs.max, pt.x)
			ys.min, ys.max = min(ys.min, pt.y), max(ys.max, pt.y)
		}
	}
	ys.min, ys.max = power(math.Floor(math.Log10(ys.min))), power(math.Ceil(math.Log10(ys.max)))
	return xs, ys
}

func (a axis) at(v float64) float64 {
	if a.max <= a.min {
		return a.a
	}
	return a.a + (a.b-a.a)*math.Log(v/a.min)/math.Log(a.max/a.min)
}

// ticks are the powers of ten on the axis.
func (a axis) ticks() []float64 {
	var all []float64
	for v := power(math.Ceil(math.Log10(a.min))); v <= a.max*1.001; v *= 10 {
		all = append(all, v)
	}
	return all
}

func power(n float64) float64 { return math.Pow(10, n) }

func text(b *strings.Builder, x, y float64, class, anchor, s string) {
	fmt.Fprintf(b, `<text class="%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n", class, x, y, anchor, html.EscapeString(s))
}

// short is a time without what no plot shows.
func short(ns float64) string {
	switch {
	case ns < 999.5:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 999_500:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	}
	return fmt.Sprintf("%.3g ms", ns/1e6)
}

func thousands(v float64) string {
	if v < 1000 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%d,%03d", int(v)/1000, int(v)%1000)
}
