package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

func TestAPercentileIsAValueThatWasMeasured(t *testing.T) {
	values := make([]time.Duration, 200)
	for i := range values {
		values[i] = time.Duration(i+1) * time.Millisecond
	}
	got := []float64{percentile(values, 0.5), percentile(values, 0.99), percentile(values[:1], 0.99), percentile(nil, 0.5)}
	for i, want := range []float64{100, 198, 1, 0} {
		if got[i] != want {
			t.Errorf("got %v", got)
		}
	}
}

func TestSoManyRequestsAreMadeAndNoMoreAtOnceThanCallers(t *testing.T) {
	var open, most, all atomic.Int64
	load, err := closedLoop(func(int) error {
		if now := open.Add(1); now > most.Load() {
			most.Store(now)
		}
		all.Add(1)
		time.Sleep(time.Millisecond)
		open.Add(-1)
		return nil
	}, 5, limit{requests: 101})
	if err != nil || load.Answers != 101 || all.Load() != 101 || most.Load() > 5 {
		t.Fatalf("%d answers, %d asked, %d at once, error %v", load.Answers, all.Load(), most.Load(), err)
	}
}

func TestALoadEndsAfterItsTime(t *testing.T) {
	load, err := closedLoop(func(int) error { time.Sleep(time.Millisecond); return nil }, 2, limit{length: 50 * time.Millisecond})
	if err != nil || load.Answers == 0 || load.Seconds < 0.05 || load.Seconds > 5 {
		t.Fatalf("%+v, error %v", load, err)
	}
}

func TestARefusalEndsTheMeasurement(t *testing.T) {
	refused := errors.New("refused")
	if _, err := closedLoop(func(int) error { return refused }, 3, limit{length: time.Second}); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
}

func TestOnlyTheAnswerThatIsExpectedCounts(t *testing.T) {
	answers := map[string]int{"token": http.StatusOK, "none": http.StatusOK, "bad token": http.StatusBadRequest}
	for answer, status := range answers {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(answer))
		}))
		job := job{URL: server.URL, Bodies: []string{"a", "b"}, Callers: 3, Requests: 9, Expected: "token", Pid: os.Getpid()}
		result, err := measure(job)
		server.Close()
		if answer == "token" && (err != nil || result.Answers != 9) || answer != "token" && err == nil {
			t.Errorf("%s: %+v, error %v", answer, result, err)
		}
	}
}

func TestProcessorTimeIsThatOfUserAndKernel(t *testing.T) {
	got, err := cpuSecondsIn("42 (a (odd) name) S 1 2 3 4 5 6 7 8 9 10 150 75 900 900 20 0")
	if err != nil || got != 2.25 {
		t.Errorf("got %v, error %v", got, err)
	}
	if _, err := cpuSecondsIn("42 (short) S 1"); err == nil {
		t.Error("a line without times must fail")
	}
	begun, err := cpuSeconds(os.Getpid())
	for err == nil && begun == 0 {
		begun, err = cpuSeconds(os.Getpid())
	}
	if err != nil {
		t.Error(err)
	}
}
