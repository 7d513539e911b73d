import fc from "fast-check";
import { type SensitivityName, Sensitivity } from "../../../domain";
import { Refusal } from "../../../runtime/refusal/refusal";
import { rank } from "../../../runtime/session/knowledge";
import type { Run, Session } from "../../../runtime/session/session";
import { depth } from "../../support/depth";
import { AGENTS, type AgentName, type Begin, SessionWorld } from "../../support/exchange/session-world";
import { codesOf } from "../../support/exchange/sessions";

const LEVELS = Sensitivity.all.map(({ name }) => name);
const RUNS = { numRuns: depth(150) };
const HOUR = 3_600;

type Step =
  | { readonly kind: "start"; readonly agent: AgentName; readonly begin: Begin; readonly behind: number }
  | { readonly kind: "read"; readonly run: number; readonly level: SensitivityName; readonly untrusted: boolean }
  | { readonly kind: "credentials"; readonly run: number; readonly level: SensitivityName; readonly seconds: number }
  | { readonly kind: "wait"; readonly seconds: number };

const agent = fc.constantFrom(...AGENTS);
const level = fc.constantFrom(...LEVELS);
/** Few, so that they are used again */
const digest = fc.constantFrom("one", "two", "three", "four");
const pick = fc.nat({ max: 1_000 });
const begin: fc.Arbitrary<Begin> = fc.oneof(
  fc.record({ by: fc.constantFrom("user", "schedule", "event"), evidence: digest, newSession: fc.boolean() }),
  fc.constant({ by: "agent" as const }),
  fc.constant({ by: "delegation" as const }),
);
const wait = fc.record({
  kind: fc.constant("wait" as const),
  seconds: fc.constantFrom(1, 60, 899, 1_800, 8 * HOUR, 21 * HOUR, 400 * HOUR),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("start" as const), agent, begin, behind: pick }),
  fc.record({ kind: fc.constant("read" as const), run: pick, level, untrusted: fc.boolean() }),
  fc.record({ kind: fc.constant("credentials" as const), run: pick, level, seconds: fc.constantFrom(60, 900) }),
  wait,
);
const steps = fc.array(step, { maxLength: 40 });
const ofOneEvidence = step.map((what) =>
  what.kind === "start" && what.begin.evidence !== undefined
    ? { ...what, begin: { ...what.begin, evidence: "one" } }
    : what,
);

/** Do one step, as far as it is allowed; which agent began under evidence that is new to it */
async function done(world: SessionWorld, runs: Run[], used: Set<string>, what: Step): Promise<AgentName | undefined> {
  const living = runs.filter(({ expiresAt }) => world.now < expiresAt);
  const run = "run" in what ? living[what.run % (living.length || 1)] : undefined;
  switch (what.kind) {
    case "wait":
      world.now += what.seconds;
      return undefined;
    case "read":
      if (run !== undefined) await world.raise(run, { mark: what.level, tainted: what.untrusted });
      return undefined;
    case "credentials":
      if (run !== undefined) {
        await world.raise(run, { writable: { sensitivity: what.level, until: world.now + what.seconds } });
      }
      return undefined;
    case "start": {
      const parent = what.begin.by === "delegation" ? runs[what.behind % (runs.length || 1)] : undefined;
      if (what.begin.by === "delegation" && (parent === undefined || parent.chain.length > 2)) return undefined;
      const evidence = what.begin.evidence ?? parent?.evidence?.digest;
      const use = `${evidence} by ${what.agent}`;
      const fresh = evidence !== undefined && !used.has(use);
      try {
        runs.push(await world.begin(what.agent, { ...what.begin, parent }));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return undefined;
      }
      if (evidence !== undefined) used.add(use);
      return fresh ? what.agent : undefined;
    }
  }
}

async function sessions(world: SessionWorld): Promise<ReadonlyMap<AgentName, Session | undefined>> {
  return new Map(await Promise.all(AGENTS.map(async (name) => [name, await world.session(name)] as const)));
}

/** Go through the steps and look at each agent's session before and after each. */
async function through(
  all: readonly Step[],
  look: (before: Session, after: Session | undefined, clean: boolean, world: SessionWorld) => void,
): Promise<void> {
  const world = new SessionWorld();
  const runs: Run[] = [];
  const used = new Set<string>();
  let before = await sessions(world);
  for (const what of all) {
    const clean = await done(world, runs, used, what);
    const after = await sessions(world);
    for (const name of AGENTS) {
      const was = before.get(name);
      if (was !== undefined) look(was, after.get(name), clean === name, world);
    }
    before = after;
  }
}

test("mark and taint fall only by new evidence from outside, never by waiting", () =>
  fc.assert(
    fc.asyncProperty(steps, (all) =>
      through(all, (before, after, clean) => {
        if (clean) return;
        expect(rank(after?.mark ?? "public")).toBeGreaterThanOrEqual(rank(before.mark));
        expect(after?.tainted ?? false).toBe(before.tainted || (after?.tainted ?? false));
      }),
    ),
    RUNS,
  ));

