import fc from "fast-check";
import { checkInput, type DecisionInput, Sensitivity } from "../../../domain";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { Decider } from "../../../runtime/decision/decider";
import { countersOf, readSpent } from "../../../runtime/session/budgets";
import type { Run } from "../../../runtime/session/session";
import { rank } from "../../../runtime/session/knowledge";
import type { StateAnswer } from "../../../runtime/state/read";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { type Item, type Key, StoreConflict, StoreUnavailable, type Write } from "../../../runtime/store/store";
import { codesOf, EPOCH, NOW } from "../../support/exchange/sessions";
import { callOf, DIGEST, SERVICE, StateWorld } from "../../support/exchange/state-world";
import { depth } from "../../support/depth";

const DELEGATORS = ["support-triage", "researcher"] as const;
const COSTS = { "run:calls:all": 1, "hour:calls:all": 1 };
const TRIAGE = "spiffe://prod.acme.example/ns/support/sa/support-triage";

/** The last of three runs, each handed on by the one before */
async function chainOf(world: StateWorld): Promise<readonly [Run, Run, Run]> {
  const first = await world.begin("support-triage", "answer");
  const second = await world.begin("researcher", "lookup", first);
  return [first, second, await world.begin("web-reader", "fetch", second)];
}

/** What the authorizer makes of it for one call */
function completed(
  { input, spent }: StateAnswer,
  call: DecisionInput["call"],
  costs: Readonly<Record<string, number>>,
) {
  const budgets = Object.entries(spent).map(([name, sum]) => [name, { spent: sum, cost: costs[name] ?? 0 }] as const);
  return { ...input, call, requestDigest: DIGEST, budgets: Object.fromEntries(budgets), intent: null };
}

describe("the state that is read", () => {
  test("is a decision input once the call is added, and the policy allows it", async () => {
    const world = new StateWorld();
    const [first, second, run] = await chainOf(world);
    const claims = world.claims(run, "search");
    const answer = await world.state.read({ claims });
    expect(answer).toEqual({
      input: {
        version: "ambit.decision/1",
        phase: "call",
        time: NOW,
        revisionSeen: 0,
        agent: { name: "web-reader", spiffeId: run.spiffeId },
        task: "fetch",
        chain: [first, second].map(({ spiffeId, task }) => ({ spiffeId, task })),
        user: run.user,
        start: { by: "delegation", evidence: "verified" },
        run: { startedAt: NOW, expiresAt: run.expiresAt },
        session: { startedAt: NOW, lastUsedAt: NOW, mark: "public", tainted: false, writable: null },
        token: { audience: "tool:search", expiresAt: NOW + 300, scope: ["query"] },
        done: { run: [], session: [] },
        approval: null,
        revocation: { known: true, revoked: [] },
      },
      spent: { "hour:calls:all": 0, "run:calls:all": 0 },
      versions: [1],
    });
    const question = completed(answer, callOf(claims), COSTS);
    expect(checkInput(question)).toMatchObject({ ok: true });
    const engine = new CedarEngine({ policy: world.fleet.policy, revision: 1 });
    await expect(new Decider(engine).decide(question)).resolves.toMatchObject({ decision: "allow" });
  });

  test("has the writes of its agent's live credentials, and none of its delegators'", async () => {
    const world = new StateWorld();
    const [first, , run] = await chainOf(world);
    await world.raise(first, { writable: { sensitivity: "public", until: NOW + 900 } });
    await world.raise(run, { writable: { sensitivity: "internal", until: NOW + 60 } });
    await world.raise(run, { writable: { sensitivity: "restricted", until: NOW + 900 } });
    const claims = world.claims(run, "search");
    const writable = async () => (await world.state.read({ claims })).input.session.writable;
    await expect(writable()).resolves.toBe("internal");
    world.now = NOW + 60;
    await expect(writable()).resolves.toBe("restricted");
  });

  test("has what was stopped, of the whole chain", async () => {
    const world = new StateWorld();
    const [first, , run] = await chainOf(world);
    await world.store.write([
      { kind: "put", key: { partition: "revoked", sort: `run#${first.run}` }, value: {}, when: "absent" },
    ]);
    const { input } = await world.state.read({ claims: world.claims(run, "search") });
    expect(input.revocation).toEqual({ known: true, revoked: ["run"] });
  });

  test("changes nothing", async () => {
    const world = new StateWorld();
    const [, , run] = await chainOf(world);
    const write = jest.spyOn(world.store, "write");
    await world.state.read({ claims: world.claims(run, "search") });
    expect(write).not.toHaveBeenCalled();
  });
});

