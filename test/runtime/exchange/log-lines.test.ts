import { refusedRequest } from "../../../runtime/exchange/http/refused-request";
import { jsonLog } from "../../../runtime/log";
import type { Refusal } from "../../../runtime/refusal/refusal";
import { awsFleet } from "../../support/exchange/aws-fleet";
import { AwsWorld } from "../../support/exchange/aws-world";
import type { Row } from "../../support/exchange/issuance-case";
import { IssuanceRun } from "../../support/exchange/issuance-run";
import { Explaining } from "../../support/explaining";

const explaining = new Explaining("log-lines");

async function refusalOf(row: Partial<Row>): Promise<Refusal> {
  const run = await IssuanceRun.of({ name: "a line of the log", base: "answer", ...row } as Row);
  const outcome = await run.play();
  if (!("refusal" in outcome)) throw new Error("a token was issued");
  return outcome.refusal;
}

/** What the exchange logs when it refuses the request */
async function lineOf(row: Partial<Row>): Promise<string> {
  let line = "";
  const log = jsonLog((text) => (line += text));
  refusedRequest(await refusalOf(row), { path: "/token" }, log);
  expect(line.split("\n")).toHaveLength(2);
  return line;
}

const factsOf = (line: string) => JSON.parse(line) as Readonly<Record<string, unknown>>;
const MISSPELT = { change: { "form/audience": "tool:zendsk" } };

test("the line of a refusal by the policy says whose request it was, and masks who the user is", async () => {
  const line = await lineOf(MISSPELT);
  expect(factsOf(line)).toMatchObject({
    event: "request.refused",
    path: "/token",
    agent: "support-triage",
    task: "answer",
    audience: "tool:zendsk",
    error: "access_denied",
    codes: ["audience.not-granted"],
    decision: { decision: "deny", reasons: ["audience.not-granted"] },
    input: { task: "answer", user: { subject: "masked" } },
    masked: ["/input/user/subject"],
  });
  expect(line).not.toContain("alice");
  expect(line).not.toMatch(/eyJ[\w-]+\.eyJ/);
});

test("a run that goes on is named by its transaction, one that would have begun by none", async () => {
  const going = { steps: [{ base: "answer", as: "begun" }], base: "answer goes on", ...MISSPELT } as Partial<Row>;
  expect(factsOf(await lineOf(going))).toMatchObject({ txn: expect.stringMatching(/^[\w-]{16,}$/) });
  expect(factsOf(await lineOf(MISSPELT))).not.toHaveProperty("txn");
});

test("ambit explain reads the line and decides on it again", async () => {
  const found = await explaining.json(await lineOf(MISSPELT));
  expect(found).toMatchObject({
    request: "support-triage.answer asks for a token for tool:zendsk",
    decision: "deny",
    masked: ["user.subject"],
    logged: { decision: "deny", reasons: ["audience.not-granted"], same: true },
    reasons: [{ code: "audience.not-granted" }],
    remedy: {
      possible: true,
      changes: [{ text: "ask for an audience that the task uses, such as tool:zendesk" }],
    },
  });
});

test("the line of refused AWS credentials says whose they were to be, and ambit explain reads it", async () => {
  const world = new AwsWorld(awsFleet);
  const run = await world.begin("clerk", "read-internal");
  const refused: unknown = await world.broker
    .credentials(world.claims(run, { task: "write-internal" }))
    .catch((error: unknown) => error);
  let line = "";
  refusedRequest(
    refused,
    { path: "/aws/credentials" },
    jsonLog((text) => (line += text)),
  );
  expect(factsOf(line)).toMatchObject({
    event: "request.refused",
    path: "/aws/credentials",
    agent: "clerk",
    task: "write-internal",
    txn: run.txn,
    audience: "aws",
    codes: ["run.unknown"],
  });
  expect(await explaining.json(line)).toMatchObject({
    request: "the exchange is asked at /aws/credentials with the token of clerk.write-internal for aws",
    reasons: [{ code: "run.unknown" }],
  });
});

