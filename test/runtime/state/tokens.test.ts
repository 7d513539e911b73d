import fc from "fast-check";
import { countersOf, readSpent } from "../../../runtime/session/budgets";
import type { Run } from "../../../runtime/session/session";
import { tokensKey } from "../../../runtime/store/keys";
import type { StateStore } from "../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { codesOf, EPOCH, NOW, sessionOf } from "../../support/exchange/sessions";
import { callOf, StateWorld } from "../../support/exchange/state-world";
import { depth } from "../../support/depth";

const TRIAGE = "spiffe://prod.acme.example/ns/support/sa/support-triage";
const DAY = "day:tokens:all";
const HOUR = "hour:tokens:claude.ask";
const LIMIT = 1_000;

interface At {
  readonly world: StateWorld;
  readonly run: Run;
  readonly claims: AccessTokenClaims;
}

async function begun(limit = LIMIT, names: readonly string[] = [DAY]): Promise<At> {
  const world = new StateWorld();
  const budgets = Object.fromEntries(names.map((name) => [name, { limit, actions: "any" as const }]));
  world.declare(TRIAGE, "answer", { budgets });
  const run = await world.begin("support-triage", "answer");
  return { world, run, claims: world.claims(run, "claude", { scope: "ask" }) };
}

async function spent({ world, run }: At, name = DAY): Promise<number | undefined> {
  const budgets = { [name]: { limit: LIMIT, actions: "any" as const } };
  return (await readSpent(world.store, countersOf(EPOCH, run, sessionOf(), budgets, world.now)))[name];
}

/** Reserve, as before a call of the model goes out. */
const reserved = ({ world, claims }: At, reservation: string | undefined, cost: number, names = [DAY]) =>
  world.spend(claims, {
    call: callOf(claims, { action: "ask" }),
    costs: Object.fromEntries(names.map((name) => [name, cost])),
    ...(reservation !== undefined && { reservation }),
  });
const settled = ({ world, claims }: At, reservation: string, used: number) =>
  world.outcome(claims, { call: callOf(claims, { action: "ask" }), settled: { reservation, used } });
const unknown = ({ world, claims }: At) => world.outcome(claims, { outcome: "unknown" });

test("unused tokens of a call are returned to each token budget, on record", async () => {
  const at = await begun(LIMIT, [DAY, HOUR]);
  await reserved(at, "r-1", 700, [DAY, HOUR]);
  await expect(Promise.all([spent(at), spent(at, HOUR)])).resolves.toEqual([700, 700]);
  await settled(at, "r-1", 100);
  await expect(Promise.all([spent(at), spent(at, HOUR)])).resolves.toEqual([100, 100]);
  expect(at.world.events.at(-1)).toMatchObject({ kind: "call.outcome", facts: { outcome: "succeeded", tokens: 100 } });
});

test("a budget of calls beside it stays spent", async () => {
  const at = await begun();
  at.world.declare(TRIAGE, "answer", {
    budgets: { [DAY]: { limit: LIMIT, actions: "any" }, "day:calls:all": { limit: 5, actions: "any" } },
  });
  await at.world.spend(at.claims, {
    call: callOf(at.claims, { action: "ask" }),
    costs: { [DAY]: 500, "day:calls:all": 1 },
    reservation: "r-1",
  });
  await settled(at, "r-1", 0);
  const { spent: counted } = await at.world.state.read({ claims: at.claims });
  expect(counted).toEqual({ [DAY]: 0, "day:calls:all": 1 });
});

test.each([
  ["an outcome without usage", (at: At) => unknown(at), 700],
  ["another reservation", (at: At) => settled(at, "r-2", 0), 700],
  ["as much as was reserved", (at: At) => settled(at, "r-1", 700), 700],
  ["more than was reserved", (at: At) => settled(at, "r-1", 5_000), 700],
  ["nothing used", (at: At) => settled(at, "r-1", 0), 0],
])("%s", async (_, act, left) => {
  const at = await begun();
  await reserved(at, "r-1", 700);
  await act(at);
  await expect(spent(at)).resolves.toBe(left);
});

test("a repeated outcome returns nothing a second time", async () => {
  const at = await begun();
  await reserved(at, "r-1", 700);
  await reserved(at, "r-2", 300);
  await Promise.all([1, 2, 3].map(() => settled(at, "r-1", 100)));
  await settled(at, "r-1", 0);
  await expect(spent(at)).resolves.toBe(400);
});

test("a reservation of another run gives nothing back", async () => {
  const at = await begun();
  await reserved(at, "r-1", 700);
  const run = await at.world.begin("support-triage", "answer");
  await settled({ ...at, run, claims: at.world.claims(run, "claude", { scope: "ask" }) }, "r-1", 0);
  await expect(spent(at)).resolves.toBe(700);
});

