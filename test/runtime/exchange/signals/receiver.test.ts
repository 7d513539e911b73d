import fc from "fast-check";
import type { AuditEvent } from "../../../../runtime/audit/audit";
import { Backlog } from "../../../../runtime/audit/backlog";
import { AuditLedger } from "../../../../runtime/audit/ledger";
import { SignalReceiver } from "../../../../runtime/exchange/signals/receiver";
import { ENDED_LOGINS_SECONDS, endedLoginsOf } from "../../../../runtime/session/ended-logins";
import { endedLoginsKey } from "../../../../runtime/store/keys";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { type StateStore, StoreUnavailable } from "../../../../runtime/store/store";
import { depth } from "../../../support/depth";
import {
  AUDIENCE,
  keysOf,
  NOW,
  revokedSession,
  SESSION_REVOKED,
  setOf,
  TRANSMITTER,
} from "../../../support/exchange/security-events";
import { smallFleet } from "../../../support/exchange/small-fleet";
import { FaultyStore } from "../../../support/faulty-store";
import { PERSONS } from "../../../support/persons";

class World {
  public now = NOW;
  public readonly events: AuditEvent[] = [];
  public readonly lines: string[] = [];
  public issuers = [TRANSMITTER];
  /** Undefined where no verification is asked for */
  public states: readonly string[] | undefined;

  /** Of records that wait for the log */
  public backlog: Backlog | undefined;

  constructor(public readonly store: StateStore = new MemoryStore(() => NOW)) {}

  /** One exchange of several that share the store */
  public replica(): SignalReceiver {
    const { store, backlog } = this;
    const ledger = new AuditLedger({ store, persons: PERSONS, clock: () => this.now, ...(backlog && { backlog }) });
    return new SignalReceiver({
      issuer: TRANSMITTER.issuer,
      audience: AUDIENCE,
      registry: { current: () => smallFleet(this.issuers, []) },
      keysOf,
      state: async () => ({ store: this.store }),
      ledger: { commit: async (act) => ledger.commit(act).then(() => void this.events.push(act.event)) },
      clock: () => this.now,
      log: (event) => void this.lines.push(event),
      verification: this.states && { isAnswer: async (state) => this.states?.includes(state) ?? false },
    });
  }

  public async endedBefore(subject = "alice"): Promise<number | undefined> {
    const [item] = await this.store.read([endedLoginsKey({ issuer: TRANSMITTER.issuer, subject })]);
    return item && endedLoginsOf(item).before;
  }
}

const sets = (...named: readonly (readonly [string, string])[]) => new Map(named);

test("an event is written with its record, without the user's name, and acknowledged", async () => {
  const world = new World();
  expect(await world.replica().received(sets(["a", revokedSession("a")]))).toEqual({ ack: ["a"], setErrs: {} });
  expect(await world.endedBefore()).toBe(NOW - 10);
  expect(world.events).toEqual([
    {
      kind: "logins.ended",
      time: NOW,
      facts: { issuer: TRANSMITTER.issuer, user: expect.any(String), type: SESSION_REVOKED, before: NOW - 10 },
    },
  ]);
  expect(JSON.stringify(world.events)).not.toContain("alice");
});

test("logins end however far the audit log is behind", async () => {
  const world = new World();
  world.backlog = new Backlog({ alarmSeconds: 1, refuseSeconds: 2, refuseRecords: 1 });
  world.backlog.written("w", 1);
  expect(await world.replica().received(sets(["a", revokedSession("a")]))).toEqual({ ack: ["a"], setErrs: {} });
  expect(await world.endedBefore()).toBe(NOW - 10);
});

test("a repeated event is acknowledged again and written once, across exchanges", async () => {
  const world = new World();
  const set = sets(["a", revokedSession("a")]);
  const replicas = [world.replica(), world.replica(), world.replica()];
  const taken = await Promise.all([...replicas, ...replicas].map((each) => each.received(set)));
  expect(taken).toEqual(taken.map(() => ({ ack: ["a"], setErrs: {} })));
  expect(world.events).toHaveLength(1);
});

test("in any order, and however often they come, events end what the latest of them ends", async () => {
  const delivery = fc.record({ jti: fc.integer({ min: 0, max: 4 }), replica: fc.integer({ min: 0, max: 1 }) });
  const times = [NOW - 10, NOW - 400, NOW - 3, NOW - 90, NOW - 10];
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 10 }), async (deliveries) => {
      const world = new World();
      const replicas = [world.replica(), world.replica()];
      for (const { jti, replica } of deliveries) {
        const name = String(jti);
        const taken = await replicas[replica]?.received(sets([name, revokedSession(name, "alice", times[jti])]));
        expect(taken?.ack).toEqual([name]);
      }
      const told = new Set(deliveries.map(({ jti }) => jti));
      expect(world.events).toHaveLength(told.size);
      expect(await world.endedBefore()).toBe(Math.max(...[...told].map((jti) => times[jti] as number)));
    }),
    { numRuns: depth(300) },
  );
});

