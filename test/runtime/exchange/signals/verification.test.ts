import { LIMITS } from "../../../../domain";
import { SILENT_SECONDS, StreamVerification } from "../../../../runtime/exchange/signals/verification";
import { OutboundFailure } from "../../../../runtime/outbound/credential";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { type StateStore, StoreUnavailable } from "../../../../runtime/store/store";
import { AUDIENCE, NOW, TRANSMITTER } from "../../../support/exchange/security-events";
import { FaultyStore } from "../../../support/faulty-store";

const EVERY = 90;
const SIGNAL = AbortSignal.timeout(60_000);

/** Exchanges that share a store, and what they asked a transmitter for */
function world(everySeconds = EVERY) {
  const time = { now: NOW };
  const states: string[] = [];
  const transmitter = { fails: false };
  const store: StateStore = new MemoryStore(() => time.now);
  const replica = (over: Pick<StateStore, "read" | "write"> = store, audience = AUDIENCE) =>
    new StreamVerification({
      stream: { issuer: TRANSMITTER.issuer, audience },
      everySeconds,
      request: async (state) => {
        states.push(state);
        if (transmitter.fails) throw new OutboundFailure("it is away");
      },
      state: async () => ({ store: over }),
      clock: () => time.now,
    });
  return { time, states, store, transmitter, replica, pass: (seconds: number) => void (time.now += seconds) };
}

test("it is asked at once, and then at the declared pace, each time for another 256 random bits", async () => {
  const { states, replica, pass } = world();
  const verification = replica();
  const asked: string[] = [];
  for (const seconds of [0, EVERY - 1, 1, EVERY]) {
    pass(seconds);
    asked.push(await verification.askWhereDue(SIGNAL));
  }
  expect(asked).toEqual(["asked", "not due", "asked", "asked"]);
  expect(new Set(states).size).toBe(3);
  expect(states.map((state) => Buffer.from(state, "base64url").length)).toEqual([32, 32, 32]);
});

test("all exchanges ask at the pace of one, also at the same time", async () => {
  const { states, replica, pass } = world();
  const [one, other] = [replica(), replica()];
  await Promise.all([one.askWhereDue(SIGNAL), other.askWhereDue(SIGNAL)]);
  pass(EVERY - 1);
  await Promise.all([one.askWhereDue(SIGNAL), other.askWhereDue(SIGNAL)]);
  expect(states).toHaveLength(1);
});

test("a transmitter that does not take the request is asked again at the pace, and not at once", async () => {
  const { states, replica, transmitter, pass } = world();
  transmitter.fails = true;
  await expect(replica().askWhereDue(SIGNAL)).rejects.toThrow("it is away");
  pass(EVERY - 1);
  expect(await replica().askWhereDue(SIGNAL)).toBe("not due");
  expect(states).toHaveLength(1);
});

test("it asks where an exchange with a wrong clock has asked in the future", async () => {
  const { states, replica, time } = world();
  time.now += 86_400;
  await replica().askWhereDue(SIGNAL);
  time.now -= 86_400;
  expect(await replica().askWhereDue(SIGNAL)).toBe("asked");
  expect(states).toHaveLength(2);
});

test.each<readonly [what: string, seconds: number, isAnswer: boolean]>([
  ["at once", 0, true],
  ["late", SILENT_SECONDS - 1, true],
  ["after the stream is silent", SILENT_SECONDS, false],
  ["within a day", 86_399, false],
])(
  "a requested verification that comes %s is an answer, and proves the stream before it is silent: %s s",
  async (_, seconds, isProof) => {
    const { states, replica, pass } = world();
    await replica().askWhereDue(SIGNAL);
    pass(seconds);
    // Either exchange may fetch it
    const other = replica();
    await other.askWhereDue(SIGNAL);
    expect(await other.isAnswer(states[0] as string)).toBe(true);
    expect(await other.provedAt()).toBe(isProof ? NOW : undefined);
  },
);

test("a verification requested a day ago, or before the last hundred, is no answer any more", async () => {
  const { states, replica, pass } = world();
  const verification = replica();
  for (let request = 0; request <= 100; request += 1) {
    await verification.askWhereDue(SIGNAL);
    pass(EVERY);
  }
  const isKnown = async (index: number) => verification.isAnswer(states[index] as string);
  expect([await isKnown(0), await isKnown(1), await isKnown(100)]).toEqual([false, true, true]);
  pass(86_400 - EVERY);
  expect(await isKnown(100)).toBe(false);
});

