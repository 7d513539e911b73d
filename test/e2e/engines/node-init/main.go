// node-init is the first process of a node's namespaces, and of each of its pods, which containerd's "pause" is elsewhere.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
)

const usage = `usage: node-init                   stay until told to end
       node-init hold                stay until standard input ends
       node-init forward FILE TO     pass on what comes to a Unix socket to a TCP address`

func main() {
	switch args := os.Args[1:]; {
	case len(args) == 0:
		stay()
	case len(args) == 1 && args[0] == "hold":
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
		stay()
	case len(args) == 3 && args[0] == "forward":
		fail(forward(args[1], args[2]))
	default:
		fail(fmt.Errorf("%s", usage))
	}
}

// stay reaps what other processes left behind: the kernel gives it to the first process.
func stay() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		for {
			if child, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); child <= 0 || err != nil {
				break
			}
		}
	}
}

func forward(file, to string) error {
	listener, err := net.Listen("unix", file)
	if err != nil {
		return err
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			return err
		}
		go pass(client, to)
	}
}

func pass(client net.Conn, to string) {
	defer client.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(client, server)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
