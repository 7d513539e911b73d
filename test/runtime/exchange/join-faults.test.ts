import { StoreConflict, StoreUnavailable, type Write } from "../../../runtime/store/store";
import { type Begun, IssuanceRun } from "../../support/exchange/issuance-run";
import { STOPS } from "../../support/exchange/stops";

const HANDING = {
  base: "lead goes on",
  change: { "form/audience": "exchange", "details/delegate": { $add: "second.work" } },
};
const JOIN = { base: "work", change: { "details/run": { $add: "{working.run}" } } };

/** An exchange at which a run of `second.work` has begun, and a new token is there to join it with */
async function handing(): Promise<IssuanceRun> {
  const run = await IssuanceRun.of({ name: "joins", fleet: "chain", base: "work" });
  await run.begin({ base: "lead", as: "begun" });
  await run.ask({ ...HANDING, as: "handed" });
  await run.begin({ base: "work", as: "working" });
  await run.ask({ ...HANDING, as: "handed" });
  return run;
}

const codeOf = (outcome: Begun) =>
  "refusal" in outcome ? outcome.refusal.reasons[0]?.code : outcome.joined ? "joined" : "begun";

const kindsIn = async ({ world }: IssuanceRun) => {
  world.heal();
  return (await world.records()).map(({ kind }) => kind);
};

test("one of several runs that are concurrently begun and joined with one delegation token is granted", async () => {
  const run = await handing();
  let reads = 0;
  run.world.delay = () => (reads += 1) % 3;
  const all = Array.from({ length: 4 }, () => [run.begin(JOIN), run.begin({ base: "work" })]).flat();
  const codes = (await Promise.all(all)).map(codeOf);
  expect(codes.filter((code) => code === "evidence.replayed")).toHaveLength(7);
});

test.each(STOPS)(
  "fails when %s is stopped while it is written, and the record says which run",
  async (_, code, stop) => {
    const run = await handing();
    run.world.store.beforeNext(() => stop(run));
    expect(codeOf(await run.begin(JOIN))).toBe(code);
    const id = run.filled("{working.run}");
    expect((await run.world.records()).slice(-2)).toMatchObject([
      { kind: "run.joined", facts: { agent: "second", task: "work", run: id } },
      { kind: "run.refused", facts: { codes: [code], run: id } },
    ]);
  },
);

test("it is decided on again where any of its writes is lost once", async () => {
  const first = await handing();
  await first.begin(JOIN);
  const writes = first.world.store.asked.at(-1) as readonly Write[];
  expect(writes.map(({ key }) => key.partition.split("#")[0])).toEqual(
    expect.arrayContaining(["session", "run", "once", "audit"]),
  );
  for (const [index, { key }] of writes.entries()) {
    const run = await handing();
    run.world.store.beforeNext(() => {
      throw new StoreConflict([index], "another was faster");
    });
    expect({ key, code: codeOf(await run.begin(JOIN)) }).toEqual({ key, code: "joined" });
    expect((await kindsIn(run)).filter((kind) => kind === "run.joined")).toHaveLength(1);
  }
});

test("fails when the write fails, and the token is not used up", async () => {
  const run = await handing();
  run.world.store.before = () => {
    throw new StoreUnavailable("down");
  };
  expect(codeOf(await run.begin(JOIN))).toBe("store.unavailable");
  expect(await kindsIn(run)).not.toContain("run.joined");
  expect(codeOf(await run.begin(JOIN))).toBe("joined");
});

test("fails when the run ends while it is decided on", async () => {
  const run = await handing();
  run.world.store.beforeNext(() => {
    run.world.now += 240;
    throw new StoreConflict([0], "another was faster");
  });
  expect(codeOf(await run.begin(JOIN))).toBe("run.unknown");
});

test("fails when another registry comes into force that no longer declares the start", async () => {
  const run = await handing();
  run.world.store.beforeNext(() => {
    run.edit({ "policy/agents/second/tasks/work/startedBy/delegation": { $delete: true } });
    throw new StoreConflict([0], "another was faster");
  });
  expect(codeOf(await run.begin(JOIN))).toBe("start.undeclared");
});
