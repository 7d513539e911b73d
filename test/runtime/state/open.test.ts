import { RegistryUnavailable } from "../../../runtime/registry/registry";
import { revoke, type Target } from "../../../runtime/session/revocations";
import type { Run } from "../../../runtime/session/session";
import { seenKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { type Key, StoreUnavailable } from "../../../runtime/store/store";
import { ALICE, codesOf } from "../../support/exchange/sessions";
import { callOf, SERVICE, StateWorld } from "../../support/exchange/state-world";
import { FaultyStore } from "../../support/faulty-store";

const WHY = { why: "stolen", by: "security", at: 0 };

/** Three agents, of which each handed work on to the next */
async function calling() {
  const world = new StateWorld();
  const first = await world.begin("support-triage", "answer");
  const second = await world.begin("researcher", "lookup", first);
  const third = await world.begin("web-reader", "fetch", second);
  return { world, runs: [first, second, third] as const };
}

const asked = (runs: readonly Run[]) => ({ open: runs.map(({ run }) => ({ run, token: `jti-${run}` })) });

type Runs = Awaited<ReturnType<typeof calling>>["runs"];

/** Which of the three calls each stop ends, and why */
const STOPS: readonly (readonly [
  what: string,
  target: (runs: Runs) => Target,
  stopped: readonly number[],
  code: string,
])[] = [
  ["the first agent", ([{ agent }]) => ({ kind: "agent", id: agent }), [0, 1, 2], "agent.revoked"],
  ["the last agent", ([, , { agent }]) => ({ kind: "agent", id: agent }), [2], "agent.revoked"],
  ["the first run", ([{ run }]) => ({ kind: "run", id: run }), [0, 1, 2], "run.revoked"],
  ["the run in between", ([, { run }]) => ({ kind: "run", id: run }), [1, 2], "run.revoked"],
  ["the session in between", ([, { sid }]) => ({ kind: "session", id: sid }), [1, 2], "session.revoked"],
  ["a token", ([, , { run }]) => ({ kind: "token", id: `jti-${run}` }), [2], "token.revoked"],
  ["the user", () => ({ kind: "user", user: ALICE }), [0, 1, 2], "user.revoked"],
  ["another run", () => ({ kind: "run", id: "another" }), [], ""],
];

test.each(STOPS)("a stop ends exactly the chain's calls that depend on %s", async (_, target, stopped, code) => {
  const { world, runs } = await calling();
  expect(await world.state.open(asked(runs))).toEqual({ stopped: [] });
  await world.store.write([revoke(target(runs), WHY, undefined)]);
  expect(await world.state.open(asked(runs))).toEqual({ stopped: stopped.map((at) => ({ at, codes: [code] })) });
  // Nothing is written, and nothing on record.
  expect(world.events).toEqual([]);
});

test("a run that no store knows ends, as one that was put in the place of another does not", async () => {
  const { world, runs } = await calling();
  world.store = new MemoryStore(() => world.now);
  expect(await world.state.open(asked([runs[0]]))).toEqual({ stopped: [{ at: 0, codes: ["run.unknown"] }] });
});

const suspended = (world: StateWorld, ...names: readonly string[]): void => {
  const { policy } = world.fleet;
  const agents = Object.fromEntries(
    Object.entries(policy.agents).map(([id, agent]) => [
      id,
      names.includes(agent.name) ? { ...agent, suspended: true } : agent,
    ]),
  );
  const fleet = Object.create(world.fleet) as typeof world.fleet;
  world.fleet = Object.defineProperty(fleet, "policy", { value: { ...policy, agents } });
};

test("a registry that suspends an agent ends what is open of it, and of those it handed work on to", async () => {
  const { world, runs } = await calling();
  suspended(world, "researcher");
  expect(await world.state.open(asked(runs))).toEqual({
    stopped: [
      { at: 1, codes: ["agent.suspended"] },
      { at: 2, codes: ["delegation.delegator-stopped"] },
    ],
  });
});

test("an agent that is declared no more has nothing open", async () => {
  const { world, runs } = await calling();
  const fleet = Object.create(world.fleet) as typeof world.fleet;
  world.fleet = Object.defineProperty(fleet, "agentOf", { value: () => undefined });
  expect(await world.state.open(asked([runs[0]]))).toEqual({ stopped: [{ at: 0, codes: ["agent.unknown"] }] });
});

test("fails where a newer registry was in force elsewhere, which may have stopped any of them", async () => {
  const { world, runs } = await calling();
  const seen = (value: number) => world.store.write([{ kind: "put", key: seenKey(), value, when: "any" }]);
  await seen(world.fleet.revision);
  expect(await world.state.open(asked(runs))).toEqual({ stopped: [] });
  await seen(world.fleet.revision + 1);
  await expect(world.state.open(asked(runs))).rejects.toThrow(RegistryUnavailable);
});

test("shared items are read once, and never more than a store accepts", async () => {
  const { world, runs } = await calling();
  const reads: (readonly Key[])[] = [];
  const { store } = world;
  const counted = Object.create(store) as typeof store;
  counted.read = async (keys) => (reads.push(keys), store.read(keys));
  world.store = counted;
  const open = Array.from({ length: 64 }, (_, index) => ({
    run: runs[(index % 3) as 0 | 1 | 2].run,
    token: `t-${index}`,
  }));
  await world.store.write([revoke({ kind: "token", id: "t-63" }, WHY, undefined)]);
  expect(await world.state.open({ open })).toEqual({ stopped: [{ at: 63, codes: ["token.revoked"] }] });
  const sizes = reads.map(({ length }) => length);
  // The revision seen, and three runs; then 64 tokens, three agents, three runs, three sessions, the user, and until when the user's logins have ended.
  expect(sizes).toEqual([1 + 3, 64 + 3 + 3 + 3 + 1 + 1]);
});

test("fails where the store cannot be read, so that who asks knows nothing", async () => {
  const { world, runs } = await calling();
  const store = new FaultyStore(world.store);
  world.store = store;
  store.reading = () => {
    throw new StoreUnavailable("no answer");
  };
  await expect(world.state.open(asked([runs[0]]))).rejects.toThrow(StoreUnavailable);
});

test.each([
  ["nothing", {}],
  ["an empty list", { open: [] }],
  ["more than 64", { open: Array.from({ length: 65 }, () => ({ run: "r", token: "t" })) }],
  ["a run without its token", { open: [{ run: "r" }] }],
  ["something besides", { open: [{ run: "r", token: "t", agent: "a" }] }],
])("fails where %s is asked about", async (_, body) => {
  const { world } = await calling();
  expect(await codesOf(world.state.open(body))).toEqual(["request.malformed"]);
});

test.each([
  ["was cut", { code: "call.cut" }, ["call.cut"]],
  ["ended by itself", {}, undefined],
])("the outcome of a call that %s is on record with its code", async (_, more, codes) => {
  const { world, runs } = await calling();
  const claims = world.claims(runs[2], "search");
  await world.state.outcome({ claims, call: callOf(claims), outcome: "unknown", untrusted: true, ...more }, SERVICE);
  expect(world.events).toMatchObject([{ kind: "call.outcome", facts: { outcome: "unknown" } }]);
  expect(world.events[0]?.facts["codes"]).toEqual(codes);
});

test("fails where an outcome has another code", async () => {
  const { world, runs } = await calling();
  const claims = world.claims(runs[2], "search");
  const body = { claims, call: callOf(claims), outcome: "unknown", untrusted: true, code: "call.done" };
  expect(await codesOf(world.state.outcome(body, SERVICE))).toEqual(["request.malformed"]);
});
