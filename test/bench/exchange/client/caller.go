package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// A server that has not answered by then will not.
const patience = 60 * time.Second

// caller has one connection, which stays open, and sends one request at a time.
type caller struct {
	job    job
	body   string
	client http.Client
	answer bytes.Buffer
}

func newCaller(job job, index int, config *tls.Config) *caller {
	transport := &http.Transport{TLSClientConfig: config, MaxConnsPerHost: 1, DisableCompression: true}
	return &caller{
		job:    job,
		body:   job.Bodies[index%len(job.Bodies)],
		client: http.Client{Transport: transport, Timeout: patience},
	}
}

// ask fails unless the answer is the one that is expected: a refusal is quickly given.
func (c *caller) ask() error {
	request, err := http.NewRequest(http.MethodPost, c.job.URL, strings.NewReader(c.body))
	if err != nil {
		return err
	}
	for name, value := range c.job.Headers {
		request.Header.Set(name, value)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	c.answer.Reset()
	if _, err := io.Copy(&c.answer, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || !bytes.Contains(c.answer.Bytes(), []byte(c.job.Expected)) {
		return fmt.Errorf("status %d: %.500s", response.StatusCode, c.answer.String())
	}
	return nil
}
