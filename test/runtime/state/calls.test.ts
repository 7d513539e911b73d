import { Refusal } from "../../../runtime/refusal/refusal";
import { Calls, type CallAnswer } from "../../../runtime/state/calls";
import { revoke } from "../../../runtime/session/revocations";
import type { Run } from "../../../runtime/session/session";
import { StoreUnavailable } from "../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { callOf, DIGEST, SERVICE, StateWorld } from "../../support/exchange/state-world";
import { FaultyStore } from "../../support/faulty-store";

const HEADERS = { authorization: "Bearer robot" };

/** Calls over the state of the example fleet; a token is the name of its claims */
class CallsWorld extends StateWorld {
  public readonly tokens = new Map<string, AccessTokenClaims>();
  public headersFor: () => Promise<Readonly<Record<string, string>>> = async () => HEADERS;
  public kept: Readonly<Record<string, string>> | undefined;
  public readonly calls = new Calls({
    state: this.state,
    tokens: {
      read: async (token) => {
        const claims = this.tokens.get(token);
        if (claims === undefined) throw Refusal.of("token.invalid");
        return claims;
      },
    },
    credentials: { headersFor: () => this.headersFor(), keptFor: () => this.kept },
    registry: { current: () => this.fleet },
    clock: () => this.now,
  });

  public async ask(token: string, spend?: object): Promise<CallAnswer | Refusal> {
    const claims = this.tokens.get(token);
    const call =
      claims === undefined
        ? { tool: "zendesk", action: "read", destination: "x", data: [] }
        : { ...callOf(claims), action: "read" };
    const { answers } = await this.calls.calls(
      { tokens: [token], calls: [{ token: 0, call, ...(spend && { spend }) }] },
      SERVICE,
    );
    const [answer] = answers;
    if (answer === undefined) throw new Error("no answer");
    return answer;
  }
}

const spend = (versions: readonly number[], change: object = {}) => ({
  requestDigest: DIGEST,
  costs: {},
  untrusted: false,
  versions,
  revision: 9,
  ...change,
});
const codes = (answer: CallAnswer | Refusal): string =>
  answer instanceof Refusal ? answer.reasons.map(({ code }) => code).join() : "answered";

function versionsIn(answer: CallAnswer | Refusal): readonly number[] {
  if (answer instanceof Refusal || answer.state === undefined) throw new Error("the answer has no state");
  return answer.state.versions;
}

async function worldWith(): Promise<{
  readonly world: CallsWorld;
  readonly run: Run;
  readonly versions: readonly number[];
}> {
  const world = new CallsWorld();
  const run = await world.begin("support-triage", "answer");
  world.tokens.set("t", world.claims(run, "zendesk"));
  return { world, run, versions: versionsIn(await world.ask("t")) };
}

test("an undecided call gets the state, and nothing is written", async () => {
  const { world } = await worldWith();
  const answer = await world.ask("t");
  expect(answer).toMatchObject({ state: { input: { phase: "call", task: "answer" }, versions: [expect.any(Number)] } });
  expect(answer).not.toHaveProperty("headers");
  expect(world.events.filter(({ kind }) => kind === "call.spent")).toEqual([]);
});

test("a call that was decided by what is known is written in the same round trip, and may go out", async () => {
  const { world, versions } = await worldWith();
  const answer = await world.ask("t", spend(versions));
  expect(answer).toMatchObject({ headers: HEADERS, state: { input: { session: { mark: "confidential" } } } });
  expect(world.events.filter(({ kind }) => kind === "call.spent")).toHaveLength(1);
  const behind = versionsIn(answer);
  expect(behind).not.toEqual(versions);
  expect(await world.ask("t", spend(behind))).toMatchObject({ headers: HEADERS, state: { versions: behind } });
});

test("a call that is written goes out without the state where that cannot be read any more", async () => {
  const { world, versions } = await worldWith();
  const store = new FaultyStore(world.store);
  world.store = store;
  store.after = () => {
    const stopped = store.reads + 1;
    store.reading = () => {
      if (store.reads > stopped) throw new StoreUnavailable("down");
    };
  };
  expect(await world.ask("t", spend(versions))).toEqual({ headers: HEADERS });
});

test("fails to go out where the session has changed since: it gets the new state, and nothing is written", async () => {
  const { world, run, versions } = await worldWith();
  await world.raise(run, { mark: "restricted" });
  const answer = await world.ask("t", spend(versions));
  expect(answer).toMatchObject({ state: { input: { session: { mark: "restricted" } } } });
  expect(answer).not.toHaveProperty("headers");
  expect(world.events.filter(({ kind }) => kind === "call.spent")).toEqual([]);
});

test("fails to go out where another write came first", async () => {
  const { world, run, versions } = await worldWith();
  let first = true;
  world.beforeCommit = async () => {
    if (!first) return;
    first = false;
    await world.raise(run, { mark: "restricted" });
  };
  const answer = await world.ask("t", spend(versions));
  expect(answer).not.toHaveProperty("headers");
  expect(answer).toMatchObject({ state: { input: { session: { mark: "restricted" } } } });
});

