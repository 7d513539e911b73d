import { PassThrough } from "node:stream";
import { helloBytes } from "../../../../runtime/exchange/http/client-hello";
import type { Connections } from "../../../../runtime/exchange/http/connections";
import { keyExchangeGroups } from "../../../../runtime/exchange/http/key-exchange";
import { RefusedConnections, TALLY_MILLISECONDS } from "../../../../runtime/exchange/http/refused-connections";
import { guarded, HELLO, Peer } from "../../../support/exchange/guarded-connections";

/** One request of an authenticated client, answered */
function served(connections: Connections, peer: Peer): void {
  connections.secured(peer as never);
  for (const step of ["heard", "proven", "rested"] as const) connections[step](peer as never);
}

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

test("a port that is reused before its last connection was seen to end counts once, and that connection ends", () => {
  const { come } = guarded({ connectionsPerAddress: 2 });
  const last = come("10.0.0.1", 5_000).peer;
  expect([come("10.0.0.1", 5_000).taken, last.ended]).toEqual([true, true]);
  last.closed();
  expect(come("10.0.0.1").taken).toBe(true);
  expect(come("10.0.0.1").taken).toBe(false);
});

test("a port that is taken again hides no handshake that cost too much", () => {
  const { come, refused } = guarded();
  come("10.0.0.1", 5_000).peer.bytesRead = 10_000;
  expect([come("10.0.0.1", 5_000).taken, refused]).toEqual([false, ["costly 10.0.0.1", "costly 10.0.0.1"]]);
});