test("a wrong event is reported with its code, and a right one beside it is taken", async () => {
  const world = new World();
  const wrong = setOf({ iss: TRANSMITTER.issuer, aud: "ambit-dev", jti: "b", iat: NOW });
  const taken = await world.replica().received(sets(["b", wrong], ["a", revokedSession("a")]));
  expect(taken).toEqual({
    ack: ["a"],
    setErrs: { b: { err: "invalid_audience", description: "aud must name this receiver" } },
  });
  expect(world.lines).toEqual(["signals.ended", "signals.refused"]);
});

test("an event under another name than its own is refused: what is acknowledged is not it", async () => {
  const world = new World();
  const { ack, setErrs } = await world.replica().received(sets(["b", revokedSession("a")]));
  expect([ack, setErrs.b?.err]).toEqual([[], "invalid_request"]);
  expect(await world.endedBefore()).toBeUndefined();
});

const UNSIGNED = setOf({ iss: TRANSMITTER.issuer, jti: "a" }, { kid: "login-2" });

test("a signature that does not verify is an error once nothing is left to end: the issuer's new key may not have been fetched", async () => {
  const world = new World();
  const receiver = world.replica();
  const set = sets(["a", UNSIGNED]);
  expect(await receiver.received(set)).toEqual({ ack: [], setErrs: {} });
  world.now += ENDED_LOGINS_SECONDS - 1;
  expect(await receiver.received(set)).toEqual({ ack: [], setErrs: {} });
  world.now += 1;
  expect((await receiver.received(set)).setErrs.a?.err).toBe("invalid_key");
});

test("a token that was issued ahead comes again, and is taken when the clock has gone on", async () => {
  const world = new World();
  const receiver = world.replica();
  const set = sets(["a", revokedSession("a", "alice", NOW + 300, NOW + 300)]);
  expect(await receiver.received(set)).toEqual({ ack: [], setErrs: {} });
  world.now += 240;
  expect((await receiver.received(set)).ack).toEqual(["a"]);
  expect(await world.endedBefore()).toBe(NOW + 300);
});

test("at most half a poll waits for keys: the oldest of these tokens become errors, and right ones beside them are taken", async () => {
  const world = new World();
  const receiver = world.replica();
  expect(await receiver.received(sets(["old", UNSIGNED]))).toEqual({ ack: [], setErrs: {} });
  world.now += 1;
  const many = Array.from({ length: 50 }, (_, n) => [`n${n}`, UNSIGNED] as const);
  const { ack, setErrs } = await receiver.received(sets(...many, ["old", UNSIGNED], ["a", revokedSession("a")]));
  expect([ack, Object.keys(setErrs)]).toEqual([["a"], ["old"]]);
});

test("fails when the event cannot be written, and acknowledges nothing", async () => {
  const store = new FaultyStore(new MemoryStore(() => NOW));
  store.before = () => {
    throw new StoreUnavailable("the table is gone");
  };
  const world = new World(store);
  await expect(world.replica().received(sets(["a", revokedSession("a")]))).rejects.toThrow(StoreUnavailable);
});

test("fails when the registry names the issuer no more", async () => {
  const world = new World();
  world.issuers = [];
  const received = world.replica().received(sets(["a", revokedSession("a")]));
  await expect(received).rejects.toThrow("evidence.issuer-unknown");
});

test.each([
  ["https://schemas.openid.net/secevent/caep/event-type/device-compliance-change", {}, "signals.ignored"],
  ["https://schemas.openid.net/secevent/ssf/event-type/verification", {}, "signals.verified"],
  ["https://schemas.openid.net/secevent/ssf/event-type/stream-updated", { status: "paused" }, "signals.stream"],
])("%s is acknowledged and told, and ends nothing", async (type, facts, line) => {
  const world = new World();
  const set = setOf({ iss: TRANSMITTER.issuer, aud: AUDIENCE, jti: "a", iat: NOW, events: { [type]: facts } });
  expect((await world.replica().received(sets(["a", set]))).ack).toEqual(["a"]);
  expect([world.events, world.lines]).toEqual([[], [line]]);
});

