import { ATTEMPTS } from "../../../runtime/exchange/exchange";
import { StoreConflict, StoreUnavailable, type Write } from "../../../runtime/store/store";
import { IssuanceRun, type Outcome } from "../../support/exchange/issuance-run";

const codes = (outcome: Outcome) =>
  "answer" in outcome ? ["issued"] : outcome.refusal.reasons.map(({ code }) => code);

/** An exchange with a session and a transaction behind it, as one that has worked for a while */
async function worked(): Promise<IssuanceRun> {
  const run = await IssuanceRun.of({ name: "fault", fleet: "chain", base: "lead" });
  await run.ask({ base: "lead handed on", as: "handed" });
  return run;
}

const START = { base: "lead by schedule", change: { binding: { $add: { jti: "p-1" } } } };
const CHILD = { base: "work" };

/** What the audit chain, which must be sound, tells of tokens */
async function issuedIn({ world }: IssuanceRun): Promise<number> {
  world.heal();
  return (await world.records()).filter(({ kind }) => kind === "token.issued").length;
}

describe.each([
  ["a start", START],
  ["a delegate's start", CHILD],
])("%s", (_, asking) => {
  test("is refused wherever a read fails, and granted when the store is back", async () => {
    for (let place = 1; ; place += 1) {
      const run = await worked();
      let [reads, written] = [0, false];
      run.world.store.after = () => void (written ||= reads > 0 && reads < place);
      run.world.store.reading = () => {
        reads += 1;
        if (reads === place) throw new StoreUnavailable("down");
      };
      const outcome = await run.ask(asking);
      if (reads < place) {
        expect(codes(outcome)).toEqual(["issued"]);
        expect(place).toBeGreaterThan(6);
        return;
      }
      expect({ place, codes: codes(outcome) }).toEqual({ place, codes: ["store.unavailable"] });
      // Stops are read again after the write: the act stays, and the token is not returned.
      expect({ place, issued: await issuedIn(run) }).toEqual({ place, issued: written ? 2 : 1 });
      if (!written) expect(codes(await run.ask(asking))).toEqual(["issued"]);
    }
  });

  test("is refused where the write fails, and leaves nothing behind", async () => {
    const run = await worked();
    run.world.store.before = () => {
      throw new StoreUnavailable("down");
    };
    expect(codes(await run.ask(asking))).toEqual(["store.unavailable"]);
    expect(await issuedIn(run)).toBe(1);
    expect(codes(await run.ask(asking))).toEqual(["issued"]);
  });

  test("is refused when the result of the write is unknown, written or not", async () => {
    const run = await worked();
    run.world.store.after = () => {
      throw new StoreUnavailable("no answer");
    };
    expect(codes(await run.ask(asking))).toEqual(["store.unavailable"]);
    // The act is there with its record, although the token was not returned.
    expect(await issuedIn(run)).toBe(2);
  });

  test("is decided on again where any of its writes is lost once", async () => {
    const first = await worked();
    await first.ask(asking);
    const writes = first.world.store.asked.at(-1) as readonly Write[];
    for (const [index, { key }] of writes.entries()) {
      const run = await worked();
      run.world.store.beforeNext(() => {
        throw new StoreConflict([index], "another was faster");
      });
      const expected = key.partition.startsWith("once#dpop") ? ["dpop.replayed"] : ["issued"];
      expect({ key, codes: codes(await run.ask(asking)) }).toEqual({ key, codes: expected });
      expect(await issuedIn(run)).toBe(expected[0] === "issued" ? 2 : 1);
    }
  });

  test("is signed before it is written: what cannot be signed leaves nothing behind", async () => {
    const run = await worked();
    const written = run.world.write;
    run.world.write = () => new Promise(() => undefined);
    const without = { ...asking, change: {} };
    expect(codes(await run.ask(without))).toEqual(["signer.unavailable"]);
    expect(run.world.store.asked.at(-1)?.every(({ key }) => key.partition.startsWith("audit"))).toBe(true);
    run.world.write = written;
    expect(codes(await run.ask(without))).toEqual(["issued"]);
  });
});

