// Telemetry measures a site with OpenTelemetry: metrics for Prometheus on a port of their own, and a trace of every request. Both go by the
// rule of the route, /posts/{id:int}, and never by the path: a thousand posts are one line of metrics.
//
// Run it in the folder _examples/recipes/telemetry:
//
//	go run .
//	curl http://127.0.0.1:5000/posts/1
//	curl http://127.0.0.1:9464/metrics    # for this machine alone; METRICS_ADDR is another address
//
// The traces are printed. To send them to a collector, give newTelemetry the exporter
// go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp in place of stdouttrace.
package main

import (
	"cmp"
	"log"
	"net"
	"os"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/metric"

	"github.com/dewar-go/dewar"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	traces, err := stdouttrace.New()
	if err != nil {
		return err
	}
	metrics, err := net.Listen("tcp", cmp.Or(os.Getenv("METRICS_ADDR"), "127.0.0.1:9464"))
	if err != nil {
		return err
	}
	app, err := newApp(traces, metrics)
	if err != nil {
		return err
	}
	return app.Run("")
}

func (t *telemetry) show(c *dewar.Context) error {
	id := c.Params().Int("id")
	if id > 1000 {
		return dewar.Abort(404)
	}
	t.shown.Add(c, 1, metric.WithAttributes(attribute.Bool("even", id%2 == 0)))
	return c.JSON(dewar.Map{"id": id})
}

func reset(c *dewar.Context) error {
	return c.Text("A new password, please.\n")
}
