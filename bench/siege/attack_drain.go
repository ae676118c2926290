package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

// drains stop processes while requests are in flight that take longer than the App goes on accepting. Each is answered whole.
func drains(ctx context.Context, f *field) error {
	for _, s := range f.sites {
		if !s.durable() || ctx.Err() != nil {
			continue
		}
		if err := s.drainUnderLoad(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) drainUnderLoad(ctx context.Context) error {
	const requests = 16
	var all sync.WaitGroup
	var begun atomic.Int64
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: s.field.tls(), ForceAttemptHTTP2: true, MaxIdleConnsPerHost: requests}, Timeout: longest + longest}
	defer client.CloseIdleConnections()
	for i := range requests {
		all.Go(func() { s.slowRequest(ctx, client, fmt.Sprintf("slow-%d-%016x", i, s.field.rand.Uint64()), &begun) })
	}
	for end := time.Now().Add(2 * time.Second); begun.Load() < requests && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // the last has been written, and is on its way to the view
	err := s.handOver(context.WithoutCancel(ctx))
	all.Wait()
	s.field.count("requests in flight at a stop", requests)
	return err
}

// slowRequest is in flight while the process is told to stop.
func (s *site) slowRequest(ctx context.Context, client *http.Client, token string, begun *atomic.Int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
	defer cancel()
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { begun.Add(1) }}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), "GET", s.url("/target/slow?time=2500ms&token="+token), nil)
	if err != nil {
		return
	}
	w, err := s.send(client, "", r)
	s.field.check(nothingDropped, err == nil && w.status == http.StatusOK && string(w.body) == token, "a request in flight on %s when its process was told to stop: %v", s.name, outcome(w, err))
}

// outcome says what came of a request.
func outcome(w *reply, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("status %d, %q", w.status, clip(string(w.body)))
}
