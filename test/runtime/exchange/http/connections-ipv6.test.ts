import { addressOf, networkOf } from "../../../../runtime/exchange/http/remote-address";
import { guarded } from "../../../support/exchange/guarded-connections";

describe("IPv6 addresses", () => {
  test.each([
    ["2001:db8:0:1::5", "2001:db8:0:1:ffff::1", true],
    ["2001:db8::5", "2001:db8:0:0:a:b:c:d", true],
    ["2001:db8:0:1::5", "2001:db8:0:2::5", false],
    ["2001:db8::1:0:0:0:1", "2001:db8:0:2::5", false],
    ["::1", "::2", true],
    ["fe80::1%eth0", "fe80::2%eth0", true],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.2", false],
  ])("%s and %s are of one network: %p", (one, other, isOne) => {
    expect(networkOf(addressOf({ remoteAddress: one })) === networkOf(addressOf({ remoteAddress: other }))).toBe(isOne);
  });

  test("a host takes no connection from its neighbours, and a network at most half of all", () => {
    const { come, refused } = guarded({ connections: 8, connectionsPerAddress: 2 });
    const taken = (hosts: readonly string[]) => hosts.map((host) => come(host).taken);
    expect(taken(["fd00:1::1", "fd00:1::1", "fd00:1::1"])).toEqual([true, true, false]);
    expect(taken(["fd00:1::2", "fd00:1::3", "fd00:1::4", "fd00:2::1"])).toEqual([true, true, false, true]);
    expect(refused).toEqual(["address fd00:1::1", "network fd00:1::4"]);
  });

  test("a network makes room for its own among its own alone", () => {
    const { come, clock } = guarded({ connections: 8, connectionsPerAddress: 2 });
    const peers = ["fd00:2::1", "fd00:1::1", "fd00:1::2", "fd00:1::3"].map((host) => come(host).peer);
    clock.now = 1_000;
    expect(come("fd00:1::4").taken).toBe(true);
    expect(peers.map(({ ended }) => ended)).toEqual([false, true, true, false]);
  });

  test("a network has as many connections as one of its addresses may have", () => {
    const { come } = guarded({ connections: 4, connectionsPerAddress: 4 });
    expect(["1", "2", "3", "4"].map((host) => come(`fd00:1::${host}`).taken)).not.toContain(false);
  });

  test("a host with costly handshakes slows down no neighbour, and eight of them their network", () => {
    const { come, clock, connections } = guarded();
    const costly = (host: number) => connections.tooCostly(come(`fd00:1::${host}`).peer as never);
    for (let host = 1; host < 8; host += 1) costly(host);
    expect(["fd00:1::1", "fd00:1::9"].map((host) => come(host).taken)).toEqual([false, true]);
    costly(8);
    expect(["fd00:1::9", "fd00:2::1"].map((host) => come(host).taken)).toEqual([false, true]);
    clock.now = 5_000;
    expect(["fd00:1::9", "fd00:1::10"].map((host) => come(host).taken)).toEqual([true, false]);
  });

  test("hosts that were costly more than a minute ago do not slow down their network", () => {
    const { come, clock, connections } = guarded();
    for (let host = 1; host <= 8; host += 1) {
      connections.tooCostly(come(`fd00:1::${host}`).peer as never);
      clock.now += 10_000;
    }
    expect(come("fd00:1::9").taken).toBe(true);
  });

  test("handshakes take turns by networks, and in a network by addresses: one host holds up no neighbour", () => {
    const { come, connections } = guarded({ handshakes: 1 });
    const hosts = ["fd00:1::1", "fd00:1::1", "fd00:1::1", "fd00:1::2", "fd00:1::3", "fd00:2::1", "fd00:2::1"];
    const waiting = hosts.map((host) => ({ host, its: come(host) }));
    const order = [];
    for (let over = 0; over < hosts.length; over += 1) {
      const begun = waiting.findIndex(({ its }) => its.taken);
      const [one] = waiting.splice(begun, 1);
      order.push(one?.host);
      connections.secured(one?.its.peer as never);
    }
    expect(order).toEqual(["fd00:1::1", "fd00:1::1", "fd00:2::1", "fd00:1::2", "fd00:2::1", "fd00:1::3", "fd00:1::1"]);
  });
});