describe("spending a call", () => {
  test("writes budgets, the mark of its session and no delegator's, and its record, at once", async () => {
    const world = new StateWorld();
    const [, , run] = await chainOf(world);
    const claims = world.claims(run, "search");
    await world.spend(claims, { costs: COSTS, call: callOf(claims, { data: ["tickets:read", "ledger:write"] }) });
    await expect(world.session("web-reader")).resolves.toMatchObject({ mark: "confidential", tainted: true });
    for (const agent of DELEGATORS) {
      await expect(world.session(agent)).resolves.toMatchObject({ mark: "public", tainted: false });
    }
    await expect(world.state.read({ claims })).resolves.toMatchObject({
      spent: { "hour:calls:all": 1, "run:calls:all": 1 },
      versions: [2],
    });
    expect(world.events).toEqual([
      {
        kind: "call.spent",
        time: NOW,
        facts: {
          agent: "web-reader",
          spiffeId: run.spiffeId,
          task: "fetch",
          user: expect.stringMatching(/^[\w-]{43}$/),
          run: run.run,
          txn: run.txn,
          sid: run.sid,
          token: claims.jti,
          call: "search.query",
          destination: "api.search.example",
          service: SERVICE,
          requestDigest: DIGEST,
          costs: COSTS,
          reads: "confidential",
          untrusted: true,
        },
      },
    ]);
  });

  test.each([
    ["what the action touches", "zendesk", "read", [], "confidential"],
    ["what is written is not read", "zendesk", "comment", ["ledger:write", "ledger:delete"], "public"],
    ["an unknown dataset is restricted", "zendesk", "comment", ["unknown:read"], "restricted"],
    ["a dataset without a kind is read", "claude", "ask", ["articles"], "internal"],
    ["a name that objects have is an unknown dataset", "claude", "ask", ["constructor:read"], "restricted"],
    ["an action that is not declared reads what the call says", "claude", "unknown", ["articles:list"], "internal"],
    ["the highest of several", "claude", "ask", ["articles:read", "ledger:read", "tickets:read"], "restricted"],
    ["nothing", "claude", "ask", [], "public"],
  ] as const)("raises the mark by %s", async (_, tool, action, data, mark) => {
    const world = new StateWorld();
    const run = await world.begin("support-triage", "answer");
    const claims = world.claims(run, tool, { scope: action });
    await world.spend(claims, { call: callOf(claims, { action, data: [...data] }) });
    await expect(world.session("support-triage")).resolves.toMatchObject({ mark });
  });

  test("taints its session where the output will be untrusted", async () => {
    const world = new StateWorld();
    const [, , run] = await chainOf(world);
    await world.spend(world.claims(run, "search"), { costs: COSTS, untrusted: true });
    await expect(world.session("web-reader")).resolves.toMatchObject({ tainted: true });
    for (const agent of DELEGATORS) await expect(world.session(agent)).resolves.toMatchObject({ tainted: false });
  });

  test("uses the approval once, with its record", async () => {
    const world = new StateWorld();
    const run = await world.begin("refund-clerk", "payout");
    const { claims, exact } = await world.approved(run, "finance-controllers");
    const { call, requestDigest } = exact;
    const costs = { "day:calls:all": 1, "day:sum=amount:payments.refund": 120_000 };
    const { input } = await world.spend(claims, { ...exact, costs });
    expect(input.approval).toMatchObject({ group: "finance-controllers", requestDigest, spent: false });
    expect((await world.state.read({ claims, call, arguments: exact.arguments })).input.approval).toBeNull();
    await expect(codesOf(world.spend(claims, { ...exact, costs }))).resolves.toEqual(["store.conflict"]);
    expect(world.events.map(({ kind }) => kind)).toEqual(["call.spent"]);
  });

  test("counts beyond a limit too, where the task only observes and no confidential data was read", async () => {
    const world = new StateWorld();
    world.declare("spiffe://prod.acme.example/ns/research/sa/web-reader", "fetch", {
      budgets: { "run:calls:all": { limit: 1, actions: "any" } },
      observeUntil: NOW + 1,
    });
    const [, , run] = await chainOf(world);
    const claims = world.claims(run, "search");
    const costs = { "run:calls:all": 1 };
    await world.spend(claims, { costs });
    await world.spend(claims, { costs });
    world.now = NOW + 1;
    await expect(codesOf(world.spend(claims, { costs }))).resolves.toEqual(["store.conflict"]);
    world.now = NOW;
    await world.raise(run, { mark: "confidential" });
    await expect(codesOf(world.spend(claims, { costs }))).resolves.toEqual(["store.conflict"]);
    await expect(world.state.read({ claims })).resolves.toMatchObject({ spent: { "run:calls:all": 2 } });
  });

  test("needs no amount for a budget on other actions", async () => {
    const world = new StateWorld();
    world.declare(TRIAGE, "answer", {
      budgets: { "day:calls:zendesk.comment": { limit: 1, actions: { "zendesk.comment": true } } },
    });
    const claims = world.claims(await world.begin("support-triage", "answer"), "zendesk");
    const costs = { "day:calls:zendesk.comment": 1 };
    await world.spend(claims, { call: callOf(claims, { action: "read" }) });
    const wrong = world.spend(claims, { call: callOf(claims, { action: "read" }), costs });
    await expect(codesOf(wrong)).resolves.toEqual(["request.malformed"]);
    await world.spend(claims, { call: callOf(claims, { action: "comment" }), costs });
  });

  test("writes nothing where stops are unknown", async () => {
    const world = new StateWorld();
    const [, , run] = await chainOf(world);
    const claims = world.claims(run, "search");
    const { store } = world;
    const { versions } = await world.state.read({ claims });
    const read = (keys: readonly Key[]) =>
      keys.some(({ partition }) => partition === "revoked")
        ? Promise.reject(new StoreUnavailable("the partition does not answer"))
        : store.read(keys);
    world.store = Object.assign(Object.create(store) as MemoryStore, { read });
    const { input } = await world.state.read({ claims });
    expect(input.revocation).toEqual({ known: false, revoked: [] });
    const request = { claims, call: callOf(claims), requestDigest: DIGEST, costs: COSTS, untrusted: false, versions };
    await expect(codesOf(world.state.spend(request, SERVICE))).resolves.toEqual(["revocation.stale"]);
    expect(world.events).toEqual([]);
  });

  test("writes nothing where the record cannot be written", async () => {
    const world = new StateWorld();
    const [, , run] = await chainOf(world);
    const claims = world.claims(run, "search");
    const { versions } = await world.state.read({ claims });
    world.beforeCommit = () => Promise.reject(new StoreConflict([], "another transaction was in the way"));
    const request = { claims, call: callOf(claims), requestDigest: DIGEST, costs: COSTS, untrusted: true, versions };
    await expect(codesOf(world.state.spend(request, SERVICE))).resolves.toEqual(["store.conflict"]);
    await expect(world.state.read({ claims })).resolves.toMatchObject({
      versions: [1],
      spent: { "run:calls:all": 0 },
    });
  });
});