test("fails where there is no credential, and nothing is spent", async () => {
  const { world, versions } = await worldWith();
  world.headersFor = () => Promise.reject(Refusal.of("outbound.failed"));
  expect(codes(await world.ask("t", spend(versions)))).toBe("outbound.failed");
  expect(world.events.filter(({ kind }) => kind === "call.spent")).toEqual([]);
});

test("a cached credential is sent without a request for a new one", async () => {
  const { world, versions } = await worldWith();
  world.kept = { authorization: "Bearer kept" };
  world.headersFor = () => Promise.reject(new Error("the issuer was asked"));
  expect(await world.ask("t", spend(versions))).toMatchObject({ headers: world.kept });
});

const raised = (world: CallsWorld, run: Run) => world.raise(run, { mark: "restricted" });
const stopped = ({ store }: CallsWorld, { run }: Run) =>
  store.write([revoke({ kind: "run", id: run }, { why: "stolen", by: "security", at: 0 }, undefined)]);
const seen = ({ store }: CallsWorld) =>
  store.write([{ kind: "put", key: { partition: "seen", sort: "registry" }, value: 1, when: "any" }]);
const over = async (world: CallsWorld, run: Run) => void (world.now = run.expiresAt);

test.each([
  ["whose session has changed", raised, {}, "answered 0"],
  ["whose run was stopped", stopped, {}, "run.revoked 0"],
  ["whose token is over", over, {}, "token.over 0"],
  ["that an older registry decided", seen, { revision: 0 }, "policy.stale 0"],
])("the issuer is not asked for the credential of a call %s", async (_, before, change, told) => {
  const { world, run, versions } = await worldWith();
  await before(world, run);
  let asked = 0;
  world.headersFor = async () => {
    asked += 1;
    return HEADERS;
  };
  const answer = await world.ask("t", spend(versions, change));
  expect(answer).not.toHaveProperty("headers");
  expect(`${codes(answer)} ${asked}`).toBe(told);
  expect(world.events.filter(({ kind }) => kind === "call.spent")).toEqual([]);
});

test.each([
  ["the session changes", raised, {}, "answered"],
  ["the run is stopped", stopped, {}, "run.revoked"],
  ["another exchange uses a newer registry", seen, { revision: 0 }, "policy.stale"],
])("fails where, while the credential is fetched, %s, and nothing is spent", async (_, meanwhile, change, told) => {
  const { world, run, versions } = await worldWith();
  world.headersFor = async () => {
    await meanwhile(world, run);
    return HEADERS;
  };
  const answer = await world.ask("t", spend(versions, change));
  expect(answer).not.toHaveProperty("headers");
  expect(codes(answer)).toBe(told);
  expect(world.events.filter(({ kind }) => kind === "call.spent")).toEqual([]);
});

test("fails where the tool's credential is slow, before anything is spent, and no other call of the request does", async () => {
  const { world, versions } = await worldWith();
  jest.useFakeTimers();
  try {
    world.headersFor = () => new Promise(() => undefined);
    const asked = world.ask("t", spend(versions));
    await jest.advanceTimersByTimeAsync(2_600);
    expect(codes(await asked)).toBe("outbound.failed");
  } finally {
    jest.useRealTimers();
  }
  expect(world.events.filter(({ kind }) => kind === "call.spent")).toEqual([]);
});

test("people are asked in one round trip, about the arguments that were sent", async () => {
  const world = new CallsWorld();
  const claims = world.claims(await world.begin("refund-clerk", "payout"), "payments");
  world.tokens.set("p", claims);
  const about = { token: 0, call: callOf(claims, { action: "refund" }), arguments: { amount: 5 } };
  const call = async (more: object) =>
    (await world.calls.calls({ tokens: ["p"], calls: [{ ...about, ...more }] }, SERVICE)).answers[0];
  const { versions } = (await world.state.read({ claims })) as { versions: readonly number[] };
  const ask = { versions, revision: 9 };
  const asked = await call({ ask });
  const request = { status: "pending", group: "finance-controllers", expires_at: world.now + 3_600 };
  expect(asked).toMatchObject({ access_request: request });
  expect(asked).not.toHaveProperty("headers");
  expect(await call({ ask })).toEqual(asked);
  expect(await call({ ask, arguments: { amount: 6 } })).not.toEqual(asked);
  expect(await call({})).not.toHaveProperty("access_request");
  await expect(call({ ask, spend: spend(versions) })).rejects.toMatchObject({
    reasons: [{ code: "request.malformed" }],
  });
});

