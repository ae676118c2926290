package main

import (
	"fmt"
	"time"

	"github.com/dewar-go/dewar/bench/internal/chart"
)

// picture is the chart of the latency, with the attacks.
func (c *ScoreCard) picture() chart.Plot {
	end := max(c.Took.Seconds(), 1)
	p := chart.Plot{
		Title: fmt.Sprintf("%s requests over %d connections under siege", thousands(c.Sums.Requests), c.Connections),
		X:     chart.Axis{Label: "time", Max: end, Marks: minutes(end), Format: func(s float64) string { return clock(seconds(s)) }},
		Y:     chart.Axis{Label: "answered after", Min: 1e-4, Max: c.longest(), Log: true, Format: func(s float64) string { return seconds(s).String() }},
	}
	for _, m := range c.Attacks {
		p.Bands = append(p.Bands, chart.Band{Name: m.Attack, From: m.From.Seconds(), To: m.To.Seconds()})
	}
	for _, l := range []struct {
		name string
		of   func(s Second) time.Duration
	}{
		{"slowest", func(s Second) time.Duration { return s.Most }},
		{"99 of 100", func(s Second) time.Duration { return s.P99 }},
		{"half", func(s Second) time.Duration { return s.Median }},
	} {
		line := chart.Line{Name: l.name}
		for at, s := range c.Seconds {
			if s.Requests > 0 {
				line.Points = append(line.Points, chart.Point{X: float64(at) + 0.5, Y: l.of(s).Seconds()})
			}
		}
		if len(line.Points) > 0 {
			p.Lines = append(p.Lines, line)
		}
	}
	return p
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(100 * time.Microsecond)
}

// longest is the power of ten, in seconds, that no answer took longer than.
func (c *ScoreCard) longest() float64 {
	most := 0.1
	for most < c.Slowest.Took.Seconds() {
		most *= 10
	}
	return most
}

// minutes are the marks of a time axis: six or so.
func minutes(end float64) (marks []float64) {
	step := 1.0
	for _, next := range []float64{2, 5, 10, 15, 30, 60, 120, 300, 600, 1800} {
		if end/step > 8 {
			step = next
		}
	}
	for at := 0.0; at <= end; at += step {
		marks = append(marks, at)
	}
	return marks
}
