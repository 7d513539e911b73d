import type { Refusal } from "../../../runtime/refusal/refusal";
import type { Raise } from "../../../runtime/session/session-state";
import type { Session } from "../../../runtime/session/session";
import { STORE_LIMITS, StoreConflict } from "../../../runtime/store/store";
import { type Begun, IssuanceRun } from "../../support/exchange/issuance-run";

const HANDED = {
  base: "lead goes on",
  change: { "form/audience": "exchange", "details/delegate": { $add: "second.work" } },
};
const FORM = { run: "{working.run}", way: "http" };
const JOIN = { base: "work", change: { "details/run": { $add: "{working.run}" } } };
const PUBLIC = { writable: { sensitivity: "public", until: 0 } } as const;

/** `first` works for Alice, and has handed work on to `second`, which serves it */
async function working(): Promise<IssuanceRun> {
  const run = await IssuanceRun.of({ name: "messages", fleet: "chain", base: "work" });
  await run.begin({ base: "lead", as: "begun" });
  await run.ask({ ...HANDED, as: "handed" });
  await run.begin({ base: "work", as: "working" });
  return run;
}

async function codesOf(asked: Promise<Refusal | undefined>): Promise<readonly string[]> {
  return (await asked)?.reasons.map(({ code }) => code) ?? [];
}

const codesIn = (outcome: Begun) => ("refusal" in outcome ? outcome.refusal.reasons.map(({ code }) => code) : []);
const session = async (run: IssuanceRun, agent: string) => (await run.sessionOf(agent))?.session as Session;
const holds = (run: IssuanceRun, agent: string, seconds = 600) =>
  run.raise(agent, { writable: { ...PUBLIC.writable, until: run.world.now + seconds } });
/** Alice comes back with new evidence, and asks for a clean session */
const beginsAnew = (run: IssuanceRun) =>
  run.begin({
    base: "lead",
    change: { "evidence/claims/jti": "another", "evidence/claims/ambit_session": { $add: "new" } },
  });

/** Messages, their receivers and their senders */
const MESSAGES = [
  {
    what: "an answer",
    to: "first",
    from: "second",
    pass: async (run: IssuanceRun) => codesOf(run.message("answer", FORM, "second")),
  },
  {
    what: "a further part of a request",
    to: "second",
    from: "first",
    pass: async (run: IssuanceRun) => codesOf(run.message("part", FORM, "second")),
  },
  {
    what: "another request, which joins the run",
    to: "second",
    from: "first",
    pass: async (run: IssuanceRun) => {
      await run.ask({ ...HANDED, as: "handed" });
      return codesIn(await run.begin(JOIN));
    },
  },
] as const;

describe.each(MESSAGES)("$what", ({ to, from, pass }) => {
  const READS: readonly (readonly [string, Raise])[] = [
    ["what is internal", { mark: "internal" }],
    ["what strangers wrote", { tainted: true }],
    ["both", { mark: "internal", tainted: true }],
  ];

  test.each(READS)("raises who gets it by what its sender has read: %s", async (_, read) => {
    const run = await working();
    await run.raise(from, read);
    const before = await session(run, to);
    expect(before).toMatchObject({ mark: "public", tainted: false });
    await expect(pass(run)).resolves.toEqual([]);
    expect(await session(run, to)).toMatchObject({ sid: before.sid, ...read });
  });

  test("tells its sender nothing", async () => {
    const run = await working();
    await run.raise(to, { mark: "internal", tainted: true });
    await expect(pass(run)).resolves.toEqual([]);
    expect(await session(run, from)).toMatchObject({ mark: "public", tainted: false });
  });

  test("fails when who gets it could write below it, which is kept from new credentials until it has come", async () => {
    const run = await working();
    await run.raise(from, { mark: "internal" });
    await holds(run, to);
    await expect(pass(run)).resolves.toEqual(["mark.credential-below"]);
    const until = run.world.now + 660;
    expect(await session(run, to)).toMatchObject({ mark: "public", reserved: { internal: until } });
    expect(await session(run, from)).toMatchObject({ reserved: {} });
  });

  test("says how long it waits, and passes then", async () => {
    const run = await working();
    await run.raise(from, { mark: "internal" });
    await holds(run, to, 100);
    await expect(pass(run)).resolves.toEqual(["mark.credential-below"]);
    run.world.now += 100;
    await expect(pass(run)).resolves.toEqual([]);
    expect(await session(run, to)).toMatchObject({ mark: "internal" });
  });

  test("is decided on again where who gets it changed meanwhile: what it reads then stays", async () => {
    const run = await working();
    await run.raise(from, { mark: "internal" });
    run.world.store.beforeNext(() => run.raise(to, { tainted: true }));
    await expect(pass(run)).resolves.toEqual([]);
    expect(await session(run, to)).toMatchObject({ mark: "internal", tainted: true });
  });

  test("fails when who gets it is given credentials below it meanwhile", async () => {
    const run = await working();
    await run.raise(from, { mark: "internal" });
    run.world.store.beforeNext(() => holds(run, to));
    await expect(pass(run)).resolves.toEqual(["mark.credential-below"]);
  });

  test("fails when the delegator's session is another one since", async () => {
    const run = await working();
    await run.ask({ ...HANDED, as: "handed" });
    await beginsAnew(run);
    const passed =
      from === "first" && to === "second"
        ? [await codesOf(run.message("part", FORM, "second")), codesIn(await run.begin(JOIN))]
        : [await pass(run)];
    for (const codes of passed) expect(codes).toEqual(["token.session-ended"]);
  });
});