test("each of many calls fails by itself", async () => {
  const { world, versions } = await worldWith();
  const call = callOf(world.tokens.get("t") as AccessTokenClaims);
  world.tokens.set("aws", { ...(world.tokens.get("t") as AccessTokenClaims), aud: "aws" });
  const calls = [
    { token: 0, call },
    { token: 1, call, spend: spend(versions) },
    { token: 2, call },
    { token: 1, call: { ...call, action: "nothing" }, spend: spend(versions) },
    { token: 3, call, spend: spend(versions) },
  ];
  const { answers } = await world.calls.calls({ tokens: ["unknown", "t", "aws"], calls }, SERVICE);
  expect(answers.map(codes)).toEqual([
    "token.invalid",
    "answered",
    "token.invalid",
    expect.stringMatching(/^token\.|^answered/),
    "request.malformed",
  ]);
  expect(answers[1]).toMatchObject({ headers: HEADERS });
  expect(answers[3]).not.toHaveProperty("headers");
});

const CALL = { token: 0, call: { tool: "crm", action: "read", destination: "crm.example", data: [] } };

test.each([
  ["nothing", undefined],
  ["no calls", { tokens: ["t"], calls: [] }],
  ["no tokens", { calls: [CALL] }],
  ["more than 16", { tokens: ["t"], calls: Array.from({ length: 17 }, () => CALL) }],
  ["more than 16 tokens", { tokens: Array.from({ length: 17 }, () => "t"), calls: [CALL] }],
  ["a token in place of its place", { tokens: ["t"], calls: [{ ...CALL, token: "t" }] }],
  ["a place that is no number of a list", { tokens: ["t"], calls: [{ ...CALL, token: -1 }] }],
  ["a member that is none", { tokens: ["t"], calls: [CALL], more: 1 }],
  ["outcomes that are no list", { tokens: ["t"], calls: [CALL], told: { claims: [], outcomes: {} } }],
])("fails for %s", async (_, body) => {
  await expect(new CallsWorld().calls.calls(body, SERVICE)).rejects.toMatchObject({
    reasons: [{ code: "request.malformed" }],
  });
});

test("outcomes are reported together, and failed ones are named", async () => {
  const { world, run } = await worldWith();
  const claims = world.tokens.get("t") as AccessTokenClaims;
  const outcome = { claims: 0, call: callOf(claims), outcome: "succeeded", untrusted: false };
  await world.state.outcomes({ claims: [claims], outcomes: [outcome, { ...outcome, outcome: "failed" }] }, SERVICE);
  expect(
    world.events
      .filter(({ kind }) => kind === "call.outcome")
      .map(({ facts }) => facts.outcome)
      .sort(),
  ).toEqual(["failed", "succeeded"]);
  const both = { claims: [claims, { ...claims, run: "unknown" }], outcomes: [outcome, { ...outcome, claims: 1 }] };
  expect(await world.state.outcomes(both, SERVICE)).toEqual({ untold: [1] });
  expect(world.events.filter(({ kind }) => kind === "call.outcome")).toHaveLength(3);
  expect(run.agent).toBe("support-triage");
});

test("an outcome that is unsound is named, and in the way of no other", async () => {
  const { world } = await worldWith();
  const claims = world.tokens.get("t") as AccessTokenClaims;
  const outcome = { claims: 2, call: callOf(claims), outcome: "succeeded", untrusted: false };
  const outcomes = [
    "unsound",
    { ...outcome, settled: { reservation: "r", used: 2e15 } },
    ...[0, 1, 3, -1, 0.5, claims].map((at) => ({ ...outcome, claims: at })),
    outcome,
  ];
  const all = { claims: ["unsound", { ...claims, aud: "aws" }, claims], outcomes };
  expect(await world.state.outcomes(all, SERVICE)).toEqual({ untold: [0, 1, 2, 3, 4, 5, 6, 7] });
  expect(world.events.filter(({ kind }) => kind === "call.outcome")).toHaveLength(1);
});

test("outcomes beside calls are taken too; a failed or malformed one is named, and the rest goes on", async () => {
  const { world, versions } = await worldWith();
  const claims = world.tokens.get("t") as AccessTokenClaims;
  const call = callOf(claims);
  const outcome = { claims: 0, call, outcome: "succeeded", untrusted: false };
  const outcomes = [outcome, { ...outcome, claims: 1 }, "unsound", { ...outcome, more: 1 }];
  const told = { claims: [claims, { ...claims, run: "unknown" }], outcomes };
  const asked = {
    tokens: ["t"],
    calls: [{ token: 0, call: { ...call, action: "read" }, spend: spend(versions) }],
  };
  const { answers, untold } = await world.calls.calls({ ...asked, told }, SERVICE);
  expect(answers.map(codes)).toEqual(["answered"]);
  expect(untold).toEqual([1, 2, 3]);
  expect(world.events.filter(({ kind }) => kind === "call.outcome")).toHaveLength(1);
  expect(await world.calls.calls(asked, SERVICE)).not.toHaveProperty("untold");
});
