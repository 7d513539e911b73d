import { StoreConflict, StoreUnavailable, type Write } from "../../../runtime/store/store";
import { type Begun, IssuanceRun, type Outcome } from "../../support/exchange/issuance-run";
import { STOPS } from "../../support/exchange/stops";

const play = () => IssuanceRun.of({ name: "run", fleet: "chain", base: "work" });

/** An exchange of which work was handed on to `second.work` */
async function handing(): Promise<IssuanceRun> {
  const run = await play();
  await run.ask({ base: "lead handed on", as: "handed" });
  return run;
}

const codeOf = (outcome: Begun | Outcome) =>
  "refusal" in outcome ? outcome.refusal.reasons[0]?.code : "begun" in outcome ? "begun" : "issued";

const kindsIn = async ({ world }: IssuanceRun) => {
  world.heal();
  return (await world.records()).map(({ kind }) => kind);
};

test.each([
  ["start token", play, "lead by schedule"],
  ["token that hands work on", handing, "work"],
] as const)("of runs and tokens that are asked for at once with one %s, one is granted", async (_, before, base) => {
  const run = await before();
  const known = (await kindsIn(run)).length;
  let reads = 0;
  run.world.delay = () => (reads += 1) % 3;
  const both = Array.from({ length: 4 }, () => [run.begin({ base }), run.ask({ base })]).flat();
  const codes = (await Promise.all<Begun | Outcome>(both)).map(codeOf).sort();
  expect(codes.filter((code) => code === "evidence.replayed")).toHaveLength(7);
  const granted = (await kindsIn(run)).slice(known).filter((kind) => kind === "run.begun" || kind === "token.issued");
  expect(granted).toHaveLength(1);
});

test.each(STOPS)(
  "fails when %s is stopped while the run is written, and the record says which run",
  async (_, code, stop) => {
    const run = await handing();
    run.world.store.beforeNext(() => stop(run));
    expect(codeOf(await run.begin({ base: "work" }))).toBe(code);
    const [begun, refused] = (await run.world.records()).slice(-2);
    expect([begun, refused]).toMatchObject([
      { kind: "run.begun", facts: { agent: "second", task: "work" } },
      { kind: "run.refused", facts: { codes: [code], run: begun?.facts["run"], audience: "run" } },
    ]);
  },
);

test("a run is decided on again where any of its writes is lost once", async () => {
  const first = await handing();
  await first.begin({ base: "work" });
  const writes = first.world.store.asked.at(-1) as readonly Write[];
  expect(writes.map(({ key }) => key.partition.split("#")[0])).toEqual(
    expect.arrayContaining(["session", "run", "once", "audit"]),
  );
  for (const [index, { key }] of writes.entries()) {
    const run = await handing();
    run.world.store.beforeNext(() => {
      throw new StoreConflict([index], "another was faster");
    });
    expect({ key, code: codeOf(await run.begin({ base: "work" })) }).toEqual({ key, code: "begun" });
    expect((await kindsIn(run)).filter((kind) => kind === "run.begun")).toHaveLength(1);
  }
});

test("fails when nothing is known of the write: the run is on record, and the token that handed work on is used up", async () => {
  const run = await handing();
  run.world.store.after = () => {
    throw new StoreUnavailable("no answer");
  };
  expect(codeOf(await run.begin({ base: "work" }))).toBe("store.unavailable");
  expect((await kindsIn(run)).at(-1)).toBe("run.begun");
  expect(codeOf(await run.begin({ base: "work" }))).toBe("evidence.replayed");
  // The delegator hands the work on anew.
  await run.ask({ base: "lead handed on", as: "handed" });
  expect(codeOf(await run.begin({ base: "work" }))).toBe("begun");
});

test("fails when the write fails, and nothing is used up", async () => {
  const run = await handing();
  run.world.store.before = () => {
    throw new StoreUnavailable("down");
  };
  expect(codeOf(await run.begin({ base: "work" }))).toBe("store.unavailable");
  expect(await kindsIn(run)).toEqual(["token.issued"]);
  expect(codeOf(await run.begin({ base: "work" }))).toBe("begun");
});

test("repeated failures leave one record", async () => {
  const run = await play();
  const asking = { base: "lead", change: { "details/task": "invented" } };
  for (let times = 0; times < 3; times += 1) expect(codeOf(await run.begin(asking))).toBe("task.undeclared");
  expect(await kindsIn(run)).toEqual(["run.refused"]);
  // Another kind of request is another refusal.
  expect(codeOf(await run.ask(asking))).toBe("task.undeclared");
  expect(await kindsIn(run)).toEqual(["run.refused", "token.refused"]);
});

test("the record of a refusal says what was understood, and names no run that does not exist", async () => {
  const run = await handing();
  run.edit({ "policy/agents/second/suspended": true });
  expect(codeOf(await run.begin({ base: "work" }))).toBe("agent.suspended");
  const { facts } = (await run.world.records()).at(-1) as { facts: Readonly<Record<string, unknown>> };
  expect(facts).toMatchObject({ agent: "second", task: "work", audience: "run", start: "delegation" });
  expect(Object.keys(facts)).not.toEqual(expect.arrayContaining(["run"]));
  expect(Object.keys(facts)).not.toContain("begun");
});

test("a run that began without a token has none until one is asked for", async () => {
  const run = await handing();
  await run.begin({ base: "work", as: "begun" });
  expect(await kindsIn(run)).toEqual(["token.issued", "run.begun"]);
  const outcome = await run.ask({ base: "work goes on" });
  if (!("claims" in outcome)) throw outcome.refusal;
  expect(outcome.claims).toMatchObject({ run: run.filled("{begun.run}"), sid: run.filled("{begun.sid}") });
});
