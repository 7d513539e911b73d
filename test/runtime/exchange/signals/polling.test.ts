import type { AuditEvent } from "../../../../runtime/audit/audit";
import { StoreUnavailable } from "../../../../runtime/store/store";
import { type Poll, POLL_TIMES, SignalPolling } from "../../../../runtime/exchange/signals/polling";
import type { Taken } from "../../../../runtime/exchange/signals/receiver";

const NOW = 1_800_000_000;
const SILENT = 600;
const NOTHING: Taken = { ack: [], setErrs: {} };
const SETS = new Map([["a", "token"]]);

/** How the transmitter answers where it is asked to verify its stream */
interface Proof {
  asked: "asked" | "not due" | Error;
  provedAt: number | undefined;
  /** The oldest request that is known */
  askedAt?: number;
}

function world(
  answers: readonly (Error | ReadonlyMap<string, string>)[],
  takes: Taken | Error = { ack: ["a"], setErrs: {} },
  proof?: Proof,
) {
  const asked: Taken[] = [];
  const stream = { isEnabled: true };
  const lines: string[] = [];
  const records: AuditEvent[] = [];
  const store = { fails: false };
  let now = 0;
  const left = [...answers];
  const poll: Poll = async (taken) => {
    asked.push(taken);
    const next = left.shift() ?? new Map<string, string>();
    if (next instanceof Error) throw next;
    return { sets: next, odd: next.has("odd") ? ["odd"] : [] };
  };
  const received = async () => (takes instanceof Error ? Promise.reject(takes) : takes);
  const polling = new SignalPolling({
    issuer: "https://login.acme.example",
    poll,
    receiver: { received, isEnabled: async () => stream.isEnabled },
    log: (event) => void lines.push(event),
    ledger: {
      commit: async ({ event }) => {
        if (store.fails) throw new StoreUnavailable("the table is gone");
        records.push(event);
      },
    },
    clock: () => NOW + Math.floor(now / 1_000),
    elapsed: () => now,
    verification: proof && {
      askWhereDue: async () => (proof.asked instanceof Error ? Promise.reject(proof.asked) : proof.asked),
      provedAt: async () => proof.provedAt,
      unprovedSince: async () => proof.provedAt ?? proof.askedAt,
      silentSeconds: SILENT,
    },
  });
  const pass = (milliseconds: number) => void (now += milliseconds);
  return { polling, asked, lines, records, store, pass, stream };
}

test("taken events are acknowledged at once, until there are no more", async () => {
  const { polling, asked } = world([SETS, SETS]);
  await polling.round();
  expect(asked).toEqual([NOTHING, { ack: ["a"], setErrs: {} }, { ack: ["a"], setErrs: {} }]);
});

test("an acknowledgement that may be lost is repeated", async () => {
  const { polling, asked } = world([SETS, new Error("gone")]);
  await polling.round();
  await polling.round();
  expect(asked.at(-1)).toEqual({ ack: ["a"], setErrs: {} });
});

test("an event that waits for a key is fetched in the next round only", async () => {
  const { polling, asked } = world([SETS, SETS], NOTHING);
  await polling.round();
  expect(asked).toHaveLength(1);
});

test("a malformed token is reported as an error beside the acknowledgements", async () => {
  const { polling, asked } = world([new Map([["odd", ""]])]);
  await polling.round();
  const NO_TOKEN = { err: "invalid_request", description: "it must be a security event token, as a text" };
  expect(asked.at(1)).toEqual({ ack: ["a"], setErrs: { odd: NO_TOKEN } });
});

test("one round sends so many requests at most", async () => {
  const { polling, asked } = world(Array.from({ length: 100 }, () => SETS));
  await polling.round();
  expect(asked).toHaveLength(20);
});

test("nothing is acknowledged that could not be written", async () => {
  const { polling, asked } = world([SETS], new Error("the table is gone"));
  await polling.round();
  await polling.round();
  expect(asked).toEqual([NOTHING, NOTHING]);
});

test.each([
  ["that does not answer", [new Error("gone")], undefined],
  ["whose events cannot be written", [SETS], new Error("the table is gone")],
])("a transmitter %s is silent after five minutes, which is logged every five", async (_, answers, takes) => {
  const { polling, lines, pass } = world(
    Array.from({ length: 4 }, () => answers[0] as Error),
    takes,
  );
  await polling.round();
  pass(POLL_TIMES.silent - 1);
  await polling.round();
  expect([polling.isSilent, lines]).toEqual([false, ["signals.failed"]]);
  pass(1);
  await polling.round();
  expect([polling.isSilent, lines]).toEqual([true, ["signals.failed", "signals.silent"]]);
  pass(POLL_TIMES.silent);
  await polling.round();
  expect(lines).toEqual(["signals.failed", "signals.silent", "signals.silent"]);
  await polling.round();
  expect([polling.isSilent, lines.at(-1)]).toEqual([false, "signals.heard"]);
});