describe("the outcome of a call", () => {
  test("is done in the run and in its own session where it succeeded, and in no delegator's", async () => {
    const world = new StateWorld();
    const [, , run] = await chainOf(world);
    const claims = world.claims(run, "search");
    await world.outcome(claims);
    await world.outcome(claims);
    await expect(world.doneIn(run)).resolves.toEqual(["search.query"]);
    await expect(world.session("web-reader")).resolves.toMatchObject({ done: ["search.query"] });
    await expect(world.session("researcher")).resolves.toMatchObject({ done: [] });
    const { input } = await world.state.read({ claims });
    expect(input.done).toEqual({ run: ["search.query"], session: ["search.query"] });
    expect(world.events).toMatchObject([
      { kind: "call.outcome", facts: { outcome: "succeeded", call: "search.query", service: SERVICE } },
      { kind: "call.outcome" },
    ]);
  });

  test.each(["failed", "unknown"] as const)("is not done where it is %s, and taints all the same", async (outcome) => {
    const world = new StateWorld();
    const [, , run] = await chainOf(world);
    await world.outcome(world.claims(run, "search"), { outcome, untrusted: true });
    await expect(world.doneIn(run)).resolves.toEqual([]);
    await expect(world.session("web-reader")).resolves.toMatchObject({ done: [], tainted: true });
  });

  test("marks a session that began meanwhile, without counting the call as done in it", async () => {
    const world = new StateWorld();
    const run = await world.begin("support-triage", "answer");
    const claims = world.claims(run, "zendesk");
    const call = callOf(claims, { action: "read" });
    await world.spend(claims, { call });
    const next = await world.begin("support-triage", "answer", undefined, true);
    await expect(world.session("support-triage")).resolves.toMatchObject({ sid: next.sid, done: [] });
    await world.outcome(claims, { call, untrusted: true });
    const told = { sid: next.sid, mark: "confidential", tainted: true, done: [] };
    await expect(world.session("support-triage")).resolves.toMatchObject(told);
    await expect(world.doneIn(run)).resolves.toEqual(["zendesk.read"]);
  });

  test("does not wake a session that went idle meanwhile", async () => {
    const world = new StateWorld();
    const run = await world.begin("support-triage", "answer");
    const claims = world.claims(run, "zendesk");
    world.now = NOW + 1_000;
    await world.outcome(claims, { untrusted: true });
    await expect(world.session("support-triage")).resolves.toMatchObject({ lastUsedAt: NOW, tainted: true });
  });

  test("is tried again where others were faster, and given up in the end", async () => {
    const world = new StateWorld();
    const run = await world.begin("support-triage", "answer");
    let conflicts = 3;
    world.beforeCommit = async () => {
      if ((conflicts -= 1) >= 0) throw new StoreConflict([0], "another was faster");
    };
    await world.outcome(world.claims(run, "zendesk"), { untrusted: true });
    await expect(world.session("support-triage")).resolves.toMatchObject({ tainted: true });
    conflicts = 1_000;
    const given = codesOf(world.outcome(world.claims(run, "zendesk")));
    await expect(given).resolves.toEqual(["store.conflict"]);
    expect(conflicts).toBe(992);
  });
});