test("a session that always changes is decided on five times, and no more", async () => {
  const run = await worked();
  let signed = 0;
  const { write } = run.world;
  run.world.write = (claims) => {
    signed += 1;
    return write(claims);
  };
  run.world.store.before = (writes) => {
    const place = writes.findIndex(({ key }) => key.sort === "session");
    if (place >= 0) throw new StoreConflict([place], "another was faster");
  };
  const outcome = await run.ask({ base: "lead" });
  expect(codes(outcome)).toEqual(["store.conflict"]);
  expect(signed).toBe(ATTEMPTS);
  run.world.heal();
  expect((await run.world.records()).at(-1)).toMatchObject({
    kind: "token.refused",
    facts: { codes: ["store.conflict"] },
  });
});

test("pauses between decisions grow, up to what chance gives", async () => {
  const most: number[] = [];
  const run = await IssuanceRun.of(
    { name: "fault", fleet: "chain", base: "lead" },
    { jitter: (up) => (most.push(up), 0) },
  );
  run.world.store.before = (writes) => {
    if (writes.some(({ key }) => key.sort === "session")) throw new StoreConflict([0], "another was faster");
  };
  await run.ask({ base: "lead" });
  expect(most).toEqual([40, 80, 160, 320]);
});

test("fails when a proof is used again: that is the reason before all others, and nothing is written", async () => {
  const run = await worked();
  await run.ask(START);
  const { asked } = run.world.store;
  const before = asked.length;
  for (const change of [
    { "form/scope": { $add: "write" } },
    { "form/grant_type": "password" },
    { "details/task": "none" },
  ]) {
    const again = { base: START.base, change: { ...START.change, ...change } };
    expect(codes(await run.ask(again))).toEqual(["dpop.replayed"]);
  }
  expect(asked).toHaveLength(before);
});

test("fails when the store keeps no record of the refusal: it is refused with its own code", async () => {
  const run = await worked();
  run.world.store.before = () => {
    throw new StoreUnavailable("down");
  };
  expect(codes(await run.ask({ base: "lead", change: { "details/task": "invented" } }))).toEqual(["task.undeclared"]);
  expect(run.world.failures).toEqual([expect.any(StoreUnavailable)]);
});

test("fails when the record of the refusal takes too long: the refusal does not wait for it", async () => {
  const run = await worked();
  run.world.store.before = () => new Promise(() => undefined);
  expect(codes(await run.ask({ base: "lead", change: { "details/task": "invented" } }))).toEqual(["task.undeclared"]);
  expect(run.world.failures).toEqual([new Error("the record of a refusal takes too long")]);
});

test("fails when a failure cannot be reported: it is a refusal all the same", async () => {
  const run = await worked();
  run.world.failures.push = () => {
    throw new Error("the log is full");
  };
  run.world.write = () => Promise.reject(new TypeError("a secret of the implementation"));
  const outcome = await run.ask({ base: "lead" });
  expect(codes(outcome)).toEqual(["exchange.error"]);
  expect(JSON.stringify(outcome)).not.toContain("secret of the implementation");
});

test("the record of a refusal says what was understood, and nothing that does not exist", async () => {
  const run = await worked();
  await run.ask({ base: "work", change: { "form/scope": { $add: "write" } } });
  const { facts } = (await run.world.records()).at(-1) as { facts: Readonly<Record<string, unknown>> };
  expect(facts).toMatchObject({
    agent: "second",
    task: "work",
    audience: "tool:notes",
    start: "delegation",
    error: "invalid_scope",
    codes: ["scope.too-wide"],
    chain: [{ agent: "first", task: "lead", run: expect.any(String) }],
  });
  expect(Object.keys(facts)).not.toEqual(expect.arrayContaining(["run"]));
  await run.ask({ base: "work", as: "begun" });
  await run.ask({ base: "work goes on", change: { "form/scope": { $add: "write" } } });
  expect((await run.world.records()).at(-1)?.facts).toMatchObject({ run: run.filled("{begun.run}") });
});

test("fails for a caller that is no agent, for every body, with one record an hour", async () => {
  const run = await worked();
  const records = async () => (await run.world.records()).length;
  const before = await records();
  const refusedAs = async (agent: string) =>
    codes(await run.send([["scope", "a"]], `spiffe://prod.acme.example/${agent}`));
  for (let times = 0; times < 3; times += 1) expect(await refusedAs("stranger")).toEqual(["agent.unknown"]);
  expect(await records()).toBe(before + 1);
  await refusedAs("another");
  expect(await records()).toBe(before + 2);
  run.world.now += 3_600;
  await refusedAs("stranger");
  expect(await records()).toBe(before + 3);
});