test("it proves where an exchange with a wrong clock has proved in the future, which itself is no proof", async () => {
  const { states, replica, time, pass } = world();
  const verification = replica();
  time.now += 3_600;
  await verification.askWhereDue(SIGNAL);
  await verification.isAnswer(states[0] as string);
  time.now -= 3_600;
  expect([await verification.provedAt(), await verification.unprovedSince()]).toEqual([undefined, undefined]);
  await verification.askWhereDue(SIGNAL);
  pass(1);
  await verification.isAnswer(states[1] as string);
  expect([await verification.provedAt(), await verification.unprovedSince()]).toEqual([NOW, NOW]);
});

test("a proof as far ahead as clocks may differ counts, and an earlier one does not replace it", async () => {
  const { states, replica, time } = world();
  const verification = replica();
  await verification.askWhereDue(SIGNAL);
  time.now += EVERY;
  await verification.askWhereDue(SIGNAL);
  await verification.isAnswer(states[1] as string);
  time.now -= LIMITS.clockSkew.seconds;
  await verification.isAnswer(states[0] as string);
  expect(await verification.provedAt()).toBe(NOW + EVERY);
});

test("a stream has proved nothing since its latest proof, or else since the oldest request", async () => {
  const { states, replica, pass } = world();
  const verification = replica();
  expect(await verification.unprovedSince()).toBeUndefined();
  await verification.askWhereDue(SIGNAL);
  pass(1_000);
  await verification.askWhereDue(SIGNAL);
  expect(await verification.unprovedSince()).toBe(NOW);
  await verification.isAnswer(states[1] as string);
  expect(await verification.unprovedSince()).toBe(NOW + 1_000);
});

test("with one request every 900 s, two stay unanswered before the third falls due with the silence", async () => {
  const { states, replica, pass } = world(900);
  const verification = replica();
  await verification.askWhereDue(SIGNAL);
  await verification.isAnswer(states[0] as string);
  for (let seconds = 1; seconds < verification.silentSeconds; seconds += 1) {
    pass(1);
    await verification.askWhereDue(SIGNAL);
  }
  expect(states).toHaveLength(3);
  pass(1);
  expect(await verification.askWhereDue(SIGNAL)).toBe("asked");
});

test.each<readonly [what: string, state: string]>([
  ["was never asked for", "x".repeat(43)],
  ["is empty", ""],
])("a state that %s is no answer, and proves nothing", async (_, state) => {
  const { replica } = world();
  const verification = replica();
  expect(await verification.isAnswer(state)).toBe(false);
  await verification.askWhereDue(SIGNAL);
  expect(await verification.isAnswer(state)).toBe(false);
  expect(await verification.provedAt()).toBeUndefined();
});

test("a state that was asked for another stream is no answer", async () => {
  const { states, store, replica } = world();
  await replica().askWhereDue(SIGNAL);
  expect(await replica(store, "ambit-dev").isAnswer(states[0] as string)).toBe(false);
});

test("an answer proves that the stream worked when it was asked for: one that comes again, or late, proves nothing newer", async () => {
  const { states, replica, pass } = world();
  const verification = replica();
  await verification.askWhereDue(SIGNAL);
  pass(EVERY);
  await verification.askWhereDue(SIGNAL);
  const [first, second] = states as [string, string];
  expect(await verification.isAnswer(second)).toBe(true);
  pass(10);
  expect([await verification.isAnswer(second), await verification.isAnswer(first)]).toEqual([true, true]);
  expect(await verification.provedAt()).toBe(NOW + EVERY);
});

test.each([
  [10, 300],
  [90, 300],
  [100, 300],
  [900, 2_700],
])("with one request every %i s a stream that proves nothing is silent after %i s", (every, seconds) => {
  expect(world(every).replica().silentSeconds).toBe(seconds);
});

test("fails when what it asks for cannot be kept, and asks for nothing that it would not know again", async () => {
  const { states, replica } = world();
  const store = new FaultyStore(new MemoryStore(() => NOW));
  store.before = () => {
    throw new StoreUnavailable("the table is gone");
  };
  await expect(replica(store).askWhereDue(SIGNAL)).rejects.toThrow(StoreUnavailable);
  expect(states).toEqual([]);
});

test("fails when an answer cannot be kept, which then comes again", async () => {
  const { states, store, replica } = world();
  await replica().askWhereDue(SIGNAL);
  const faulty = new FaultyStore(store);
  faulty.before = () => {
    throw new StoreUnavailable("the table is gone");
  };
  await expect(replica(faulty).isAnswer(states[0] as string)).rejects.toThrow(StoreUnavailable);
  expect(await replica().provedAt()).toBeUndefined();
});