describe.each(["answer", "part"] as const)("of an %s", (of) => {
  const pass = (run: IssuanceRun) => codesOf(run.message(of, FORM, "second"));

  test("nothing is written where it says nothing new, and all is read at once", async () => {
    const run = await working();
    const { store } = run.world;
    const reading: number[] = [];
    const read = store.read.bind(store);
    store.read = async (keys) => (reading.push(keys.length), read(keys));
    const writes = store.asked.length;
    await expect(pass(run)).resolves.toEqual([]);
    expect(store.asked).toHaveLength(writes);
    // The epoch, the run, and all that may have changed
    expect(reading).toHaveLength(3);
  });

  test("one transaction writes all that it raises, on no record", async () => {
    const run = await working();
    await run.raise(of === "answer" ? "second" : "first", { mark: "internal" });
    const records = (await run.world.records()).length;
    const writes = run.world.store.asked.length;
    await expect(pass(run)).resolves.toEqual([]);
    const [written, ...more] = run.world.store.asked.slice(writes);
    expect(more).toEqual([]);
    expect(written?.length).toBeLessThan(STORE_LIMITS.writes);
    expect(await run.world.records()).toHaveLength(records);
  });

  test("it is on record where it is refused", async () => {
    const run = await working();
    await beginsAnew(run);
    await expect(pass(run)).resolves.toEqual(["token.session-ended"]);
    expect((await run.world.records()).at(-1)).toMatchObject({
      kind: `${of}.refused`,
      facts: { agent: "second", task: "work", way: "http", codes: ["token.session-ended"] },
    });
  });

  test("fails when the run is another agent's", async () => {
    const run = await working();
    await expect(codesOf(run.message(of, FORM, "third"))).resolves.toEqual(["run.unknown"]);
  });

  test("fails when another was faster each time", async () => {
    const run = await working();
    await run.raise(of === "answer" ? "second" : "first", { mark: "internal" });
    run.world.store.before = () => {
      throw new StoreConflict([0], "another was faster");
    };
    await expect(pass(run)).resolves.toEqual(["store.conflict"]);
  });
});

describe.each(["answer", "part"] as const)("a delegator with an idle limit of a minute", (of) => {
  const pass = (run: IssuanceRun) => codesOf(run.message(of, FORM, "second"));
  const briefly = async () => {
    const run = await working();
    run.edit({ "policy/agents/first/session/idleSeconds": 60 });
    return run;
  };

  test(`is not idle by each part of the message (${of}), which is noted for a tenth of that at most`, async () => {
    const run = await briefly();
    for (let seconds = 0; seconds < 180; seconds += 45) {
      run.world.now += 45;
      await expect(pass(run)).resolves.toEqual([]);
    }
    const writes = run.world.store.asked.length;
    run.world.now += 6;
    await expect(pass(run)).resolves.toEqual([]);
    expect(run.world.store.asked).toHaveLength(writes);
  });

  test(`fails when it was idle before the next part of the ${of}`, async () => {
    const run = await briefly();
    run.world.now += 60;
    await expect(pass(run)).resolves.toEqual(["token.session-ended"]);
  });
});