test("a transmitter that has paused its stream is silent after five minutes, until it goes on", async () => {
  const { polling, lines, pass, stream } = world([]);
  stream.isEnabled = false;
  pass(POLL_TIMES.silent);
  await polling.round();
  expect([polling.isSilent, lines]).toEqual([true, ["signals.failed", "signals.silent"]]);
  stream.isEnabled = true;
  await polling.round();
  expect([polling.isSilent, lines.at(-1)]).toEqual([false, "signals.heard"]);
});

describe("the record has of a silence", () => {
  const FACTS = { issuer: "https://login.acme.example", since: NOW };

  test("its beginning once, for any number of reports, and its end", async () => {
    const { polling, records, pass, stream } = world([]);
    stream.isEnabled = false;
    for (let round = 0; round < 3; round += 1) {
      pass(POLL_TIMES.silent);
      await polling.round();
    }
    const begun = { kind: "signals.silent", time: NOW + 300, facts: { ...FACTS, seconds: 300 } };
    expect(records).toEqual([begun]);
    stream.isEnabled = true;
    pass(1_000);
    await polling.round();
    await polling.round();
    const ended = { kind: "signals.heard", time: NOW + 901, facts: { ...FACTS, seconds: 901 } };
    expect(records).toEqual([begun, ended]);
  });

  test("nothing where a transmitter failed for less than five minutes", async () => {
    const { polling, records, pass } = world([new Error("gone")]);
    await polling.round();
    pass(POLL_TIMES.silent - 1);
    await polling.round();
    expect(records).toEqual([]);
  });

  test("a silence that was over before it could be written", async () => {
    const { polling, records, store, pass, stream } = world([]);
    Object.assign(stream, { isEnabled: false });
    store.fails = true;
    pass(POLL_TIMES.silent);
    await polling.round();
    Object.assign(stream, { isEnabled: true });
    await polling.round();
    expect(records).toEqual([]);
    store.fails = false;
    pass(5_000);
    await polling.round();
    await polling.round();
    expect(records).toMatchObject([
      { kind: "signals.silent", facts: { ...FACTS, seconds: 300 } },
      { kind: "signals.heard", facts: { ...FACTS, seconds: 300 } },
    ]);
    expect(records).toHaveLength(2);
  });

  test("events that could not be written at first, once they can be, with their times", async () => {
    const { polling, lines, records, store, pass, stream } = world([]);
    Object.assign(stream, { isEnabled: false });
    store.fails = true;
    pass(POLL_TIMES.silent);
    await polling.round();
    expect([records, lines.at(-1)]).toEqual([[], "signals.unrecorded"]);
    store.fails = false;
    pass(POLL_TIMES.silent);
    await polling.round();
    stream.isEnabled = true;
    store.fails = true;
    await polling.round();
    store.fails = false;
    pass(5_000);
    await polling.round();
    expect(records).toMatchObject([
      { kind: "signals.silent", facts: { ...FACTS, seconds: 600 } },
      { kind: "signals.heard", facts: { ...FACTS, seconds: 600 } },
    ]);
  });
});

