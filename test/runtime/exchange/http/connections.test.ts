import { CONNECTION_LIMITS, type ConnectionLimits } from "../../../../runtime/exchange/http/connection-limits";
import { Connections } from "../../../../runtime/exchange/http/connections";
import { RefusedConnections, TALLY_MILLISECONDS } from "../../../../runtime/exchange/http/refused-connections";

/** A connection that can be ended from either side */
class Peer {
  private static ports = 1_024;
  public ended = false;
  private told: () => void = () => undefined;

  constructor(
    public readonly remoteAddress: string,
    public readonly remotePort = (Peer.ports += 1),
  ) {}

  public once(_: string, listener: () => void): this {
    this.told = listener;
    return this;
  }

  public destroy(): this {
    this.ended = true;
    return this;
  }

  /** As Node tells of an end: later */
  public closed(): void {
    this.ended = true;
    this.told();
  }
}

function guarded(limits: Partial<ConnectionLimits> = {}) {
  const clock = { now: 0 };
  const refused: string[] = [];
  const connections = new Connections(
    { ...CONNECTION_LIMITS, ...limits },
    (why, address) => refused.push(`${why} ${address}`),
    () => clock.now,
  );
  const take = (peer: Peer) => connections.take(peer as unknown as Parameters<Connections["take"]>[0]);
  const come = (address: string, port?: number) => {
    const peer = new Peer(address, port);
    return { peer, taken: take(peer) };
  };
  return { clock, refused, connections, come };
}

const heard = (connections: Connections, peer: Peer) => connections.heard(peer as never);

test("one address in both of its forms is one", () => {
  const { come, refused } = guarded({ connectionsPerAddress: 1 });
  expect(come("10.0.0.1").taken).toBe(true);
  const { peer, taken } = come("::ffff:10.0.0.1");
  expect([taken, peer.ended]).toEqual([false, true]);
  expect(come("::ffff:10.0.0.2").taken).toBe(true);
  expect(refused).toEqual(["address 10.0.0.1"]);
});

test("an address that had all of its connections has them again when they end, told once or twice", () => {
  const { come } = guarded({ connectionsPerAddress: 1 });
  const { peer } = come("10.0.0.1");
  peer.closed();
  peer.closed();
  expect(come("10.0.0.1").taken).toBe(true);
  expect(come("10.0.0.1").taken).toBe(false);
});

test("a port that is taken again before the end of its last connection is told counts once", () => {
  const { come } = guarded({ connectionsPerAddress: 2 });
  const last = come("10.0.0.1", 5_000).peer;
  expect(come("10.0.0.1", 5_000).taken).toBe(true);
  last.closed();
  expect(come("10.0.0.1").taken).toBe(true);
  expect(come("10.0.0.1").taken).toBe(false);
});

describe("where connections become scarce", () => {
  test("those that said nothing for a second give way, the oldest first, and no more than are needed", () => {
    const { come, clock, refused } = guarded({ connections: 4 });
    const peers = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"].map((address) => come(address).peer);
    clock.now = 999;
    expect(come("10.0.0.5").taken).toBe(false);
    clock.now = 1_000;
    expect(come("10.0.0.5").taken).toBe(true);
    expect(peers.map(({ ended }) => ended)).toEqual([true, true, true, false]);
    expect(refused).toEqual(["total 10.0.0.5", "silent 10.0.0.1", "silent 10.0.0.2", "silent 10.0.0.3"]);
  });

  test("those that have sent a request stay", () => {
    const { come, clock, connections } = guarded({ connectionsPerAddress: 2 });
    const peers = [come("10.0.0.1").peer, come("10.0.0.1").peer];
    for (const peer of peers) heard(connections, peer);
    clock.now = 60_000;
    expect(come("10.0.0.1").taken).toBe(false);
    expect(peers.map(({ ended }) => ended)).toEqual([false, false]);
  });

  test("an address makes room for itself among its own alone", () => {
    const { come, clock } = guarded({ connectionsPerAddress: 2 });
    const other = come("10.0.0.2").peer;
    const own = come("10.0.0.1").peer;
    clock.now = 1_000;
    expect(come("10.0.0.1").taken).toBe(true);
    expect([own.ended, other.ended]).toEqual([true, false]);
  });
});

test("an address that presented what takes long has one handshake in 5 s, for a minute, and others as many as ever", () => {
  const { come, clock, connections, refused } = guarded();
  const { peer } = come("10.0.0.1");
  connections.tooCostly(peer as never);
  expect(peer.ended).toBe(true);
  const taken = (now: number) => ((clock.now = now), come("10.0.0.1").taken);
  expect([4_999, 5_000, 5_001, 10_000, 59_999].map(taken)).toEqual([false, true, false, true, true]);
  expect(come("10.0.0.2").taken).toBe(true);
  expect([60_000, 60_001].map(taken)).toEqual([true, true]);
  expect(refused).toEqual(["costly 10.0.0.1", "costly 10.0.0.1", "costly 10.0.0.1"]);
});

test("the log is told at once of the first that is refused, and of the others in one line every 10 s", () => {
  jest.useFakeTimers();
  const lines: unknown[] = [];
  const refused = new RefusedConnections((event, facts) => void lines.push([event, facts]));
  for (let n = 0; n < 1_000; n += 1) refused.add(n % 2 === 0 ? "address" : "total", "10.0.0.1");
  refused.add("silent", "10.0.0.2");
  expect(lines).toEqual([["connections.refused", { address: 1, addresses: { "10.0.0.1": 1 } }]]);
  jest.advanceTimersByTime(TALLY_MILLISECONDS);
  const rest = { address: 499, total: 500, silent: 1, addresses: { "10.0.0.1": 999, "10.0.0.2": 1 } };
  expect(lines.slice(1)).toEqual([["connections.refused", rest]]);
  jest.advanceTimersByTime(TALLY_MILLISECONDS);
  refused.add("total", "10.0.0.3");
  refused.add("total", "10.0.0.3");
  expect(lines).toHaveLength(3);
  refused.close();
  expect(lines).toHaveLength(4);
  jest.useRealTimers();
});

test("a line of the log names the eight addresses with most refusals", () => {
  const lines: { addresses: object }[] = [];
  const refused = new RefusedConnections((_, facts) => void lines.push(facts as never));
  refused.add("total", "first");
  for (let n = 1; n <= 20; n += 1) for (let times = 0; times < n; times += 1) refused.add("total", `10.0.0.${n}`);
  refused.close();
  expect(Object.keys(lines[1]?.addresses ?? {})).toEqual([20, 19, 18, 17, 16, 15, 14, 13].map((n) => `10.0.0.${n}`));
});
