import { checkInput } from "../../../domain";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { Decider } from "../../../runtime/decision/decider";
import { callOf, StateWorld } from "../../support/exchange/state-world";
import { codesOf } from "../../support/exchange/sessions";

const LIST = { action: "mcp:tools/list" } as const;

async function clerkAt(task: "look" | "payout") {
  const world = new StateWorld();
  const run = await world.begin("refund-clerk", task);
  return { world, run, claims: world.claims(run, "payments", { scope: task === "look" ? "find" : "refund" }) };
}

test("a message of MCP that calls no tool costs nothing, needs no approval, and stands on record", async () => {
  const { world, run, claims } = await clerkAt("payout");
  await world.spend(claims, { call: callOf(claims, LIST), costs: {} });
  await world.outcome(claims, { call: callOf(claims, LIST) });
  expect(world.events.map(({ kind, facts }) => [kind, facts["call"], facts["untrusted"]])).toEqual([
    ["call.spent", "payments.mcp:tools/list", false],
    ["call.outcome", "payments.mcp:tools/list", false],
  ]);
  expect(await world.doneIn(run)).toEqual([]);
  expect((await world.state.read({ claims })).spent).toMatchObject({ "day:calls:all": 0 });
});

test("its answer raises the mark to what it may show", async () => {
  const { world, claims } = await clerkAt("look");
  await world.spend(claims, { call: callOf(claims, { ...LIST, data: ["orders:read"] }), costs: {} });
  expect(await world.session("refund-clerk")).toMatchObject({ mark: "restricted" });
});

test("the policy allows it where it would give the token", async () => {
  const { world, claims } = await clerkAt("look");
  const { input } = await world.state.read({ claims });
  const question = { ...input, phase: "issue", call: null, requestDigest: null, budgets: {}, intent: null } as const;
  expect(checkInput(question)).toMatchObject({ ok: true });
  const decider = new Decider(new CedarEngine({ policy: world.fleet.policy, revision: 1 }));
  expect(await decider.decide(question)).toMatchObject({ decision: "allow" });
  const revoked = { ...question, revocation: { known: true, revoked: ["run"] } } as const;
  expect(await decider.decide(revoked)).toMatchObject({ decision: "deny", reasons: [{ code: "run.revoked" }] });
});

test.each([
  ["costs", { costs: { "day:calls:all": 1 } }, ["request.malformed"]],
  [
    "another tool",
    { call: { tool: "zendesk", ...LIST, destination: "acme.zendesk.com", data: [] } },
    ["token.other-audience"],
  ],
] as const)("fails with %s", async (_, change, codes) => {
  const { world, claims } = await clerkAt("payout");
  const spent = world.spend(claims, { call: callOf(claims, LIST), costs: {}, ...change } as never);
  expect(await codesOf(spent)).toEqual(codes);
});

test("fails for a token without any action, and for a tool that speaks no MCP", async () => {
  const { world, run, claims } = await clerkAt("look");
  const bare = { ...claims, scope: undefined } as unknown as typeof claims;
  expect(await codesOf(world.spend(bare, { call: callOf(claims, LIST) }))).toEqual(["token.out-of-scope"]);
  const other = world.claims(run, "search");
  expect(await codesOf(world.spend(other, { call: callOf(other, LIST) }))).toEqual(["action.not-granted"]);
});
