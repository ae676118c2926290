package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/dewar-go/dewar"
)

// A telemetry is where metrics and traces of one App go.
type telemetry struct {
	registry *prometheus.Registry
	meters   *sdkmetric.MeterProvider
	tracers  *sdktrace.TracerProvider
	tracer   trace.Tracer
	shown    metric.Int64Counter // of the program itself
}

// newApp returns the site. Its spans go to traces, and metrics is where Prometheus asks.
func newApp(traces sdktrace.SpanExporter, metrics net.Listener) (*dewar.App, error) {
	t, err := newTelemetry(traces)
	if err != nil {
		return nil, err
	}
	app := dewar.New("telemetry")
	app.Use(t.middleware)
	app.Observer = t.observe
	app.BeforeRequest(describe)
	app.Get("/posts/{id:int}", t.show, dewar.Endpoint("show"))
	app.Get("/reset/{token}", reset, dewar.Private("token"))
	t.serveMetrics(app, metrics)
	return app, app.Config.FromPrefixedEnv()
}

func newTelemetry(traces sdktrace.SpanExporter) (*telemetry, error) {
	registry := prometheus.NewRegistry()
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry))
	if err != nil {
		return nil, err
	}
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter), sdkmetric.WithView(fewLabels))
	tracers := sdktrace.NewTracerProvider(sdktrace.WithBatcher(traces))
	shown, err := meters.Meter("telemetry").Int64Counter("posts.shown")
	return &telemetry{registry, meters, tracers, tracers.Tracer("telemetry"), shown}, err
}

// fewLabels keeps of a request what the program has chosen itself. The library also has the host, which a client may make up: every new
// one would be a series that Prometheus keeps.
var fewLabels = sdkmetric.NewView(sdkmetric.Instrument{Name: "http.server.*"}, sdkmetric.Stream{
	AttributeFilter: attribute.NewAllowKeysFilter("http.request.method", "http.route", "http.response.status_code"),
})

// middleware measures every request. It reads the rule of the route from r.Pattern, which dewar has set when the request is over; a path
// that no route matches has none.
func (t *telemetry) middleware(next http.Handler) http.Handler {
	return otelhttp.NewHandler(next, "request", otelhttp.WithMeterProvider(t.meters), otelhttp.WithTracerProvider(t.tracers),
		otelhttp.WithSpanNameFormatter(func(operation string, r *http.Request) string {
			if r.Pattern == "" {
				return operation
			}
			return r.Method + " " + r.Pattern
		}))
}

// describe corrects what the library takes from the request as it came: who the client is, which a header may claim, and the path, which
// may have a secret in it.
func describe(c *dewar.Context) error {
	trace.SpanFromContext(c).SetAttributes(
		attribute.String("client.address", c.ClientIP().String()),
		attribute.String("url.path", c.LogPath()),
		attribute.String("request.id", c.RequestID()),
	)
	return nil
}

// observe makes a span of each hook, view, template and session.
func (t *telemetry) observe(c *dewar.Context, at dewar.Station, name string) func(err error) {
	_, span := t.tracer.Start(c, string(at)+" "+name)
	return func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}
}

// serveMetrics answers Prometheus while the App serves, and sends the last spans when it stops.
func (t *telemetry) serveMetrics(app *dewar.App, l net.Listener) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	app.OnStart(func(context.Context) error {
		go func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				slog.Error("no more metrics", "err", err)
			}
		}()
		return nil
	})
	app.OnShutdown(func(ctx context.Context) error {
		return errors.Join(server.Shutdown(ctx), t.meters.Shutdown(ctx), t.tracers.Shutdown(ctx))
	})
}