describe("a verification", () => {
  const verification = (jti: string, state?: string) =>
    setOf({
      iss: TRANSMITTER.issuer,
      aud: AUDIENCE,
      jti,
      iat: NOW,
      events: {
        "https://schemas.openid.net/secevent/ssf/event-type/verification": { ...(state !== undefined && { state }) },
      },
    });
  const UNASKED = {
    v: { err: "invalid_state", description: "state must be one that this receiver has asked for lately" },
  };

  test.each<readonly [what: string, states: readonly string[] | undefined, state: string | undefined]>([
    ["that was asked for", ["asked"], "asked"],
    ["that the transmitter sends by itself", ["asked"], undefined],
    ["that the transmitter sends by itself, where none is asked for", undefined, undefined],
  ])("%s is taken", async (_, states, state) => {
    const world = new World();
    world.states = states;
    const taken = await world.replica().received(sets(["v", verification("v", state)]));
    expect(taken).toEqual({ ack: ["v"], setErrs: {} });
    expect([world.lines, world.events]).toEqual([["signals.verified"], []]);
  });

  test.each<readonly [what: string, states: readonly string[] | undefined, state: string]>([
    ["of another state", ["asked"], "another"],
    ["of a state that begins alike", ["asked"], "aske"],
    ["of a state that was asked for no more", [], "asked"],
    ["of a state where none is asked for", undefined, "asked"],
  ])("%s is refused, and on record once however often it comes", async (_, states, state) => {
    const world = new World();
    world.states = states;
    const set = sets(["v", verification("v", state)]);
    for (const replica of [world.replica(), world.replica()]) {
      expect(await replica.received(set)).toEqual({ ack: [], setErrs: UNASKED });
    }
    const facts = { issuer: TRANSMITTER.issuer, code: "invalid_state", event: expect.any(String) };
    expect(world.events).toEqual([{ kind: "signals.refused", time: NOW, facts }]);
    expect(world.lines).toEqual(["signals.refused", "signals.refused"]);
  });

  test("fails when its refusal cannot be written, so that it comes again", async () => {
    const store = new FaultyStore(new MemoryStore(() => NOW));
    const world = new World(store);
    store.before = () => {
      throw new StoreUnavailable("the table is gone");
    };
    const received = world.replica().received(sets(["v", verification("v", "another")]));
    await expect(received).rejects.toThrow(StoreUnavailable);
  });

  test("that was asked for does not resume a paused stream, which answers verifications too", async () => {
    const world = new World();
    world.states = ["asked"];
    const paused = { "https://schemas.openid.net/secevent/ssf/event-type/stream-updated": { status: "paused" } };
    const claims = { iss: TRANSMITTER.issuer, aud: AUDIENCE, jti: "p", iat: NOW - 2, events: paused };
    await world.replica().received(sets(["p", setOf(claims)], ["v", verification("v", "asked")]));
    expect(await world.replica().isEnabled()).toBe(false);
  });
});

describe("all exchanges know the last status of the transmitter's stream:", () => {
  const streamOf = (jti: string, status: string, iat: number) =>
    setOf({
      iss: TRANSMITTER.issuer,
      aud: AUDIENCE,
      jti,
      iat,
      events: { "https://schemas.openid.net/secevent/ssf/event-type/stream-updated": { status } },
    });
  const VERIFIED = setOf({
    iss: TRANSMITTER.issuer,
    aud: AUDIENCE,
    jti: "v",
    iat: NOW,
    events: { "https://schemas.openid.net/secevent/ssf/event-type/verification": {} },
  });

  test.each<readonly [what: string, told: readonly (readonly [string, string])[], isEnabled: boolean]>([
    ["nothing", [], true],
    ["paused", [["a", streamOf("a", "paused", NOW - 2)]], false],
    ["disabled", [["a", streamOf("a", "disabled", NOW - 2)]], false],
    [
      "enabled after paused",
      [
        ["a", streamOf("a", "paused", NOW - 2)],
        ["b", streamOf("b", "enabled", NOW - 1)],
      ],
      true,
    ],
    [
      "paused, which came late",
      [
        ["b", streamOf("b", "enabled", NOW - 1)],
        ["a", streamOf("a", "paused", NOW - 2)],
      ],
      true,
    ],
    [
      "a verification after paused",
      [
        ["a", streamOf("a", "paused", NOW - 2)],
        ["v", VERIFIED],
      ],
      true,
    ],
  ])("%s", async (_, told, isEnabled) => {
    const world = new World();
    expect((await world.replica().received(sets(...told))).ack).toEqual(told.map(([name]) => name));
    expect(await world.replica().isEnabled()).toBe(isEnabled);
  });
});
