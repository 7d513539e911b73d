package main

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

func TestAPercentileIsAValueThatWasMeasured(t *testing.T) {
	values := make([]time.Duration, 200)
	for i := range values {
		values[i] = time.Duration(200 - i)
	}
	got := []time.Duration{percentile(values, 0.99), percentile(values, 1), percentile(values[:1], 0.99)}
	if want := []time.Duration{198, 200, 200}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestAClosedLoopNeverHasMoreRequestsOpenThanCallers(t *testing.T) {
	var open, most atomic.Int64
	_, err := closedLoop(func(int) error {
		if now := open.Add(1); now > most.Load() {
			most.Store(now)
		}
		time.Sleep(time.Millisecond)
		open.Add(-1)
		return nil
	}, 5, 50*time.Millisecond)
	if err != nil || most.Load() > 5 {
		t.Fatalf("%d at once, error %v", most.Load(), err)
	}
}

func TestAnOpenLoopSendsOnWhileNothingIsAnswered(t *testing.T) {
	var sent atomic.Int64
	gate := make(chan struct{})
	_, err := openLoop(func(int) error {
		if sent.Add(1) == 20 {
			close(gate)
		}
		<-gate
		return nil
	}, 5, 1000, 20*time.Millisecond)
	if err != nil || sent.Load() != 20 {
		t.Fatalf("%d sent, error %v", sent.Load(), err)
	}
}

func TestATimeInAnOpenLoopBeginsWhenTheRequestWasDue(t *testing.T) {
	gate := make(chan struct{})
	time.AfterFunc(100*time.Millisecond, func() { close(gate) })
	measured, _ := openLoop(func(int) error {
		<-gate
		return nil
	}, 1, 100, 50*time.Millisecond)
	if p99 := measured.P99Milliseconds; p99 < 90 {
		t.Fatalf("the first was due 100 ms before its answer, got %v ms", p99)
	}
}

func TestARefusalEndsTheMeasurement(t *testing.T) {
	refused := errors.New("refused")
	refuse := func(int) error { return refused }
	if _, err := closedLoop(refuse, 1, time.Second); !errors.Is(err, refused) {
		t.Errorf("closed loop: %v", err)
	}
	if _, err := openLoop(refuse, 1, 100, 20*time.Millisecond); !errors.Is(err, refused) {
		t.Errorf("open loop: %v", err)
	}
}
