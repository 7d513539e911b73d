import { Denial } from "../../../../runtime/authorizer/denial";
import type { Outcome } from "../../../../runtime/authorizer/call/outcomes";
import type { Allowed } from "../../../../runtime/authorizer/call/spent-calls";
import { budgetUse } from "../../../../runtime/authorizer/telemetry/budget-use";
import { CallTelemetry } from "../../../../runtime/authorizer/telemetry/call-telemetry";
import { reasonOf } from "../../../../runtime/decision/decider";
import type { DecisionInput, ReasonCode } from "../../../../domain";
import { exampleFleet } from "../../../support/exchange/example-fleet";
import { Recorded } from "../../../support/telemetry/recorded";

const CLERK = "spiffe://prod.acme.example/ns/finance/sa/refund-clerk";
const OURS = `00-${"b".repeat(32)}-${"1".repeat(16)}-01`;
/** Of the question that Envoy asks, in the trace of {@link OURS} */
const ENVOYS = `00-${"b".repeat(32)}-${"3".repeat(16)}-01`;
const THEIRS = `00-${"c".repeat(32)}-${"2".repeat(16)}-01`;
const WHOSE = { "ambit.agent": "refund-clerk", "ambit.task": "payout" };
const PLAIN = { headers: [], isOurs: true } as const;
const registry = { current: () => exampleFleet };

let recorded: Recorded;
let telemetry: CallTelemetry;
beforeEach(() => {
  recorded = new Recorded();
  telemetry = new CallTelemetry(recorded, registry);
});

const call = (tool: string, action: string): Allowed =>
  ({ bound: { claims: { client_id: CLERK, task: "payout", run: "r", txn: "t" } }, facts: { tool, action } }) as never;

const denial = (...codes: readonly ReasonCode[]): Denial => {
  const denied = Denial.byPolicy(codes.map(reasonOf));
  denied.about = { agent: CLERK, task: "payout", run: "the-run", action: "refund" };
  return denied;
};

test("a request goes on with the companion's trace, and links the one of the agent", async () => {
  const headers = [
    ["ambit-trace", OURS],
    ["traceparent", THEIRS],
  ] as const;
  await telemetry.within({ headers, isOurs: true }, async () => undefined);
  const [span] = recorded.spans;
  expect(span?.start.from).toEqual([{ traceId: "b".repeat(32), spanId: "1".repeat(16) }]);
  expect(span?.links).toEqual([{ traceId: "c".repeat(32), spanId: "2".repeat(16) }]);
});

test.each([true, false])("a request that Envoy has a span of is its child, ours or not: %s", async (isOurs) => {
  const headers = [
    ["ambit-trace", OURS],
    ["traceparent", THEIRS],
  ] as const;
  await telemetry.within({ headers, isOurs, asked: ENVOYS }, async () => undefined);
  const [span] = recorded.spans;
  expect(span?.start.from).toEqual([{ traceId: "b".repeat(32), spanId: "3".repeat(16) }]);
  expect(span?.links).toEqual([{ traceId: "c".repeat(32), spanId: "2".repeat(16) }]);
});

test.each<readonly [asked: unknown, isOurs: boolean, from: readonly object[]]>([
  [`${ENVOYS}, ${THEIRS}`, true, [{ traceId: "b".repeat(32), spanId: "1".repeat(16) }]],
  [Buffer.from(ENVOYS), true, [{ traceId: "b".repeat(32), spanId: "1".repeat(16) }]],
  ["00-0", false, []],
])("fails to be a child of what is no traceparent: %s", async (asked, isOurs, from) => {
  await telemetry.within({ headers: [["ambit-trace", OURS]], isOurs, asked }, async () => undefined);
  expect(recorded.spans[0]?.start.from).toEqual(from);
});

test("fails to go on with a trace that comes from outside", async () => {
  await telemetry.within({ headers: [["ambit-trace", OURS]], isOurs: false }, async () => undefined);
  expect(recorded.spans[0]?.start.from).toEqual([]);
});

