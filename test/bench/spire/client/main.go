// Asks a SPIRE server for X.509-SVIDs as its agents do, and measures how fast it answers.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spiffe/go-spiffe/v2/spiffeid"
)

const (
	// Room for what one load leaves behind, so that it is collected before the next one and not meanwhile.
	memory = 768 << 20
	// More than this machine may have processors, as the pacer keeps one of them to itself while it sleeps.
	threads = 4
)

type round struct {
	Serial     load `json:"serial"`
	Concurrent load `json:"concurrent"`
	// At half the rate of Concurrent
	Open openLoad `json:"open"`
}

func main() {
	socket := flag.String("socket", "", "admin socket of the server, for its bundle, join tokens and entries")
	address := flag.String("address", "", "where agents reach the server")
	domain := flag.String("trust-domain", "", "trust domain of the server")
	count := flag.Int("agents", 50, "agents that ask at once, each over a connection of its own")
	rounds := flag.Int("rounds", 1, "rounds of the three loads")
	seconds := flag.Float64("seconds", 1, "length of each load")
	flag.Parse()
	trustDomain, err := spiffeid.TrustDomainFromString(*domain)
	if err == nil {
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(memory)
		runtime.GOMAXPROCS(threads)
		err = bench(server{trustDomain, *socket, *address}, *count, *rounds, time.Duration(*seconds*float64(time.Second)))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func bench(server server, count, rounds int, length time.Duration) error {
	ctx := context.Background()
	agents, err := server.attested(ctx, count)
	if err != nil {
		return err
	}
	ask := func(agent int) error { return agents[agent].issue(ctx) }
	one := func() (load, error) { return closedLoop(inTurn(ask, count), 1, length) }
	many := func() (load, error) { return closedLoop(ask, count, length) }
	if _, err := many(); err != nil {
		return err
	}
	measured := make([]round, rounds)
	for i := range measured {
		r := &measured[i]
		// Each way goes first in every other round: the second finds a warmer, and perhaps slower, machine.
		if i%2 == 0 {
			r.Serial, err = one()
		}
		if err == nil {
			r.Concurrent, err = many()
		}
		if err == nil && i%2 == 1 {
			r.Serial, err = one()
		}
		if err == nil {
			r.Open, err = openLoop(ask, count, r.Concurrent.PerSecond/2, length)
		}
		if err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(measured)
}

// inTurn lets one caller ask for all agents in turn, as in the other loads: the server and its connections then know
// as little of each agent, and only how many ask at once differs.
func inTurn(ask ask, count int) ask {
	asked := -1
	return func(int) error {
		asked++
		return ask(asked % count)
	}
}
