import fc from "fast-check";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { bumpEpoch } from "../../../runtime/session/epoch";
import { depth } from "../../support/depth";
import type { Outcome } from "../../support/exchange/issuance-run";
import { IssuanceRun } from "../../support/exchange/issuance-run";
import { type Stop, STOPS } from "../../support/exchange/stops";

const codeOf = (outcome: Outcome) => ("answer" in outcome ? "issued" : outcome.refusal.reasons[0]?.code);

function count(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[codeOf(outcome) as string] = (counts[codeOf(outcome) as string] ?? 0) + 1;
  return counts;
}

/** The same request from so many sides at once; each has to wait at random times for the store. */
async function atOnce(
  run: IssuanceRun,
  base: string,
  times: number,
  seed: number,
  change = {},
): Promise<readonly Outcome[]> {
  const random = fc.sample(fc.integer({ min: 0, max: 3 }), { seed, numRuns: depth(64) });
  let reads = 0;
  run.world.delay = () => random[(reads += 1) % random.length] as number;
  return Promise.all(Array.from({ length: times }, () => run.ask({ base, change })));
}

/** With or without an existing session that does not conflict */
const race = fc.tuple(fc.integer({ min: 2, max: 12 }), fc.integer(), fc.boolean());
const play = (base: string) => IssuanceRun.of({ name: "race", fleet: "chain", base });

test("one of several concurrent requests with one start token is granted", async () => {
  await fc.assert(
    fc.asyncProperty(race, async ([times, seed, warm]) => {
      const run = await play("lead by schedule");
      if (warm) await run.ask({ base: "lead by schedule", change: { "evidence/claims/jti": "s2" } });
      const outcomes = await atOnce(run, "lead by schedule", times, seed);
      expect(count(outcomes)).toEqual({ issued: 1, "evidence.replayed": times - 1 });
      const records = await run.world.records();
      expect(records.filter(({ kind }) => kind === "token.issued")).toHaveLength(warm ? 2 : 1);
    }),
    { numRuns: depth(40) },
  );
});

test("one of several concurrent requests with one delegation token is granted, with the only run", async () => {
  await fc.assert(
    fc.asyncProperty(race, async ([times, seed, warm]) => {
      const run = await play("lead handed on");
      if (warm) {
        await run.ask({ base: "lead handed on", as: "handed" });
        await run.ask({ base: "work" });
      }
      await run.ask({ base: "lead handed on", as: "handed" });
      const outcomes = await atOnce(run, "work", times, seed);
      expect(count(outcomes)).toEqual({ issued: 1, "evidence.replayed": times - 1 });
      const begun = (await run.world.records()).filter(
        ({ kind, facts }) => kind === "token.issued" && facts["agent"] === "second",
      );
      expect(begun).toHaveLength(warm ? 2 : 1);
    }),
    { numRuns: depth(40) },
  );
});

test("one of several concurrent requests with one proof is granted", async () => {
  await fc.assert(
    fc.asyncProperty(race, async ([times, seed, warm]) => {
      const run = await play("lead");
      if (warm) await run.ask({ base: "lead" });
      const outcomes = await atOnce(run, "lead", times, seed, { binding: { $add: { jti: "p-1" } } });
      expect(count(outcomes)).toEqual({ issued: 1, "dpop.replayed": times - 1 });
    }),
    { numRuns: depth(40) },
  );
});

test("users start several runs at once, and all share the session that one of them began", async () => {
  const run = await play("lead");
  const outcomes = await atOnce(run, "lead", 12, 7);
  expect(count(outcomes)).toEqual({ issued: 12 });
  const claims = outcomes.flatMap((outcome) => ("answer" in outcome ? [outcome.claims] : []));
  expect(new Set(claims.map(({ sid }) => sid)).size).toBe(1);
  expect(new Set(claims.map(({ run: id }) => id)).size).toBe(12);
});

test.each<Stop>([
  ...STOPS,
  [
    "all of the epoch",
    "store.restored",
    ({ world: { store, now } }) => bumpEpoch({ store, ledger: new AuditLedger({ store }), now, voidKeys: [] }),
  ],
])("fails when %s is stopped while the token is written, and the record says so", async (_, code, stop) => {
  const run = await IssuanceRun.of({ name: "stopped", fleet: "chain", base: "lead" });
  await run.ask({ base: "lead handed on", as: "handed" });
  run.world.store.beforeNext(() => stop(run));
  expect(codeOf(await run.ask({ base: "work" }))).toBe(code);
  const [issued, refused] = (await run.world.records()).slice(-2);
  expect([issued, refused]).toMatchObject([
    { kind: "token.issued", facts: { agent: "second" } },
    { kind: "token.refused", facts: { codes: [code], token: issued?.facts["token"], run: issued?.facts["run"] } },
  ]);
});

test("a request is decided on again where another registry comes into force while its token is signed", async () => {
  const run = await IssuanceRun.of({ name: "signing", fleet: "chain", base: "lead by schedule" });
  const { write } = run.world;
  run.world.write = (claims) => {
    run.world.write = write;
    run.edit({ "policy/agents/first/suspended": true });
    return write(claims);
  };
  expect(codeOf(await run.ask({ base: "lead by schedule" }))).toBe("agent.suspended");
  expect((await run.world.records()).map(({ kind }) => kind)).toEqual(["token.refused"]);
  run.edit({ "policy/agents/first/suspended": false });
  // The start token was not used up.
  expect(codeOf(await run.ask({ base: "lead by schedule" }))).toBe("issued");
});

test("a session that something was read in meanwhile is decided on again", async () => {
  const run = await IssuanceRun.of({ name: "meanwhile", fleet: "chain", base: "self" });
  await run.ask({ base: "self" });
  run.world.store.beforeNext(() => run.raise("first", { mark: "internal" }));
  const change = { "details/task": "publish", "form/audience": "aws" };
  const outcome = await run.ask({ base: "self", change });
  expect(codeOf(outcome)).toBe("mark.above-clearance");
});
