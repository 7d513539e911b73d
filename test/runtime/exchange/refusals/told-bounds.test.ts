import fc from "fast-check";
import { COMPANION_REASONS, GATEWAY_REASONS } from "../../../../domain";
import { MOST_RECORDS } from "../../../../runtime/exchange/refusals/record-bounds";
import { StoreUnavailable } from "../../../../runtime/store/store";
import { REPEAT_SECONDS } from "../../../../runtime/token/repeats";
import { depth } from "../../../support/depth";
import { GATEWAY, ToldWorld } from "../../../support/exchange/told-world";

beforeEach(() => jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask", "performance"] }));
afterEach(() => jest.useRealTimers());

const CODES = Object.keys(GATEWAY_REASONS);
const numberOf = ({ facts }: { readonly facts: object }): number => {
  const { count, repeated } = facts as { readonly count?: number; readonly repeated?: number };
  return repeated ?? count ?? 0;
};
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

async function told(world: ToldWorld, sender: string, refusals: readonly object[]): Promise<void> {
  const { now } = world.world;
  const all = refusals.map((each) => ({ time: now, count: 1, ...each }));
  expect(await world.refusals.told({ refusals: all, dropped: 0 }, world.idOf(sender))).toEqual({ untold: [] });
}

/** Other refusals of one agent, as many as asked for */
const various = (world: ToldWorld, length: number, more: object = {}) =>
  world.meant(
    Array.from({ length }, (_, n) => ({
      of: "call",
      by: "$triage",
      codes: [CODES[n % CODES.length], CODES[Math.floor(n / CODES.length)]],
      decision: `d-${n}`,
      ...more,
    })),
  );

test("repeated reports within a minute are counted, with the number in each", async () => {
  const world = await ToldWorld.of();
  const refusal = { via: "agent", codes: ["companion.no-run"] };
  for (const count of [2, 5, 4]) await told(world, "support-triage", [{ ...refusal, count }]);
  expect(world.events).toMatchObject([{ kind: "companion.refused", facts: { count: 2 } }]);
  jest.advanceTimersByTime(REPEAT_SECONDS * 1_000);
  expect(world.events.slice(1)).toMatchObject([
    { kind: "companion.refused.repeated", facts: { agent: "support-triage", via: "agent", repeated: 9 } },
  ]);
});

test("an agent has 60 full records a minute, and beyond them one for each code", async () => {
  const world = await ToldWorld.of();
  for (let n = 0; n < 300; n += 100) await told(world, "gateway", various(world, 300).slice(n, n + 100));
  const whole = world.events.filter(({ facts }) => facts["isFolded"] === undefined);
  const folded = world.events.filter(({ facts }) => facts["isFolded"] === true);
  expect(whole).toHaveLength(MOST_RECORDS.agent);
  expect(folded.length).toBeLessThanOrEqual(CODES.length);
  for (const { facts } of folded) {
    expect(Object.keys(facts).sort()).toEqual(["agent", "at", "codes", "count", "isFolded", "service", "spiffeId"]);
  }
  jest.advanceTimersByTime(REPEAT_SECONDS * 1_000);
  expect(sum(world.events.map(numberOf))).toBe(300);
});

test("the flood of one agent takes no record from another, nor from its own companion, and ends with the minute", async () => {
  const world = await ToldWorld.of();
  await told(world, "gateway", various(world, 100));
  world.events.length = 0;
  await told(world, "gateway", world.meant([{ of: "call", by: "$researcher", codes: ["call.body"], tool: "search" }]));
  await told(world, "support-triage", [{ via: "tools", codes: ["companion.busy"] }]);
  world.world.now += REPEAT_SECONDS;
  await told(world, "gateway", world.meant([{ of: "call", by: "$triage", codes: ["call.body"], tool: "search" }]));
  const first = world.events.filter(({ kind }) => !kind.endsWith(".repeated"));
  expect(first.map(({ facts }) => [facts["agent"], facts["tool"], facts["isFolded"]])).toEqual([
    ["researcher", "search", undefined],
    ["support-triage", undefined, undefined],
    ["support-triage", "search", undefined],
  ]);
});

test("callers that are no agents share the records of their gateway", async () => {
  const world = await ToldWorld.of();
  const by = (n: number) => ({ by: `spiffe://prod.acme.example/ns/batch/sa/job-${n}` });
  for (let n = 0; n < 800; n += 100) {
    const batch = Array.from({ length: 100 }, (_, m) => ({ of: "call", codes: ["gateway.peer"], ...by(n + m) }));
    await told(world, "gateway", batch);
  }
  expect(world.events).toHaveLength(MOST_RECORDS.others + 1);
  expect(world.events.at(-1)?.facts).toMatchObject({ service: GATEWAY, codes: ["gateway.peer"], isFolded: true });
  expect(world.events.at(-1)?.facts).not.toHaveProperty("spiffeId");
});

test("drawn: records and numbers together are all that companions told", async () => {
  const own = fc.record({
    via: fc.constantFrom("agent", "gateway", "tools"),
    codes: fc.subarray(Object.keys(COMPANION_REASONS).slice(0, 6), { minLength: 1 }),
    count: fc.integer({ min: 1, max: 9 }),
  });
  const batch = fc.record({
    sender: fc.constantFrom("support-triage", "researcher"),
    refusals: fc.array(own, { minLength: 1, maxLength: 60 }),
    wait: fc.integer({ min: 0, max: 30 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 12 }), async (batches) => {
      const world = await ToldWorld.of();
      for (const { sender, refusals, wait } of batches) {
        world.world.now += wait;
        await told(world, sender, refusals);
      }
      jest.advanceTimersByTime(REPEAT_SECONDS * 1_000);
      expect(sum(world.events.map(numberOf))).toBe(
        sum(batches.flatMap(({ refusals }) => refusals.map(({ count }) => count))),
      );
      const minutes = new Map<string, number>();
      for (const { facts, time, kind } of world.events) {
        if (facts["isFolded"] === true || kind.endsWith(".repeated")) continue;
        const minute = `${String(facts["agent"])} ${Math.floor(time / 60)}`;
        minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
      }
      expect(Math.max(0, ...minutes.values())).toBeLessThanOrEqual(MOST_RECORDS.agent);
    }),
    { numRuns: depth(30) },
  );
});

test("fails when a record cannot be written: the sender is to tell it again", async () => {
  const world = await ToldWorld.of();
  world.commit = () => Promise.reject(new StoreUnavailable("down"));
  const batch = {
    refusals: [{ via: "agent", codes: ["companion.busy"], time: world.world.now, count: 1 }],
    dropped: 0,
  };
  const tell = () => world.refusals.told(batch, world.idOf("support-triage"));
  await expect(tell()).rejects.toThrow("down");
  world.commit = async (event) => void world.events.push(event);
  await tell();
  expect(world.events).toMatchObject([{ kind: "companion.refused", facts: { codes: ["companion.busy"], count: 1 } }]);
});

test("a number that cannot be written is one line of the log", async () => {
  const world = await ToldWorld.of();
  await told(world, "support-triage", [{ via: "agent", codes: ["companion.busy"] }]);
  await told(world, "support-triage", [{ via: "agent", codes: ["companion.busy"] }]);
  world.commit = () => Promise.reject(new StoreUnavailable("down"));
  await jest.advanceTimersByTimeAsync(REPEAT_SECONDS * 1_000);
  expect(world.logged).toMatchObject([{ event: "refusals.unrecorded", what: "companion.refused.repeated" }]);
});

test.each(["gateway", "support-triage"])("fails where %s tells a number that no process counts", async (sender) => {
  const world = await ToldWorld.of();
  const refusal = { of: "call", codes: ["call.body"], time: world.world.now };
  const own = { via: "agent", codes: ["companion.busy"], time: world.world.now };
  const one = sender === "gateway" ? refusal : own;
  const told = (count: number, dropped: number) =>
    world.refusals.told({ refusals: [{ ...one, count }], dropped }, world.idOf(sender));
  for (const [count, dropped] of [
    [1_000_001, 0],
    [1, 1_000_001],
  ] as const)
    await expect(told(count, dropped)).rejects.toMatchObject({ reasons: [{ code: "request.malformed" }] });
  expect(world.events).toEqual([]);
  await expect(told(1_000_000, 1_000_000)).resolves.toEqual({ untold: [] });
});