test.each([
  [
    "the policy",
    { edit: { "policy/agents/support-triage/suspended": true } },
    {},
    "support-triage.answer",
    "agent.suspended",
  ],
  ["the exchange", { pass: 0 }, { "form/scope": { $add: "read" } }, "support-triage", "request.malformed"],
] as const)(
  "ambit explain reads the log line of a run that %s refuses to begin",
  async (_, step, change, who, code) => {
    const run = await IssuanceRun.of({ name: "a line of the log", base: "answer", steps: [step] });
    await run.before();
    const outcome = await run.begin({ base: "answer", change });
    let line = "";
    if (!("refusal" in outcome)) throw new Error("a run began");
    const log = jsonLog((text) => (line += text));
    refusedRequest(outcome.refusal, { path: "/runs" }, log);
    expect(factsOf(line)).toMatchObject({ path: "/runs", agent: "support-triage", codes: [code] });
    const found = await explaining.json(line);
    expect(found).toMatchObject({ request: `${who} begins a run without a token`, logged: { reasons: [code] } });
  },
);

test("ambit explain reads the line of an answer that does not go out", async () => {
  const run = await IssuanceRun.of({ name: "a line of the log", base: "answer" });
  await run.begin({ base: "answer", as: "begun" });
  run.world.now += 10;
  run.edit({ "policy/agents/support-triage/suspended": true });
  const refusal = await run.answer({ run: "{begun.run}", way: "http" }, "support-triage");
  let line = "";
  refusedRequest(
    refusal,
    { path: "/runs/answers" },
    jsonLog((text) => (line += text)),
  );
  expect(factsOf(line)).toMatchObject({ agent: "support-triage", task: "answer", txn: run.filled("{begun.txn}") });
  expect(line).not.toContain("alice");
  expect(await explaining.json(line)).toMatchObject({
    request: "support-triage.answer goes on with a run without a token",
    logged: { reasons: ["agent.suspended"] },
  });
});

test("ambit explain says what the exchange's own rule wants, where no policy refused", async () => {
  const line = await lineOf({ change: { "details/destinaton": { $add: "acme.zendesk.com" } } });
  expect(factsOf(line)).not.toHaveProperty("input");
  expect(factsOf(line)).toMatchObject({ agent: "support-triage", codes: ["details.malformed"] });
  const found = await explaining.json(line);
  expect(found).toMatchObject({
    request: "support-triage asks the exchange at /token",
    decision: "deny",
    reasons: [{ code: "details.malformed", what: expect.stringContaining("authorization_details") }],
    remedy: { possible: false, because: [{ code: "details.malformed", why: expect.any(String) }] },
  });
  expect(await explaining.text(line)).toContain("support-triage asks the exchange at /token");
});

test("ambit explain reads a line that names no client", async () => {
  const line = {
    time: "2026-12-01T00:00:00Z",
    event: "request.refused",
    path: "/token",
    codes: ["client.unauthenticated"],
  };
  expect(await explaining.json(line)).toMatchObject({
    request: "a request that the log line does not show",
    reasons: [{ code: "client.unauthenticated" }],
  });
});

test("fails when the line holds no codes", async () => {
  expect(await explaining.json({ event: "request.refused" })).toMatchObject({ reasons: [{ code: "input.malformed" }] });
});

test("a misspelt audience is answered with the one that the task uses", async () => {
  const { reasons } = await refusalOf(MISSPELT);
  expect(reasons).toMatchObject([
    {
      code: "audience.not-granted",
      fix: "ask for tool:zendesk, the audience of this task whose name is nearest, or grant the other one in the task",
    },
  ]);
});

test.each(["tool:payments", "tool:invented"])(
  "another audience, %s, is answered with how to grant it",
  async (audience) => {
    const { reasons } = await refusalOf({ change: { "form/audience": audience } });
    expect(reasons).toMatchObject([{ fix: "grant it in the task, or ask for an audience that the task uses" }]);
  },
);

test("a member that is misspelt, and missing, is said to be misspelt", async () => {
  const { reasons } = await refusalOf({ change: { "details/task": { $delete: true }, "details/tsk": { $add: "x" } } });
  expect(reasons).toMatchObject([{ what: 'authorization_details have the unknown member tsk, did you mean "task"' }]);
});

test.each([
  ["delegat", 'authorization_details have the unknown member delegat, did you mean "delegate"'],
  ["Start", 'authorization_details have the unknown member Start, did you mean "start"'],
  ["colour", "authorization_details have the unknown member colour"],
  ["<script>", "authorization_details have a member that is unknown"],
  ["a".repeat(41), "authorization_details have a member that is unknown"],
])("fails when a member is called %s, which is said", async (member, what) => {
  expect((await refusalOf({ change: { [`details/${member}`]: { $add: "x" } } })).reasons).toMatchObject([{ what }]);
});