test("fails when the delegator has read by now what an edge does not let through: no further part arrives", async () => {
  const run = await working();
  await run.raise("first", { mark: "confidential" });
  await expect(codesOf(run.message("part", FORM, "second"))).resolves.toEqual(["delegation.above-sensitivity"]);
  expect(await session(run, "second")).toMatchObject({ mark: "public" });
});

test.each(["a request", "another request, which joins the run", "a further part of a request"] as const)(
  "fails when an edge does not let through what the delegator has read: %s reserves nothing, so the delegate gets credentials as before",
  async (what) => {
    const run = await working();
    await run.ask({ ...HANDED, as: "handed" });
    await run.raise("first", { mark: "restricted" });
    await holds(run, "second");
    const codes = {
      "a request": async () => codesIn(await run.begin({ base: "work" })),
      "another request, which joins the run": async () => codesIn(await run.begin(JOIN)),
      "a further part of a request": async () => codesOf(run.message("part", FORM, "second")),
    } satisfies Record<string, () => Promise<readonly string[]>>;
    expect(await codes[what]()).toContain("delegation.above-sensitivity");
    expect((await session(run, "second")).reserved).toEqual({});
  },
);

test("a request to a user's run passes no new knowledge", async () => {
  const run = await IssuanceRun.of({ name: "of a user", fleet: "chain", base: "ask" });
  await run.begin({ base: "ask", as: "begun" });
  const before = await session(run, "desk");
  await expect(codesOf(run.message("part", { run: "{begun.run}", way: "chat" }, "desk"))).resolves.toEqual([]);
  expect(await session(run, "desk")).toEqual(before);
});

test("a delegator knows what the last agent of the chain read, once each has answered", async () => {
  const run = await working();
  await run.ask({
    base: "work goes on",
    change: {
      "form/audience": "exchange",
      "details/run": "{working.run}",
      "details/delegate": { $add: "third.finish" },
    },
    as: "passed",
  });
  await run.begin({ base: "finish", as: "finishing" });
  await run.raise("third", { mark: "internal", tainted: true });
  await expect(codesOf(run.message("answer", FORM, "second"))).resolves.toEqual([]);
  expect(await session(run, "first")).toMatchObject({ mark: "public", tainted: false });
  await expect(codesOf(run.message("answer", { run: "{finishing.run}", way: "http" }, "third"))).resolves.toEqual([]);
  expect(await session(run, "second")).toMatchObject({ mark: "internal", tainted: true });
  await expect(codesOf(run.message("answer", FORM, "second"))).resolves.toEqual([]);
  expect(await session(run, "first")).toMatchObject({ mark: "internal", tainted: true });
});

test("an answer that may still be on its way is known to a clean session that begins meanwhile, and to no later one", async () => {
  for (const [seconds, mark] of [
    [0, "internal"],
    [359, "internal"],
    [421, "public"],
  ] as const) {
    const run = await working();
    await run.raise("second", { mark: "internal", tainted: true });
    await expect(codesOf(run.message("answer", FORM, "second"))).resolves.toEqual([]);
    run.world.now += seconds;
    await beginsAnew(run);
    expect(await session(run, "first")).toMatchObject({ mark, tainted: mark === "internal" });
  }
});

test.each([
  ["answer", "second"],
  ["part", "first"],
] as const)("that an %s is on its way is noted once a minute", async (of, from) => {
  const run = await working();
  await run.raise(from, { mark: "internal" });
  await expect(codesOf(run.message(of, FORM, "second"))).resolves.toEqual([]);
  const writes = run.world.store.asked.length;
  run.world.now += 59;
  await expect(codesOf(run.message(of, FORM, "second"))).resolves.toEqual([]);
  expect(run.world.store.asked).toHaveLength(writes);
});