test("a call without a reservation is never settled", async () => {
  const at = await begun();
  await reserved(at, undefined, 700);
  await settled(at, "r-1", 0);
  await expect(spent(at)).resolves.toBe(700);
});

test("tokens of a past hour are not returned to the next one", async () => {
  const at = await begun(LIMIT, [HOUR]);
  at.world.now = NOW + 3_590;
  const late = { ...at, claims: at.world.claims(at.run, "claude", { scope: "ask", exp: NOW + 3_700 }) };
  const run = await at.world.begin("support-triage", "answer");
  const again = { ...late, run, claims: at.world.claims(run, "claude", { scope: "ask" }) };
  await reserved(again, "r-1", 700, [HOUR]);
  at.world.now = NOW + 3_605;
  await reserved(again, "r-2", 500, [HOUR]);
  await settled(again, "r-1", 0);
  await expect(spent(again, HOUR)).resolves.toBe(500);
  await settled(again, "r-2", 50);
  await expect(spent(again, HOUR)).resolves.toBe(50);
});

test("a reservation is kept for an hour, and no longer", async () => {
  const at = await begun();
  await reserved(at, "r-1", 700);
  const kept = async () => (await at.world.store.read([tokensKey(EPOCH, at.run.run, "r-1")]))[0] !== undefined;
  at.world.now = NOW + 3_599;
  await expect(kept()).resolves.toBe(true);
  at.world.now = NOW + 3_600;
  await expect(kept()).resolves.toBe(false);
});

test("fails to reserve beyond the limit, or twice by one name, and nothing is spent then", async () => {
  const at = await begun();
  await reserved(at, "r-1", 700);
  await expect(codesOf(reserved(at, "r-2", 301))).resolves.toEqual(["store.conflict"]);
  await expect(codesOf(reserved(at, "r-1", 100))).resolves.toEqual(["store.conflict"]);
  await expect(spent(at)).resolves.toBe(700);
  await reserved(at, "r-2", 300);
});

test.each([
  ["a usage below zero", { reservation: "r-1", used: -1 }],
  ["half a token", { reservation: "r-1", used: 1.5 }],
  ["a name with a slash", { reservation: "r/1", used: 1 }],
  ["another member", { reservation: "r-1", used: 1, back: 5_000 }],
])("fails to settle %s, and nothing is given back", async (_, what) => {
  const at = await begun();
  await reserved(at, "r-1", 700);
  const outcome = at.world.outcome(at.claims, { settled: what });
  await expect(codesOf(outcome)).resolves.toEqual(["request.malformed"]);
  await expect(spent(at)).resolves.toBe(700);
});

/** Reads and writes take place in the order that the scheduler chooses. */
function shuffled(store: StateStore, scheduler: fc.Scheduler): StateStore {
  return Object.assign(Object.create(store) as StateStore, {
    read: async (keys: Parameters<StateStore["read"]>[0]) => {
      await scheduler.schedule(Promise.resolve("read"));
      return store.read(keys);
    },
    write: async (writes: Parameters<StateStore["write"]>[0]) => {
      await scheduler.schedule(Promise.resolve("write"));
      return store.write(writes);
    },
  });
}

interface Call {
  readonly cost: number;
  /** Undefined if the usage is not reported */
  readonly used: number | undefined;
  readonly told: number;
}

/** What is spent of a budget, by adding up what was allowed: a reservation counts until it is settled, and never more than it. */
function model(calls: readonly (Call & { readonly passed: boolean })[]): number {
  return calls
    .filter(({ passed }) => passed)
    .reduce((sum, { cost, used }) => sum + (used === undefined ? cost : Math.min(cost, used)), 0);
}

test("for every interleaving of reserving and settling, the spending equals the plain model's", () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(
        fc.record<Call>({
          cost: fc.nat({ max: 600 }),
          used: fc.option(fc.nat({ max: 700 }), { nil: undefined }),
          told: fc.integer({ min: 1, max: 2 }),
        }),
        { minLength: 2, maxLength: 5 },
      ),
      async (scheduler, calls) => {
        const at = await begun();
        const plain = at.world.store;
        at.world.store = shuffled(plain, scheduler);
        const highest: number[] = [];
        const play = async (call: Call, index: number) => {
          const passed = await reserved(at, `r-${index}`, call.cost).then(
            () => true,
            () => false,
          );
          highest.push((await spent({ ...at, world: Object.assign(Object.create(at.world), { store: plain }) })) ?? -1);
          const { used, told } = call;
          if (used !== undefined)
            await Promise.all(Array.from({ length: told }, () => settled(at, `r-${index}`, used)));
          return { ...call, passed };
        };
        const playing = Promise.all(calls.map(play));
        await scheduler.waitFor(playing);
        at.world.store = plain;
        await expect(spent(at)).resolves.toBe(model(await playing));
        expect(highest.every((one) => one >= 0 && one <= LIMIT)).toBe(true);
      },
    ),
    { numRuns: depth(25) },
  ));
