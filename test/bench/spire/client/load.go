package main

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"time"
)

// ask is for something that takes a while, by one of the callers; they may all ask at once.
type ask func(caller int) error

type load struct {
	PerSecond       float64 `json:"perSecond"`
	P99Milliseconds float64 `json:"p99Milliseconds"`
}

type openLoad struct {
	load
	// By how much the client itself was late to send, which is in the time above: a busy machine shows here
	LateP99Milliseconds float64 `json:"lateP99Milliseconds"`
}

// closedLoop has so many callers, each of which asks again as soon as it has its answer.
func closedLoop(ask ask, callers int, length time.Duration) (load, error) {
	runtime.GC()
	times := make([][]time.Duration, callers)
	failures := make([]error, callers)
	start := time.Now()
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for asked := start; asked.Sub(start) < length && failures[caller] == nil; {
				failures[caller] = ask(caller)
				answered := time.Now()
				times[caller] = append(times[caller], answered.Sub(asked))
				asked = answered
			}
		})
	}
	all.Wait()
	return loadOf(slices.Concat(times...), time.Since(start)), firstOf(failures)
}

// openLoop asks so many times a second, whether or not earlier ones are answered. A time begins when the request was
// due, so that a server that falls behind is not spared.
func openLoop(ask ask, callers int, perSecond float64, length time.Duration) (openLoad, error) {
	runtime.GC()
	count := int(perSecond * length.Seconds())
	times, late, failures := make([]time.Duration, count), make([]time.Duration, count), make([]error, count)
	start := time.Now()
	var all sync.WaitGroup
	for i := range count {
		due := start.Add(time.Duration(float64(i) / perSecond * float64(time.Second)))
		pause(time.Until(due))
		all.Go(func() {
			late[i] = time.Since(due)
			failures[i] = ask(i % callers)
			times[i] = time.Since(due)
		})
	}
	all.Wait()
	whole := loadOf(times, time.Since(start))
	return openLoad{whole, milliseconds(percentile(late, 0.99))}, firstOf(failures)
}

// firstOf is one failure that stands for all: a server that fails, fails many.
func firstOf(failures []error) error {
	for _, failure := range failures {
		if failure != nil {
			return failure
		}
	}
	return nil
}

func loadOf(times []time.Duration, took time.Duration) load {
	return load{float64(len(times)) / took.Seconds(), milliseconds(percentile(times, 0.99))}
}

// percentile is the smallest value that this share of the values does not exceed.
func percentile(values []time.Duration, share float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, int(math.Ceil(float64(len(sorted))*share))-1)]
}

func milliseconds(duration time.Duration) float64 {
	return float64(duration) / float64(time.Millisecond)
}