test("within one evidence no session loses mark or taint, in any order of starts, delegations, reads and waits", () =>
  fc.assert(
    fc.asyncProperty(fc.array(ofOneEvidence, { minLength: 10, maxLength: 60 }), async (all) => {
      const world = new SessionWorld();
      const runs = [await world.begin("front", { by: "user", evidence: "one" })];
      const used = new Set<string>(["one by front"]);
      const highest = new Map<AgentName, Pick<Session, "mark" | "tainted">>();
      for (const what of all) {
        await done(world, runs, used, what);
        for (const [name, session] of await sessions(world)) {
          // What was there before the first work under the evidence may be followed by a clean session.
          if (session === undefined || !used.has(`one by ${name}`)) continue;
          const { mark, tainted } = highest.get(name) ?? { mark: "public", tainted: false };
          expect(rank(session.mark)).toBeGreaterThanOrEqual(rank(mark));
          expect(session.tainted).toBe(session.tainted || tainted);
          highest.set(name, session);
        }
      }
    }),
    RUNS,
  ));

test.each([
  ["the session that it goes on with", 60, "restricted"],
  ["the one that was clean", HOUR, "internal"],
] as const)("a delegate begins clean once under one evidence, and inherits %s from then on", async (_, idle, mark) => {
  const world = new SessionWorld();
  await world.raise(await world.begin("worker", { by: "agent" }), { mark: "restricted", tainted: true });
  world.now += idle;
  const handOn = async (): Promise<Run> => {
    const parent = await world.begin("front", { by: "user", evidence: "one" });
    return world.begin("worker", { by: "delegation", parent });
  };
  await world.raise(await handOn(), { mark: "internal", tainted: true });
  for (const wait of [1, HOUR, 8 * HOUR]) {
    world.now += wait;
    await handOn();
    await expect(world.session("worker")).resolves.toMatchObject({ mark, tainted: true });
  }
});

test("one of two concurrent delegations to one agent under the same evidence begins its clean session", async () => {
  const world = new SessionWorld();
  await world.raise(await world.begin("worker", { by: "agent" }), { mark: "confidential" });
  world.now += HOUR;
  const parent = await world.begin("front", { by: "user", evidence: "one" });
  const starts = [1, 2].map(() => world.begin("worker", { by: "delegation", parent }));
  const ended = await Promise.allSettled(starts);
  expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("writable data of credentials is kept through every new session until they expire", () =>
  fc.assert(
    fc.asyncProperty(steps, (all) =>
      through(all, (before, after, _clean, { now }) => {
        for (const name of LEVELS) {
          const until = before.writable[name] ?? 0;
          if (until > now) expect(after?.writable[name] ?? 0).toBeGreaterThanOrEqual(until);
        }
      }),
    ),
    RUNS,
  ));

test("no number of starts on evidence that was used washes a mark off", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.record({ begin, seconds: wait }), { maxLength: 30 }), async (starts) => {
      const world = new SessionWorld();
      for (const evidence of ["one", "two", "three", "four"]) {
        await world.begin("worker", { by: "user", evidence, newSession: true });
      }
      await world.raise(await world.begin("worker", { by: "agent" }), { mark: "restricted", tainted: true });
      for (const { begin: how, seconds } of starts) {
        world.now += seconds.seconds;
        if (how.by === "delegation") continue;
        await world.begin("worker", how).catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
        });
        await expect(world.session("worker")).resolves.toMatchObject({ mark: "restricted", tainted: true });
      }
    }),
    RUNS,
  ));

test("reads before a delegation raise each delegate behind it, and a delegate's reads raise its own session alone", () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(agent, { minLength: 1, maxLength: 3 }),
      pick,
      level,
      fc.boolean(),
      async (chain, place, mark, tainted) => {
        const world = new SessionWorld();
        const reads = place % chain.length;
        let run: Run | undefined;
        for (const [index, name] of chain.entries()) {
          const how: Begin = run === undefined ? { by: "user", evidence: "one" } : { by: "delegation", parent: run };
          run = await world.begin(name, how);
          if (index === reads) await world.raise(run, { mark, tainted, done: "desk.read" });
        }
        for (const [index, name] of chain.entries()) {
          const knows = index < reads ? { mark: "public", tainted: false } : { mark, tainted };
          const done = index === reads ? ["desk.read"] : [];
          await expect(world.session(name)).resolves.toMatchObject({ ...knows, done });
        }
        for (const name of AGENTS.filter((other) => !chain.includes(other))) {
          await expect(world.session(name)).resolves.toBeUndefined();
        }
      },
    ),
    RUNS,
  ));

test("one of two concurrent starts with the same evidence begins a clean session", () =>
  fc.assert(
    fc.asyncProperty(fc.boolean(), async (newSession) => {
      const world = new SessionWorld();
      await world.raise(await world.begin("worker", { by: "agent" }), { mark: "confidential" });
      world.now += HOUR;
      const starts = [1, 2].map(() => world.begin("worker", { by: "user", evidence: "one", newSession }));
      const ended = await Promise.allSettled(starts);
      expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      await expect(world.session("worker")).resolves.toMatchObject({ mark: "public" });
    }),
  ));

test("one of two concurrent starts of an agent by the same event begins, and a third is a replay", async () => {
  const world = new SessionWorld();
  const start = () => world.begin("worker", { by: "event", evidence: "one" });
  const ended = await Promise.allSettled([start(), start()]);
  expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await expect(codesOf(start())).resolves.toEqual(["evidence.replayed"]);
});
