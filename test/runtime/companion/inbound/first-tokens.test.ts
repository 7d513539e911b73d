import { headerOf } from "../../../support/companion/fake-gateway";
import { refusal } from "../../../support/companion/fake-exchange";
import { codesOf } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";
import { BY_TASK } from "../../../support/companion/to-tools";

let serving: Serving;
beforeEach(async () => {
  serving = new Serving();
  await serving.start();
});
afterEach(() => serving.close());

/** Without the question about what is open, which is asked again and again where a test takes its time */
const received = () => serving.running.exchange.received.filter(({ path }) => path !== "/runs/open");
const paths = (): readonly string[] => received().map(({ path }) => path);

/** A request during which the agent calls these, and what came of the calls */
async function served(calls: readonly string[] = [BY_TASK], evidence?: string, more = {}): Promise<readonly number[]> {
  const held = await serving.held(serving.said(evidence, more));
  const called: number[] = [];
  for (const path of calls) called.push((await serving.to.ask(path, { headers: { "ambit-run": held.handle } })).status);
  held.outgoing.end("done");
  const response = await held.answered;
  response.resume();
  await new Promise((resolve) => response.once("close", resolve));
  // Until the companion knows that it is over.
  await new Promise((resolve) => setImmediate(resolve));
  return called;
}

/** What the exchange is asked from here on */
async function askedBy(act: () => Promise<unknown>): Promise<readonly string[]> {
  const before = paths().length;
  await act();
  return paths().slice(before);
}

const BEGUN = ["/runs", "/token", "/runs/answers"];
const WITH_TOKEN = ["/token", "/runs/answers"];

test("the first run of a task begins without a token, the next with the one that the first asked for", async () => {
  expect(await askedBy(() => served())).toEqual(BEGUN);
  expect(await askedBy(() => served([BY_TASK, BY_TASK]))).toEqual(WITH_TOKEN);
  const [, , , { form, details }] = received() as never as [
    unknown,
    unknown,
    unknown,
    Record<string, Record<string, string>>,
  ];
  expect(form).toMatchObject({ audience: "tool:zendesk", subject_token: "a.b.c" });
  expect(details).toEqual({ type: "ambit_task", task: "answer", start: "user" });
  const shown = serving.to.gateway.arrived.map((each) => headerOf(each, "authorization")[0]);
  expect(shown).toEqual(["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
});

test("what a run begins with is its own caller's, and asks for a clean session where the caller did", async () => {
  serving.running.exchange.sids.set("a.a.a", "session-a").set("b.b.b", "session-b");
  for (const who of ["a.a.a", "b.b.b", "a.a.a"]) expect(await served([BY_TASK], who)).toEqual([200]);
  const tokens = serving.to.gateway.arrived.map((each) => headerOf(each, "authorization")[0]?.slice("Bearer ".length));
  expect(tokens.map((token) => serving.running.exchange.sessions.get(token ?? ""))).toEqual([
    "session-a",
    "session-b",
    "session-a",
  ]);
  await served([BY_TASK], "a.a.a", { "x-ambit-session": "new" });
  expect(serving.running.exchange.to("/token").at(-1)?.details).toMatchObject({ session: "new", start: "user" });
});

test("no run begins with a token of which the last had no use", async () => {
  await served();
  expect(await askedBy(() => served([]))).toEqual(WITH_TOKEN);
  expect(await askedBy(() => served([]))).toEqual(["/runs", "/runs/answers"]);
  expect(await askedBy(() => served())).toEqual(BEGUN);
  expect(await askedBy(() => served())).toEqual(WITH_TOKEN);
});

test("a run that asks for another tool first has the next begin with that one", async () => {
  await served();
  const other = "/v1/tasks/answer/tools/other";
  expect(await askedBy(() => served([other]))).toEqual(["/token", "/token", "/runs/answers"]);
  await served([other]);
  expect(serving.running.exchange.to("/token").at(-1)?.form["audience"]).toBe("tool:other");
});

test("a request that joins a run asks for no token with it", async () => {
  await served();
  serving.running.exchange.beganElsewhere("run-of-another-pod");
  expect(await askedBy(() => served([], undefined, { "x-ambit-join": "run-of-another-pod" }))).toEqual([
    "/runs",
    "/runs/answers",
  ]);
});

test("work that is handed on is no token to begin with", async () => {
  await served(["/v1/tasks/answer/delegates/payer.look/looks/7"]);
  expect(await askedBy(() => served([]))).toEqual(["/runs", "/runs/answers"]);
});

test.each([
  ["less than all of a tool", { scope: ["read"] }, 200],
  ["what is refused", { scope: ["bogus"] }, 403],
])("no run begins with the token of a run that asked for %s", async (_, wanted, status) => {
  const { exchange } = serving.running;
  if (status !== 200) exchange.said.set("/token", refusal("invalid_scope", "scope.too-wide"));
  const held = await serving.held(serving.said());
  const body = JSON.stringify({ audience: "tool:zendesk", ...wanted });
  const headers = { "content-type": "application/json" };
  const asked = await serving.to.ask(`/v1/runs/${held.handle}/token`, { method: "POST", headers }, body);
  expect(asked.status).toBe(status);
  held.outgoing.end("done");
  await held.answered;
  expect(await askedBy(() => served([]))).toEqual(["/runs", "/runs/answers"]);
});

test("where a run was stopped behind its write, the refusal says so, though the evidence is used up by then", async () => {
  await served();
  serving.running.exchange.said
    .set("/token", refusal("access_denied", "revocation.revoked"))
    .set("/runs", refusal("invalid_grant", "evidence.replayed"));
  expect(codesOf(await serving.ask())).toEqual(["revocation.revoked"]);
});

test.each([
  ["the task grants nothing of the tool any more", "invalid_target", "audience.not-granted"],
  ["the policy denies it", "access_denied", "audience.not-granted"],
  ["an edge lets through less than the task", "invalid_scope", "scope.too-wide"],
])("where %s, the run begins without the token", async (_, error, code) => {
  await served();
  serving.running.exchange.said.set("/token", refusal(error, code));
  expect(await askedBy(() => served([]))).toEqual(["/token", "/runs", "/runs/answers"]);
  expect(await askedBy(() => served([]))).toEqual(["/runs", "/runs/answers"]);
});

test.each([
  ["the evidence", refusal("invalid_grant", "evidence.replayed"), "evidence.replayed"],
  ["it by silence", refusal("temporarily_unavailable", "store.unavailable", 503), "store.unavailable"],
])("fails as the exchange refuses %s, and nothing is asked again", async (_, said, code) => {
  await served();
  serving.running.exchange.said.set("/token", said);
  const before = [paths().length, serving.got.length];
  expect(codesOf(await serving.ask())).toEqual([code]);
  expect([paths().slice(before[0]), serving.got.length]).toEqual([["/token"], before[1]]);
});

test("fails where the exchange answers with a run of another start", async () => {
  await served();
  const details = { type: "ambit_task", task: "answer", start: "event", run: "run-9", txn: "t", sid: "s" };
  const token = { access_token: "token-9", token_type: "Bearer", expires_in: 300 };
  serving.running.exchange.said.set("/token", {
    status: 200,
    body: { ...token, authorization_details: [{ ...details, run_expires_at: serving.running.now + 900 }] },
  });
  expect(codesOf(await serving.ask())).toEqual(["companion.no-exchange"]);
});
