import { Refusal } from "../../../runtime/refusal/refusal";
import { revoke } from "../../../runtime/session/revocations";
import type { Run } from "../../../runtime/session/session";
import { type CallAnswer, Calls } from "../../../runtime/state/calls";
import { isForCalls, presented } from "../../../runtime/state/presented";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { DIGEST, SERVICE, StateWorld } from "../../support/exchange/state-world";

const CALL = { tool: "agent:researcher", action: "lookup", destination: "agent:researcher", data: [] };

/** A run of the example's support-triage, and its token that hands work on */
class HandingWorld extends StateWorld {
  public readonly tokens = new Map<string, AccessTokenClaims>();
  public fetched = 0;
  public readonly calls = new Calls({
    state: this.state,
    tokens: { read: async (token) => this.tokens.get(token) as AccessTokenClaims },
    credentials: {
      headersFor: async () => ({ fetched: `${(this.fetched += 1)}` }),
      keptFor: () => undefined,
    },
    registry: { current: () => this.fleet },
    clock: () => this.now,
  });

  public hands(run: Run, change: Partial<AccessTokenClaims> = {}): void {
    const researcher = "spiffe://prod.acme.example/ns/research/sa/researcher";
    const exchange = { aud: "exchange", scope: "ambit:researcher:lookup", may_act: { sub: researcher }, ...change };
    this.tokens.set("t", this.claims(run, "zendesk", exchange));
  }

  public async ask(call: object = CALL, steps: object = {}): Promise<CallAnswer | Refusal> {
    const { answers } = await this.calls.calls({ tokens: ["t"], calls: [{ token: 0, call, ...steps }] }, SERVICE);
    return answers[0] as CallAnswer | Refusal;
  }

  public async spent(call: object = CALL): Promise<CallAnswer | Refusal> {
    const answer = await this.ask(call);
    if (answer instanceof Refusal) return answer;
    const versions = answer.state?.versions;
    return this.ask(call, { spend: { requestDigest: DIGEST, costs: {}, untrusted: false, versions, revision: 9 } });
  }
}

async function worldWith(change: Partial<AccessTokenClaims> = {}): Promise<{ world: HandingWorld; run: Run }> {
  const world = new HandingWorld();
  const run = await world.begin("support-triage", "answer");
  world.hands(run, change);
  return { world, run };
}

const codes = (answer: CallAnswer | Refusal): string =>
  answer instanceof Refusal ? answer.reasons.map(({ code }) => code).join() : "answered";

test("the policy is asked about a token that hands work on as about one for the delegate's task", async () => {
  const { world } = await worldWith();
  expect(await world.ask()).toMatchObject({
    state: { input: { phase: "call", token: { audience: "tool:agent:researcher", scope: ["lookup"] } } },
  });
});

test("a request to a delegate is written, by no credential of a tool, and marks and taints nothing by itself", async () => {
  const { world, run } = await worldWith();
  const before = await world.ask();
  const spent = await world.spent();
  expect(spent).toMatchObject({ headers: {} });
  expect(world.fetched).toBe(0);
  const [event] = world.events.filter(({ kind }) => kind === "call.spent");
  expect(event?.facts).toMatchObject({ run: run.run, call: "agent:researcher.lookup", reads: null, untrusted: false });
  const session = (answer: CallAnswer | Refusal) => (answer as CallAnswer).state?.input.session;
  expect(session(spent)).toMatchObject({ mark: session(before)?.mark, tainted: session(before)?.tainted });
});

test("its outcome counts in orders", async () => {
  const { world } = await worldWith();
  await world.spent();
  const claims = world.tokens.get("t");
  await world.state.outcome({ claims, call: CALL, outcome: "succeeded", untrusted: false }, SERVICE);
  expect(await world.ask()).toMatchObject({ state: { input: { done: { run: ["agent:researcher.lookup"] } } } });
});

test.each<[string, Partial<AccessTokenClaims>, object, string]>([
  ["another agent", {}, { tool: "agent:web-reader", action: "lookup" }, "token.other-audience"],
  ["another task of it", {}, { action: "fetch" }, "token.out-of-scope"],
  ["a tool", {}, { tool: "zendesk", action: "read" }, "token.other-audience"],
  ["a tool of the delegate's name", {}, { tool: "researcher" }, "token.other-audience"],
  ["a delegate, and its token is for a tool", { aud: "tool:zendesk", scope: "lookup" }, {}, "token.other-audience"],
  ["a delegate, and its token names no task", { scope: "openid" }, {}, "token.invalid"],
  ["a delegate, and its token is for AWS", { aud: "aws" }, {}, "token.invalid"],
])("fails when the call is of %s, and nothing is written", async (_, change, call, code) => {
  const { world } = await worldWith(change);
  const versions = [1];
  const spend = { requestDigest: DIGEST, costs: {}, untrusted: false, versions, revision: 9 };
  expect(codes(await world.ask({ ...CALL, ...call }, { spend }))).toBe(code);
  expect(world.events.filter(({ kind }) => kind === "call.spent")).toEqual([]);
});

test("fails when its run was revoked", async () => {
  const { world, run } = await worldWith();
  const versions = ((await world.ask()) as CallAnswer).state?.versions;
  await world.store.write([revoke({ kind: "run", id: run.run }, { why: "stolen", by: "security", at: 0 }, undefined)]);
  const spend = { requestDigest: DIGEST, costs: {}, untrusted: false, versions, revision: 9 };
  expect(codes(await world.ask(CALL, { spend }))).toBe("run.revoked");
});

test("only tokens for tools and those that hand work on are for calls", () => {
  const scope = "ambit:researcher:lookup";
  const forCalls = ["exchange", "tool:crm", "aws", "run", "toolbox"].filter((aud) => isForCalls({ aud, scope }));
  expect(forCalls).toEqual(["exchange", "tool:crm"]);
  expect([isForCalls({ aud: "exchange" }), isForCalls({ aud: "exchange", scope: "read" })]).toEqual([false, false]);
  expect(presented({ aud: "exchange", scope: "ambit:a:b ambit:c:d" })).toEqual({ audience: "exchange", scope: [] });
});
