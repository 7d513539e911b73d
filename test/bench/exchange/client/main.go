// Sends the same requests to a token endpoint again and again, and measures what they cost its process.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

// job is what to send where, and for how long.
type job struct {
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	// One for each caller, again from the first where there are more callers
	Bodies  []string `json:"bodies"`
	Callers int      `json:"callers"`
	// What each answer has to have
	Expected string `json:"expected"`
	// The server's process
	Pid int `json:"pid"`
	// Either so many requests, or so many seconds
	Requests int     `json:"requests"`
	Seconds  float64 `json:"seconds"`
	// Paths of PEM; empty for plain http
	Authorities string `json:"authorities"`
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

type measured struct {
	load
	// Of all threads of the server's process
	CPUSeconds float64 `json:"cpuSeconds"`
}

func main() {
	// The server is measured, and what collects garbage beside it takes its processor.
	debug.SetGCPercent(800)
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: exchanges JOB.json")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var job job
	if err := json.Unmarshal(text, &job); err != nil {
		return err
	}
	result, err := measure(job)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

func measure(job job) (measured, error) {
	config, err := tlsConfig(job)
	if err != nil {
		return measured{}, err
	}
	callers := make([]*caller, job.Callers)
	for i := range callers {
		callers[i] = newCaller(job, i, config)
		// Handshakes are not measured.
		if err := callers[i].ask(); err != nil {
			return measured{}, err
		}
	}
	before, err := cpuSeconds(job.Pid)
	if err != nil {
		return measured{}, err
	}
	load, err := closedLoop(func(i int) error { return callers[i].ask() }, job.Callers, limit{
		requests: job.Requests,
		length:   time.Duration(job.Seconds * float64(time.Second)),
	})
	if err != nil {
		return measured{}, err
	}
	after, err := cpuSeconds(job.Pid)
	return measured{load, after - before}, err
}

func tlsConfig(job job) (*tls.Config, error) {
	if job.Authorities == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(job.Authorities)
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	if !authorities.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s has no certificate", job.Authorities)
	}
	certificate, err := tls.LoadX509KeyPair(job.Certificate, job.Key)
	return &tls.Config{RootCAs: authorities, Certificates: []tls.Certificate{certificate}}, err
}
