import { actMetrics } from "../../../../runtime/exchange/telemetry/act-metrics";
import { replayMetrics } from "../../../../runtime/exchange/telemetry/replay-metrics";
import { tracedApp } from "../../../../runtime/exchange/telemetry/traced-app";
import { NO_TELEMETRY } from "../../../../runtime/telemetry/telemetry";
import { exampleFleet } from "../../../support/exchange/example-fleet";
import { Recorded } from "../../../support/telemetry/recorded";

const OURS = `00-${"b".repeat(32)}-${"1".repeat(16)}-01`;
const OTHERS = OURS.replace("1-01", "2-01");
const environment = { connection: { certificates: [] } };
const registry = { current: () => exampleFleet };
const WHOSE = { "ambit.agent": "web-reader", "ambit.task": "fetch" };

let recorded: Recorded;
beforeEach(() => (recorded = new Recorded()));

const answering = (status: number) => ({ fetch: () => new Response("", { status }) });
const ask = (path: string, headers: Record<string, string> = {}, status = 200, method = "POST") =>
  tracedApp(answering(status), recorded).fetch(
    new Request(`https://exchange.example${path}`, { method, headers }),
    environment,
  );

test.each([
  ["/token", "POST", "POST /token"],
  ["/access/v1/requests/the-secret", "GET", "GET /access/v1/requests/:task"],
  ["/the-secret", "POST", "POST _OTHER"],
  ["/token", "LOOK", "_OTHER /token"],
])("a request to %s by %s is named %s", async (path, method, name) => {
  await ask(path, {}, 200, method);
  expect(recorded.spans.map(({ start }) => start.name)).toEqual([name]);
  expect(JSON.stringify(recorded)).not.toContain("the-secret");
});

test("it continues the traces of the calls that it reports, and links any other one", async () => {
  await ask("/state/calls", { "ambit-trace": `${OURS},${OTHERS}`, traceparent: OTHERS.replaceAll("b", "c") });
  const [span] = recorded.spans;
  expect(span?.start.from?.map(({ spanId }) => spanId)).toEqual(["1".repeat(16), "1111111111111112"]);
  expect(span?.links.map(({ traceId }) => traceId)).toEqual(["c".repeat(32)]);
});

test.each([
  [200, undefined],
  [400, undefined],
  [503, "503"],
])("an answer of %s ends it with the error %s", async (status, error) => {
  await ask("/token", {}, status);
  expect(recorded.spans[0]?.ended).toEqual({ error });
  expect(recorded.measured).toMatchObject([
    ["http.server.request.duration", expect.any(Number), { "http.response.status_code": status }],
  ]);
});

test.each(["/live", "/ready"])("%s is not measured: the kubelet asks it all the time", async (path) => {
  await ask(path, {}, 200, "GET");
  expect(recorded.spans).toEqual([]);
});

test("nothing is in between where nothing is measured", () => {
  const app = answering(200);
  expect(tracedApp(app, NO_TELEMETRY)).toBe(app);
});

const told = (kind: string, facts: object): void =>
  actMetrics(recorded, registry)({ writes: [], event: { kind, time: 1, facts: facts as never } });

test.each(["token.issued", "run.begun", "run.joined", "aws.issued", "outbound.given", "txn.issued"])(
  "%s is counted as given",
  (kind) => {
    told(kind, { agent: "web-reader", task: "fetch", token: "the-secret" });
    expect(recorded.counted).toEqual([["ambit.grants", { ...WHOSE, "ambit.act": kind }]]);
  },
);

test.each([
  ["token.refused", ["agent.revoked"], ["ambit.refusals", "ambit.revocation.uses"]],
  ["companion.refused", ["companion.no-run"], ["ambit.refusals"]],
  ["aws.refused", ["session.revoked"], ["ambit.refusals", "ambit.revocation.uses"]],
])("%s is counted as refused, for %j", (kind, codes, names) => {
  const spiffeId = "spiffe://prod.acme.example/ns/research/sa/web-reader";
  told(kind, { spiffeId, task: "fetch", codes, user: "the-secret" });
  expect(recorded.names()).toEqual(names);
  expect(recorded.counted[0]?.[1]).toEqual({ ...WHOSE, "ambit.act": kind, "ambit.reason": codes[0] });
});

test.each(["call.refused", "call.spent", "call.outcome", "epoch.bumped", "the-secret"])(
  "fails to count %s: it is nothing given, or the gateway counts it",
  (kind) => {
    told(kind, { agent: "web-reader", task: "fetch", codes: ["agent.revoked"] });
    expect(recorded.counted).toEqual([]);
  },
);

test("a replayed approval is counted for whose run it is", () => {
  replayMetrics(
    recorded,
    registry,
  )({ spiffeId: "spiffe://prod.acme.example/ns/research/sa/web-reader", task: "fetch" });
  expect(recorded.counted).toEqual([["ambit.approval.replays", WHOSE]]);
});

test("fails to show whose run it is where that was never declared", () => {
  replayMetrics(recorded, registry)({ spiffeId: "spiffe://the-secret", task: "the-secret" });
  expect(recorded.counted).toEqual([["ambit.approval.replays", { "ambit.agent": "_OTHER", "ambit.task": "_OTHER" }]]);
});

test("fails to show an undeclared agent, task or reason", () => {
  told("token.refused", {
    spiffeId: "spiffe://the-secret",
    agent: "the-secret",
    task: "the-secret",
    codes: ["the-secret"],
  });
  expect(JSON.stringify(recorded.counted)).not.toContain("the-secret");
});
