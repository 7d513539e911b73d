import { noteRevision } from "../../../runtime/registry/revision-seen";
import { revoke, type Target } from "../../../runtime/session/revocations";
import type { Run } from "../../../runtime/session/session";
import { epochKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreUnavailable } from "../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { ALICE, codesOf } from "../../support/exchange/sessions";
import { StateWorld } from "../../support/exchange/state-world";
import { FaultyStore } from "../../support/faulty-store";

const COSTS = { "run:calls:all": 1, "hour:calls:all": 1 };
const WHY = { why: "stolen", by: "security", at: 0 };

/** A call of the last of two agents, in a store that does something between writes */
async function calling() {
  const world = new StateWorld();
  const store = new FaultyStore(new MemoryStore(() => world.now));
  world.store = store;
  const first = await world.begin("support-triage", "answer");
  const second = await world.begin("researcher", "lookup", first);
  const run = await world.begin("web-reader", "fetch", second);
  const claims = world.claims(run, "search");
  return { world, store, runs: [first, second, run] as const, claims };
}

type Calling = Awaited<ReturnType<typeof calling>>;

const stopping =
  (target: (runs: Calling["runs"], claims: AccessTokenClaims) => Target) =>
  ({ store, runs, claims }: Calling): Promise<unknown> =>
    store.write([revoke(target(runs, claims), WHY, undefined)]);
const idOf = (kind: Exclude<Target["kind"], "user">, id: (run: Run) => string, place: 0 | 1 | 2) =>
  stopping((runs) => ({ kind, id: id(runs[place]) }));

const STOPS: readonly (readonly [what: string, code: string, stop: (calling: Calling) => Promise<unknown>])[] = [
  ["the agent", "agent.revoked", idOf("agent", ({ agent }) => agent, 2)],
  ["a delegator", "agent.revoked", idOf("agent", ({ agent }) => agent, 0)],
  ["the run", "run.revoked", idOf("run", ({ run }) => run, 2)],
  ["the run that handed it on", "run.revoked", idOf("run", ({ run }) => run, 1)],
  ["the session", "session.revoked", idOf("session", ({ sid }) => sid, 2)],
  ["the token", "token.revoked", stopping((_, { jti }) => ({ kind: "token", id: jti }))],
  ["the user", "user.revoked", stopping(() => ({ kind: "user", user: ALICE }))],
  ["the registry by which it was decided", "policy.stale", ({ store }) => noteRevision(store, 1_000)],
  [
    "all of the epoch",
    "store.restored",
    ({ store }) =>
      store.write([
        {
          kind: "put",
          key: epochKey(),
          value: { epoch: 99, identity: "x", keys: [], voidKeys: [] },
          when: "any",
        },
      ]),
  ],
];

/** As `/state/spend` does it, and as `/state/calls` */
const SPENDING = {
  "with a question before it": ({ world, claims }: Calling) => world.spend(claims, { costs: COSTS }),
  "in one round trip": ({ world, claims }: Calling) => world.spendNow(claims, { costs: COSTS }),
};

const WAYS = Object.entries(SPENDING);

describe.each(
  WAYS.flatMap(([name, spend]) => (["before", "after"] as const).map((when) => [name, when, spend] as const)),
)("fails when, while a call is spent %s, %s it is written,", (_, when, spend) => {
  test.each(STOPS)("%s is stopped: the call does not go out, and the record says so", async (_what, code, stop) => {
    const calls = await calling();
    const { world, store, claims, runs } = calls;
    store[when] = async () => {
      store[when] = () => undefined;
      await stop({ world, store, claims, runs });
    };
    expect(await codesOf(spend(calls))).toEqual([code]);
    expect(world.events.slice(-2)).toMatchObject([
      { kind: "call.spent", facts: { token: claims.jti } },
      { kind: "call.refused", facts: { token: claims.jti, codes: [code], run: runs[2].run } },
    ]);
    expect((await world.state.read({ claims }).catch(() => undefined))?.spent ?? COSTS).toEqual(COSTS);
  });
});

test.each(WAYS)("fails when a call is spent %s and nothing can be read behind the write", async (_, spend) => {
  const calls = await calling();
  const { store } = calls;
  store.after = () => {
    store.reading = () => {
      throw new StoreUnavailable("down");
    };
  };
  await expect(spend(calls)).rejects.toThrow(StoreUnavailable);
});

/** A call in a store from which nothing is read behind the write but whether the call was stopped */
async function readingNoMore(error: Error) {
  const { world, store, claims } = await calling();
  store.after = () => {
    const lastRead = store.reads + 1;
    store.reading = () => {
      if (store.reads > lastRead) throw error;
    };
  };
  return { world, spent: world.spendNow(claims, { costs: COSTS }) };
}

test("a call goes out where the store is gone behind the write, once it was asked for stops", async () => {
  const { world, spent } = await readingNoMore(new StoreUnavailable("down"));
  await expect(spent).resolves.toEqual({});
  expect(world.events.at(-1)?.kind).toBe("call.spent");
});

test("fails when anything else goes wrong behind the write", async () => {
  const { spent } = await readingNoMore(new Error("broken"));
  await expect(spent).rejects.toThrow("broken");
});

describe.each(WAYS)("where a call is spent %s and stopped meanwhile, its refusal says", (_, spend) => {
  test.each([
    ["that it is on record", () => Promise.resolve(), true],
    ["that it is not, where it could not be written", () => Promise.reject(new StoreUnavailable("down")), false],
  ])("%s", async (_what, write, isOnRecord) => {
    const calls = await calling();
    const { world, store, runs } = calls;
    store.after = async () => {
      store.after = () => undefined;
      await store.write([revoke({ kind: "run", id: runs[2].run }, WHY, undefined)]);
      world.beforeCommit = write;
    };
    expect(await spend(calls).catch((error: unknown) => error)).toMatchObject({ isOnRecord });
  });
});

test("fails when the refusal cannot be written: it stands all the same", async () => {
  const { world, store, claims, runs } = await calling();
  store.after = async () => {
    store.after = () => undefined;
    await store.write([revoke({ kind: "run", id: runs[2].run }, WHY, undefined)]);
    store.before = () => {
      throw new StoreUnavailable("down");
    };
    world.beforeCommit = () => Promise.reject(new StoreUnavailable("down"));
  };
  expect(await codesOf(world.spend(claims, { costs: COSTS }))).toEqual(["run.revoked"]);
});

test("a call goes out where another run was stopped meanwhile", async () => {
  const { world, store, claims } = await calling();
  store.after = async () => {
    store.after = () => undefined;
    await store.write([revoke({ kind: "run", id: "another" }, WHY, undefined)]);
  };
  await expect(world.spend(claims, { costs: COSTS })).resolves.toBeDefined();
  expect(world.events.at(-1)?.kind).toBe("call.spent");
});
