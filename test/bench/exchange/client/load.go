package main

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

type load struct {
	Answers         int     `json:"answers"`
	Seconds         float64 `json:"seconds"`
	P50Milliseconds float64 `json:"p50Milliseconds"`
	P99Milliseconds float64 `json:"p99Milliseconds"`
}

// limit ends a load after so many requests, or where there are none after so long.
type limit struct {
	requests int
	length   time.Duration
}

// closedLoop has so many callers, each of which asks again as soon as it has its answer.
func closedLoop(ask func(caller int) error, callers int, limit limit) (load, error) {
	times := make([][]time.Duration, callers)
	failures := make([]error, callers)
	var asked atomic.Int64
	start := time.Now()
	more := func(since time.Duration) bool {
		if limit.requests > 0 {
			return asked.Add(1) <= int64(limit.requests)
		}
		return since < limit.length
	}
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for begun := start; more(begun.Sub(start)); {
				if failures[caller] = ask(caller); failures[caller] != nil {
					return
				}
				answered := time.Now()
				times[caller] = append(times[caller], answered.Sub(begun))
				begun = answered
			}
		})
	}
	all.Wait()
	took := time.Since(start)
	if failed := slices.IndexFunc(failures, func(failure error) bool { return failure != nil }); failed >= 0 {
		return load{}, failures[failed]
	}
	sorted := slices.Sorted(slices.Values(slices.Concat(times...)))
	return load{len(sorted), took.Seconds(), percentile(sorted, 0.5), percentile(sorted, 0.99)}, nil
}

// percentile is the milliseconds of the smallest value that this share of the values does not exceed.
func percentile(sorted []time.Duration, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	value := sorted[max(0, int(math.Ceil(float64(len(sorted))*share))-1)]
	return float64(value) / float64(time.Millisecond)
}
