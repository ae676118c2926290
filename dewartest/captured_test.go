package dewartest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func TestCaptureCollectsUntilTheTestIsOver(t *testing.T) {
	t.Parallel()
	var paid dewar.Signal[int]
	var captured *dewartest.Captured[int]
	run(func(t *fakeT) {
		paid.Send(1)
		captured = dewartest.Capture(t, &paid)
		if got := captured.Events(); got != nil {
			t.Errorf("got %v before anything was sent", got)
		}
		paid.Send(2)
		paid.Send(3)
	})
	paid.Send(4)
	if got, want := captured.Events(), []int{2, 3}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := fmt.Sprint(captured); got != "Captured(2 events)" {
		t.Errorf("got %q, want the number alone", got)
	}
}

func TestCaptureHasTheEventsOfEveryClient(t *testing.T) {
	t.Parallel()
	app := newFailing(nil)
	failures := dewartest.Capture(t, &app.GotRequestException)
	dewartest.New(t, app).Get("/error")
	dewartest.New(t, app).Get("/panic")
	dewartest.New(t, app).Get("/missing")
	var got []string
	for _, event := range failures.Events() {
		got = append(got, event.Err.Error())
	}
	if want := []string{"disk on fire", "panic: broken view"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