test("peers that have gone before they were taken are ended, each of them", () => {
  const { connections } = guarded();
  const gone = [1, 2].map(() => Object.assign(new Peer(""), { remoteAddress: undefined, remotePort: undefined }));
  expect(gone.map((peer) => connections.take(peer as never))).toEqual([false, false]);
  expect(gone.map(({ ended }) => ended)).toEqual([true, true]);
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

  test("those of authenticated clients that wait for an answer stay", () => {
    const { come, clock, connections } = guarded({ connectionsPerAddress: 2 });
    const peers = [come("10.0.0.1").peer, come("10.0.0.1").peer];
    for (const peer of peers) {
      served(connections, peer);
      connections.heard(peer as never);
    }
    clock.now = 60_000;
    expect(come("10.0.0.1").taken).toBe(false);
    expect(peers.map(({ ended }) => ended)).toEqual([false, false]);
  });

  test("a request frees no connection for good: clients that are not authenticated give way, and then idle ones", () => {
    const { come, clock, connections, refused } = guarded({ connections: 4, connectionsPerAddress: 3 });
    const [idle, asking, unknown, silent] = ["1", "2", "3", "4"].map((n) => come(`10.0.0.${n}`).peer) as Peer[];
    served(connections, idle as Peer);
    served(connections, asking as Peer);
    connections.heard(asking as never);
    for (let times = 0; times < 9; times += 1) {
      connections.heard(unknown as never);
      connections.rested(unknown as never);
      clock.now += 100;
    }
    clock.now = 1_000;
    expect(come("10.0.0.5").taken).toBe(true);
    expect([idle, asking, unknown, silent].map((peer) => peer?.ended)).toEqual([true, false, true, true]);
    expect(refused).toEqual(["silent 10.0.0.4", "unauthenticated 10.0.0.3", "idle 10.0.0.1"]);
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

describe("handshakes of one address", () => {
  const first = (come: (address: string) => { peer: Peer; taken: boolean }, count: number) =>
    Array.from({ length: count }, () => come("10.0.0.1"));

  test("are eight at once, and the others wait until one is over or its connection is", () => {
    const { come, connections } = guarded({ handshakes: 9 });
    const all = first(come, 11);
    const begun = () => all.filter(({ taken }) => taken).length;
    expect([begun(), come("10.0.0.2").taken]).toEqual([8, true]);
    connections.secured(all[0]?.peer as never);
    all[1]?.peer.closed();
    all[10]?.peer.closed();
    expect([begun(), all[9]?.taken, all[10]?.taken]).toEqual([10, true, false]);
  });

  test("end, or do not begin, when another one cost too much", () => {
    const { come, connections, refused } = guarded();
    const all = first(come, 40);
    connections.secured(all[0]?.peer as never);
    connections.secured(all[1]?.peer as never);
    connections.tooCostly(all[0]?.peer as never);
    // Two took the places of those that were over.
    expect(all.filter(({ taken }) => taken)).toHaveLength(10);
    expect(all.map(({ peer }) => peer.ended)).toEqual(all.map((_, n) => n !== 1));
    expect(refused).toEqual(Array.from({ length: 39 }, () => "costly 10.0.0.1"));
  });

  test("are given up after 3 s where others wait, or come to wait", () => {
    jest.useFakeTimers();
    const { come } = guarded();
    const all = first(come, 9);
    jest.advanceTimersByTime(2_999);
    expect(all[8]?.taken).toBe(false);
    jest.advanceTimersByTime(1);
    expect([all[0]?.peer.ended, all[1]?.peer.ended, all[8]?.taken]).toEqual([true, false, true]);
    jest.advanceTimersByTime(3_000);
    expect(all[1]?.peer.ended).toBe(false);
    expect([come("10.0.0.1").taken, all[1]?.peer.ended, all[2]?.peer.ended]).toEqual([true, true, false]);
    jest.useRealTimers();
  });

  test("are not given up while there is room for more", () => {
    jest.useFakeTimers();
    const { come } = guarded({ handshakes: 1 });
    const own = come("10.0.0.1");
    jest.advanceTimersByTime(3_000);
    come("10.0.0.2");
    expect([come("10.0.0.1").taken, own.peer.ended]).toEqual([false, false]);
    jest.useRealTimers();
  });

  test("leave no timer behind when they end, whether or not they had begun", () => {
    jest.useFakeTimers();
    const { come } = guarded();
    const all = first(come, 9);
    for (let times = 0; times < 9; times += 1) {
      // The last one's port, again and again
      all.push(come("10.0.0.1", all[8]?.peer.remotePort));
    }
    for (const { peer } of all) peer.closed();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  test("wait behind their own address alone: addresses take turns", () => {
    const { come, connections } = guarded({ handshakes: 3 });
    const flood = first(come, 20);
    const others = [come("10.0.0.2"), come("10.0.0.2"), come("10.0.0.3")];
    const isTaken = ({ taken }: { taken: boolean }) => taken;
    expect([flood.filter(isTaken).length, others.filter(isTaken)]).toEqual([3, []]);
    const order = [];
    for (let over = 0; over < 4; over += 1) {
      connections.secured(flood[over]?.peer as never);
      order.push([flood.filter(isTaken).length, ...others.map(isTaken)]);
    }
    expect(order).toEqual([
      [4, false, false, false],
      [4, true, false, false],
      [4, true, false, true],
      [5, true, false, true],
    ]);
  });

  test("that do not go on hold up others of their address alone, and those for 3 s", () => {
    jest.useFakeTimers();
    const { come } = guarded({ handshakes: 2, handshakesPerAddress: 2 });
    const flood = first(come, 3);
    const other = come("10.0.0.2");
    jest.advanceTimersByTime(99);
    expect(other.taken).toBe(false);
    jest.advanceTimersByTime(1);
    expect([other.taken, flood[2]?.taken]).toEqual([true, false]);
    jest.useRealTimers();
  });

  test("do not begin before the client does, and one that says nothing takes no other's turn", () => {
    const { come, connections } = guarded({ handshakes: 1, handshakesPerAddress: 1 });
    const silent = new Peer("10.0.0.1");
    expect(connections.take(silent as never)).toBe(true);
    expect(come("10.0.0.1").taken).toBe(true);
    let hasBegun = false;
    connections.greeted(silent as never, HELLO, () => (hasBegun = true));
    expect(hasBegun).toBe(false);
  });

  test.each([
    [HELLO + 512, true],
    [HELLO + 513, false],
  ])("that end after %p bytes, with a first message of 1,600, leave the next one its turn: %p", (bytesRead, taken) => {
    const { come, connections } = guarded();
    const { peer } = come("10.0.0.1");
    // As after a reset
    Object.assign(peer, { bytesRead, remoteAddress: undefined });
    expect(connections.secured(peer as never)).toBe(false);
    peer.closed();
    expect([come("10.0.0.1").taken, come("10.0.0.2").taken]).toEqual([taken, true]);
  });

  test("that are over leave the next one its turn, however much came after them", () => {
    const { come, connections } = guarded();
    const { peer } = come("10.0.0.1");
    connections.secured(peer as never);
    peer.bytesRead = 100_000;
    peer.closed();
    expect(come("10.0.0.1").taken).toBe(true);
  });
});

test.each([
  ["a first message", [22, 3, 1, 6, 0, 1, 0, 5, 252], 1_541],
  ["too little to know", [22, 3, 1, 6, 0, 1, 0, 5], 0],
  ["no record of a handshake", [128, 3, 1, 6, 0, 1, 9, 9, 9], 0],
  ["another message", [22, 3, 3, 6, 0, 11, 9, 9, 9], 0],
])("the first message of %s, %p, has this many bytes: %p", (_, bytes, count) => {
  const come = new PassThrough();
  come.write(Buffer.from(bytes));
  expect(helloBytes(come as never)).toBe(count);
  expect([...(come.read() as Buffer)]).toEqual(bytes);
});

test("where all clients have one address, none is slowed down for another", () => {
  const { come, connections, refused } = guarded({ connections: 100, connectionsPerAddress: 100 });
  const { peer } = come("10.0.0.1");
  connections.secured(peer as never);
  connections.tooCostly(peer as never);
  expect([peer.ended, refused]).toEqual([true, ["costly 10.0.0.1"]]);
  expect(Array.from({ length: 20 }, () => come("10.0.0.1").taken)).not.toContain(false);
});

test("the first refusal is logged at once, the others in one line every 10 s", () => {
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

test.each([
  ["3.0.19", "X25519:P-256"],
  ["3.4.1", "X25519:P-256"],
  ["3.5.0+quic", "X25519MLKEM768:X25519:P-256"],
  ["4.0.0", "X25519MLKEM768:X25519:P-256"],
])("with OpenSSL %s keys are agreed on by %s", (version, groups) => {
  expect(keyExchangeGroups(version)).toBe(groups);
});