test.each<readonly [outcome: Outcome, error: string | undefined]>([
  ["succeeded", undefined],
  ["failed", "tool_error"],
  ["unknown", "unknown"],
])("a call that ended as %s is counted once, with how long it took", async (outcome, error) => {
  await telemetry.within(PLAIN, async () => telemetry.allowed("d-1", call("payments", "refund")));
  expect(recorded.spans[0]?.ended).toBeUndefined();
  telemetry.ended("d-1", outcome, {});
  telemetry.ended("d-1", "failed", {});
  expect(recorded.spans[0]?.ended).toEqual({ error });
  expect(recorded.counted).toMatchObject([
    ["ambit.calls", { ...WHOSE, "ambit.action": "refund", "ambit.outcome": outcome }],
  ]);
  expect(recorded.measured.map(([name, , facts]) => [name, facts["error.type"]])).toEqual([
    ["mcp.server.operation.duration", error],
    ["gen_ai.execute_tool.duration", error],
  ]);
});

test("an answer that was cut says so, and tokens of a model are on its span", async () => {
  await telemetry.within(PLAIN, async () => telemetry.allowed("d-1", call("claude", "ask")));
  telemetry.ended("d-1", "unknown", { used: 120, written: 20, code: "call.cut" });
  const [span] = recorded.spans;
  expect([
    span?.names.at(-1),
    span?.ended,
    span?.facts["gen_ai.usage.input_tokens"],
    span?.facts["gen_ai.usage.output_tokens"],
  ]).toEqual(["chat ask", { error: "call.cut" }, 100, 20]);
});

test("fails to measure a call that it was not told of", () => {
  telemetry.ended("d-9", "succeeded", {});
  expect([recorded.counted, recorded.measured]).toEqual([[], []]);
});

test.each<readonly [what: string, codes: readonly ReasonCode[], besides: readonly string[]]>([
  ["is counted by its first reason", ["budget.spent", "agent.revoked" as ReasonCode].slice(0, 1) as ReasonCode[], []],
  ["of an approval that was used is a replay too", ["approval.spent"], ["ambit.approval.replays"]],
  ["of an approval for another request is a replay too", ["approval.other-request"], ["ambit.approval.replays"]],
  ["of an agent that was stopped is a use after revocation too", ["agent.revoked"], ["ambit.revocation.uses"]],
  ["of a run, beside another reason, is one too", ["budget.spent", "run.revoked"], ["ambit.revocation.uses"]],
  ["of a session is one too", ["session.revoked"], ["ambit.revocation.uses"]],
  ["of a token is one too", ["token.revoked"], ["ambit.revocation.uses"]],
  ["of a user is none: the agent did nothing wrong", ["user.revoked"], []],
])("a refusal %s", async (_, codes, besides) => {
  await telemetry.within(PLAIN, async () => telemetry.refused(denial(...codes), "payments"));
  expect(recorded.names()).toEqual(["ambit.refusals", ...besides]);
  expect(recorded.counted[0]?.[1]).toEqual({
    ...WHOSE,
    "ambit.tool": "payments",
    "ambit.action": "refund",
    "ambit.reason": codes[0],
  });
  expect(recorded.spans[0]).toMatchObject({ names: ["request", "tools/call refund"], ended: { error: codes[0] } });
  expect(JSON.stringify(recorded.spans)).not.toContain("the-run");
});

test("a request that an agent gets is named by the agent, and its companion goes on with the trace", async () => {
  const admitted = {
    agent: "web-reader",
    task: "fetch",
    set: { a: "b" },
    remove: ["ambit-trace", "x"],
    call: undefined,
  };
  const goingOn = await telemetry.within(PLAIN, async () => {
    telemetry.admitted(admitted as never);
    return telemetry.goingOn(admitted as never);
  });
  expect(recorded.spans[0]).toMatchObject({
    names: ["request", "invoke_agent web-reader"],
    ended: { error: undefined },
  });
  expect(goingOn.set).toEqual({ a: "b", "ambit-trace": expect.stringMatching(/^00-a{32}-/) });
  expect(goingOn.remove).toEqual(["x"]);
});

test("a budget is measured as the share that is spent with the call", () => {
  const budgets = { "day:calls:all": { spent: 39, cost: 1 }, "odd:calls:all": { spent: 1, cost: 1 } };
  const input = {
    agent: { spiffeId: CLERK, name: "refund-clerk" },
    task: "payout",
    budgets,
  } as unknown as DecisionInput;
  budgetUse(recorded, registry)(input);
  expect(recorded.measured).toEqual([["ambit.budget.use", 0.8, WHOSE]]);
});