describe("where the transmitter is asked to verify its stream,", () => {
  const proofOf = (given: Partial<Proof> = {}): Proof => ({ asked: "asked", provedAt: undefined, ...given });

  test("answered polls alone are no proof: it is silent after the declared time, and heard with the answer", async () => {
    const proof = proofOf();
    const { polling, lines, pass } = world([], undefined, proof);
    await polling.round();
    pass(SILENT * 1_000 - 1);
    await polling.round();
    expect([polling.isSilent, lines]).toEqual([false, []]);
    pass(1);
    await polling.round();
    expect([polling.isSilent, lines]).toEqual([true, ["signals.failed", "signals.silent"]]);
    proof.provedAt = NOW + SILENT - 5;
    await polling.round();
    expect([polling.isSilent, lines.at(-1)]).toEqual([false, "signals.heard"]);
  });

  test("an answer counts from when it was asked for, and not from when it came", async () => {
    const proof = proofOf();
    const { polling, pass } = world([], undefined, proof);
    pass(SILENT * 1_000);
    proof.provedAt = NOW + 100;
    await polling.round();
    expect(polling.isSilent).toBe(false);
    pass(100_000 - 1);
    await polling.round();
    expect(polling.isSilent).toBe(false);
    pass(1);
    await polling.round();
    expect(polling.isSilent).toBe(true);
  });

  test("the record has when the silence began and ended", async () => {
    const proof = proofOf();
    const { polling, records, pass } = world([], undefined, proof);
    pass(SILENT * 1_000);
    await polling.round();
    pass(60_000);
    proof.provedAt = NOW + SILENT + 40;
    await polling.round();
    expect(records).toMatchObject([
      { kind: "signals.silent", facts: { since: NOW, seconds: SILENT } },
      { kind: "signals.heard", facts: { since: NOW, seconds: SILENT + 40 } },
    ]);
  });

  test("a refused verification request is logged as failed, and events are fetched all the same", async () => {
    const proof = proofOf({ asked: new Error("status 404") });
    const { polling, asked, lines, pass } = world([SETS], undefined, proof);
    await polling.round();
    expect([asked.length, lines]).toEqual([2, ["signals.failed"]]);
    proof.asked = "not due";
    await polling.round();
    expect(lines).toEqual(["signals.failed"]);
    pass(SILENT * 1_000);
    await polling.round();
    expect([polling.isSilent, lines]).toEqual([true, ["signals.failed", "signals.silent"]]);
    proof.provedAt = NOW + SILENT;
    await polling.round();
    expect([polling.isSilent, lines.at(-1)]).toEqual([false, "signals.heard"]);
  });

  test("one that takes the next request is heard again, while what it has proved is not too old", async () => {
    const proof = proofOf({ asked: new Error("status 503") });
    const { polling, lines } = world([], undefined, proof);
    await polling.round();
    proof.asked = "asked";
    await polling.round();
    expect(lines).toEqual(["signals.failed", "signals.heard"]);
  });

  test("an answer helps no stream that is paused", async () => {
    const proof = proofOf();
    const { polling, pass, stream } = world([], undefined, proof);
    stream.isEnabled = false;
    pass(SILENT * 1_000);
    proof.provedAt = NOW + SILENT;
    await polling.round();
    expect(polling.isSilent).toBe(true);
  });

  test.each<readonly [what: string, given: Partial<Proof>, answers: readonly Error[]]>([
    ["its latest proof", { provedAt: NOW - 10_000 }, []],
    ["the first request, where none was ever answered", { askedAt: NOW - 10_000 }, []],
    ["its latest proof, where polls fail too", { provedAt: NOW - 10_000 }, [new Error("gone"), new Error("gone")]],
    ["its latest proof, where it takes no request", { provedAt: NOW - 10_000, asked: new Error("gone") }, []],
  ])("a silence does not begin anew with an exchange: it began with %s", async (_, given, answers) => {
    const { polling, records, pass } = world(answers, undefined, proofOf(given));
    await polling.round();
    pass(POLL_TIMES.first - 1);
    expect([polling.isSilent, records]).toEqual([false, []]);
    pass(1);
    await polling.round();
    expect(polling.isSilent).toBe(true);
    expect(records).toMatchObject([{ kind: "signals.silent", facts: { since: NOW - 10_000, seconds: 10_060 } }]);
  });

  test("an answer in the first minute of an exchange ends what was unproved before, without a word", async () => {
    const proof = proofOf({ provedAt: NOW - 10_000 });
    const { polling, lines, pass } = world([], undefined, proof);
    await polling.round();
    proof.provedAt = NOW;
    pass(POLL_TIMES.first);
    await polling.round();
    expect([polling.isSilent, lines]).toEqual([false, []]);
  });

  test("an exchange to which only states come that were not asked for counts what others were answered", async () => {
    const proof = proofOf();
    const setErrs = { a: { err: "invalid_state", description: "x" } } as const;
    const { polling, lines, pass } = world([SETS, new Map(), SETS], { ack: [], setErrs }, proof);
    pass(SILENT * 1_000);
    proof.provedAt = NOW + SILENT;
    await polling.round();
    expect([polling.isSilent, lines]).toEqual([false, ["signals.failed"]]);
  });
});

test.each([
  ["there were errors alone", [], true],
  ["there were errors beside it", ["a"], false],
])("a round is heard where something could be taken: %s", async (_, ack, isSilent) => {
  const { polling, pass } = world([SETS], { ack, setErrs: { b: { err: "invalid_key", description: "x" } } });
  pass(POLL_TIMES.silent);
  await polling.round();
  expect(polling.isSilent).toBe(isSilent);
});

test("it begins at once, ends on demand, and logs no failure caused by its end", async () => {
  const { polling, asked, lines } = world([new Error("aborted")]);
  polling.start();
  await polling.close();
  expect([asked.length, lines]).toEqual([1, []]);
});
