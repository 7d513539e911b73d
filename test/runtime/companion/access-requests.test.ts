import { refusal } from "../../support/companion/fake-exchange";
import { codesOf, Running } from "../../support/companion/running";

const THERE = "/access/v1/requests";
const TASK = "arq_1";
const BODY = { subject: { id: "a" }, denial: { expires_at: "2027-01-01T00:00:00Z" } };
const PROBLEM = { type: "urn:openid:authzen:access-request:error:unknown_task", title: "unknown", status: 404 };
const task = (status: string, more: object = {}) => ({
  task: { id: TASK, status, status_endpoint: `https://exchange.example${THERE}/${TASK}`, ...more },
});

let running: Running;
beforeEach(() => {
  running = new Running();
});
afterEach(() => running.close());

test.each([
  ["its run", (run: string) => `/v1/runs/${run}`],
  ["its task", () => "/v1/tasks/answer"],
])("a submission goes to the exchange for the run, by %s, and its task is reached here", async (_, below) => {
  await running.start();
  const run = await running.begin();
  const links = { cancel: `https://exchange.example${THERE}/${TASK}/cancel` };
  const headers = { "retry-after": "5" };
  running.exchange.said.set(THERE, { status: 202, body: task("pending", { links }), headers });
  const at = `${below(run)}/access-requests`;
  const answer = await running.ask(at, { body: BODY, headers: { "idempotency-key": "k" } });
  expect(running.exchange.received.at(-1)).toMatchObject({
    path: THERE,
    method: "POST",
    run,
    key: "k",
    body: JSON.stringify(BODY),
  });
  expect(answer).toMatchObject({ status: 202, headers: { "retry-after": "5" } });
  const { status_endpoint: home, links: shown } = answer.json["task"] as {
    status_endpoint: string;
    links: { cancel: string };
  };
  expect(home).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:\\d+${at}/${TASK}$`));
  expect(shown.cancel).toBe(`${home}/cancel`);
  expect(answer.headers["location"]).toBe(home);
});

test("a task is followed and cancelled for the run that the address names", async () => {
  await running.start();
  const run = await running.begin();
  const at = `/v1/runs/${run}/access-requests/${TASK}`;
  running.exchange.said.set(`${THERE}/${TASK}`, {
    status: 200,
    body: { ...task("approved"), result: { mode: "reevaluate" } },
  });
  running.exchange.said.set(`${THERE}/${TASK}/cancel`, { status: 200, body: task("cancelled") });
  expect((await running.ask(at)).json).toMatchObject({ task: { status: "approved" }, result: { mode: "reevaluate" } });
  expect(running.exchange.received.at(-1)).toMatchObject({ path: `${THERE}/${TASK}`, method: "GET", run });
  expect((await running.ask(`${at}/cancel`, { method: "POST" })).json).toMatchObject({ task: { status: "cancelled" } });
  expect(running.exchange.received.at(-1)).toMatchObject({ method: "POST", run, body: "" });
  await running.ask(`${at}/cancel`, { body: { reason: "done" } });
  expect(running.exchange.received.at(-1)?.body).toBe('{"reason":"done"}');
});

test("a problem of the exchange is passed on as it is", async () => {
  await running.start();
  const run = await running.begin();
  const headers = { "content-type": "application/problem+json" };
  running.exchange.said.set(`${THERE}/${TASK}`, { status: 404, body: PROBLEM, headers });
  const answer = await running.ask(`/v1/runs/${run}/access-requests/${TASK}`);
  expect(answer).toMatchObject({ status: 404, headers, json: PROBLEM });
});

test("a refusal of the exchange is one of the companion's", async () => {
  await running.start();
  const run = await running.begin();
  running.exchange.said.set(`${THERE}/${TASK}`, refusal("access_denied", "run.revoked", 403));
  const answer = await running.ask(`/v1/runs/${run}/access-requests/${TASK}`);
  expect([answer.status, codesOf(answer)]).toEqual([403, ["run.revoked"]]);
});

test.each([
  ["a run that is not here", "/v1/runs/run-9/access-requests", 404, "companion.no-run"],
  ["a task without a run", "/v1/tasks/other/access-requests", 404, "companion.no-run"],
  ["an id that leads elsewhere", "/v1/runs/<run>/access-requests/..%2f..%2frevoke", 400, "companion.malformed"],
  ["a submission that is no JSON", "/v1/runs/<run>/access-requests", 400, "companion.malformed"],
])("fails for %s, and the exchange is not asked", async (_, path, status, code) => {
  await running.start();
  const run = await running.begin();
  const before = running.exchange.received.length;
  const isOne = path.includes("..");
  const sent = isOne ? {} : { method: "POST", ...(code === "companion.malformed" ? {} : { body: BODY }) };
  const answer = await running.ask(path.replace("<run>", run), sent);
  expect([answer.status, codesOf(answer)]).toEqual([status, [code]]);
  expect(running.exchange.received.length).toBe(before);
});
