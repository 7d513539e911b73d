//go:build !linux

package main

import "time"

func pause(duration time.Duration) {
	time.Sleep(duration)
}