/** A store in memory whose answers and writes come in the order that the scheduler chooses */
class ShuffledStore extends MemoryStore {
  constructor(private readonly scheduler: fc.Scheduler) {
    super(() => NOW);
  }

  public override async read(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    const items = await super.read(keys);
    await this.scheduler.schedule(Promise.resolve("read"));
    return items;
  }

  public override async write(writes: readonly Write[]): Promise<void> {
    await this.scheduler.schedule(Promise.resolve("write"));
    await super.write(writes);
  }
}

/** As an authorizer does: read, look at the budget, spend; again where something has changed */
async function authorized(world: StateWorld, run: Run, data: readonly string[], limit: number): Promise<boolean> {
  const claims = world.claims(run, "search");
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const { spent, versions, input } = await world.state.read({ claims });
    if ((spent["run:calls:all"] as number) + 1 > limit) return false;
    const read = data.map((touched) => world.fleet.policy.datasets[touched.split(":")[0] as string] as number);
    const { writable } = input.session;
    if (writable !== null && rank(writable) < Math.max(-1, ...read)) return false;
    const request = { claims, call: callOf(claims, { data: [...data] }), requestDigest: DIGEST, costs: COSTS };
    try {
      await world.state.spend({ ...request, untrusted: false, versions }, SERVICE);
      return true;
    } catch (error) {
      if ((await codesOf(Promise.reject(error)))[0] !== "store.conflict") throw error;
    }
  }
  return false;
}

test("however calls are interleaved, no budget is above its limit and every read that went out is in the mark", () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom("articles:read", "tickets:read", "ledger:read"), { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 1, max: 4 }),
      async (scheduler, reads, limit) => {
        const world = new StateWorld();
        world.declare("spiffe://prod.acme.example/ns/research/sa/web-reader", "fetch", {
          budgets: {
            "run:calls:all": { limit, actions: "any" },
            "hour:calls:all": { limit: 200, actions: "any" },
          },
        });
        const store = new ShuffledStore(scheduler);
        world.store = store;
        const settled = async <T>(task: Promise<T>): Promise<T> => {
          await scheduler.waitFor(task);
          return task;
        };
        const [, , run] = await settled(chainOf(world));
        const allowed = await settled(Promise.all(reads.map((data) => authorized(world, run, [data], limit))));
        const went = reads.filter((_, index) => allowed[index]);
        expect(went.length).toBeLessThanOrEqual(limit);
        const counted = await settled(world.state.read({ claims: world.claims(run, "search") }));
        expect(counted.spent["run:calls:all"]).toBe(went.length);
        const ranks = went.map((data) => world.fleet.policy.datasets[data.split(":")[0] as string] as number);
        const session = await settled(world.session("web-reader"));
        expect(session?.mark).toBe(Sensitivity.all[Math.max(0, ...ranks)]?.name);
      },
    ),
    { numRuns: depth(60) },
  ));

test("hourly spending is counted by agent and user, across sessions and runs", async () => {
  const world = new StateWorld();
  const [first, , run] = await chainOf(world);
  await world.spend(world.claims(run, "search"), { costs: COSTS });
  const again = await world.begin("web-reader", "fetch", await world.begin("researcher", "lookup", first));
  await expect(world.state.read({ claims: world.claims(again, "search") })).resolves.toMatchObject({
    spent: { "hour:calls:all": 1, "run:calls:all": 1 },
  });
  const session = await world.session("web-reader");
  if (session === undefined) throw new Error("there is no session");
  const budgets = { "hour:calls:all": { limit: 1, actions: "any" as const } };
  const clean = { ...session, sid: "clean", budgets: { id: "clean", until: NOW } };
  const counters = countersOf(EPOCH, { ...again, sid: "clean" }, clean, budgets, NOW);
  await expect(readSpent(world.store, counters)).resolves.toEqual({ "hour:calls:all": 1 });
});
