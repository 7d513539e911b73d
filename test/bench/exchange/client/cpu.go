package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Linux counts processor time in hundredths of a second wherever it is read from /proc, see proc_pid_stat(5).
const ticksPerSecond = 100

// cpuSeconds is the processor time, in user and in kernel mode, that all threads of a process have had.
func cpuSeconds(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return cpuSecondsIn(string(text))
}

// The name of the program, in parentheses, may have spaces and parentheses in it.
func cpuSecondsIn(stat string) (float64, error) {
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("no processor time in %q", stat)
	}
	var ticks float64
	for _, field := range fields[11:13] {
		count, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return 0, err
		}
		ticks += count
	}
	return ticks / ticksPerSecond, nil
}
