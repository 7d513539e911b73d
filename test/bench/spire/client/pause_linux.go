package main

import (
	"syscall"
	"time"
)

// pause does not use time.Sleep, which on Linux wakes up to a millisecond late: Go's timers wait in epoll_wait.
func pause(duration time.Duration) {
	if duration > 0 {
		remaining := syscall.NsecToTimespec(int64(duration))
		_ = syscall.Nanosleep(&remaining, nil)
	}
}
