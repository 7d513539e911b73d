import { DevelopmentPlatform } from "../../../cli/dev/development-platform";
import { selfStartingDocument } from "../../support/exchange/self-starting-document";
import { Collector, type ReceivedSpan } from "../../support/telemetry/collector";

const AGENTS_TRACE = "0af7651916cd43dd8448eb211c80319c";
const AGENTS_SPAN = "b7ad6b7169203331";
const TRACEPARENT = `00-${AGENTS_TRACE}-${AGENTS_SPAN}-01`;
const SECRET = "hunter2-the-argument";
const [CLIENT, SERVER] = [3, 2];

const collector = new Collector();
let refused: number;
let allowed: number;

/** All parts in this process, and an agent that calls a tool twice: once as it may, once as it may not */
beforeAll(async () => {
  const platform = await DevelopmentPlatform.start({
    port: 0,
    agents: ["web-reader"],
    gateway: { forwarder: true },
    document: selfStartingDocument,
    collector: await collector.listen(),
    log: () => undefined,
  });
  const ask = async (path: string): Promise<number> => {
    const url = `${platform.companions.get("web-reader")}/v1/tasks/fetch/self/tools/search${path}`;
    const { status } = await fetch(url, { headers: { traceparent: TRACEPARENT } });
    return status;
  };
  allowed = await ask(`/v1/search?q=${SECRET}`);
  refused = await ask(`/${SECRET}`);
  // Everything is sent by its end.
  await platform.close();
});
afterAll(() => collector.close());

const of = (service: string, name?: string): ReceivedSpan =>
  collector.spans.find(
    (span) => span.service === service && (name === undefined || span.name === name),
  ) as ReceivedSpan;

test("one call is one trace: of the companion, the exchange, and the gateway with what it asks the exchange", () => {
  expect([allowed, refused]).toEqual([200, 403]);
  const call = of("ambit-companion");
  const gateway = of("ambit-gateway", "execute_tool search.query");
  const token = of("ambit-exchange", "POST /token");
  const state = of("ambit-exchange", "POST /state/calls");
  expect([call, gateway, token, state].map(({ traceId }) => traceId)).toEqual(Array(4).fill(call.traceId));
  expect([gateway.parentSpanId, token.parentSpanId, state.parentSpanId]).toEqual([
    call.spanId,
    call.spanId,
    gateway.spanId,
  ]);
  expect([call.kind, gateway.kind, token.kind]).toEqual([CLIENT, SERVER, SERVER]);
});

test("a call that is refused says why, and is an error", () => {
  const { values, isError } = of("ambit-gateway", "execute_tool search._OTHER");
  expect(isError).toBe(true);
  expect(values).toMatchObject({ "ambit.reason": "call.unrecognised", "error.type": "call.unrecognised" });
});

test("spans say whose call it was, of which tool, and how it ended, by names that are declared", () => {
  expect(of("ambit-gateway", "execute_tool search.query").values).toEqual({
    "ambit.agent": "web-reader",
    "ambit.task": "fetch",
    "ambit.tool": "search",
    "ambit.action": "query",
    "ambit.outcome": "succeeded",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "search.query",
  });
  expect(of("ambit-exchange", "POST /token").values).toEqual({
    "http.request.method": "POST",
    "http.route": "/token",
    "http.response.status_code": 200,
    "ambit.agent": "web-reader",
    "ambit.task": "fetch",
    "ambit.act": "token.issued",
  });
  expect(of("ambit-companion").values).toEqual({
    "ambit.task": "fetch",
    "ambit.tool": "search",
    "http.response.status_code": 200,
  });
});

test("the agent's own trace is linked, by companion and gateway, and is the trace of nothing", () => {
  const theirs = `${AGENTS_TRACE}-${AGENTS_SPAN}`;
  for (const service of ["ambit-companion", "ambit-gateway"]) expect(of(service).links).toEqual([theirs]);
  expect(collector.spans.map(({ traceId }) => traceId)).not.toContain(AGENTS_TRACE);
  expect(collector.spans.map(({ parentSpanId }) => parentSpanId)).not.toContain(AGENTS_SPAN);
});

test("metrics count what was given, what went out and what was refused", () => {
  const whose = { "ambit.agent": "web-reader", "ambit.task": "fetch" };
  expect(collector.of("ambit.grants")).toContainEqual(
    expect.objectContaining({ value: 1, values: { ...whose, "ambit.act": "token.issued" } }),
  );
  expect(collector.of("ambit.calls")).toMatchObject([{ value: 1, values: { ...whose, "ambit.outcome": "succeeded" } }]);
  const refusals = collector.of("ambit.refusals").filter(({ service }) => service === "ambit-gateway");
  expect(refusals).toMatchObject([{ value: 1, values: { ...whose, "ambit.reason": "call.unrecognised" } }]);
  expect(collector.of("ambit.budget.use")).toMatchObject([{ max: 0.1, values: whose }]);
  expect(collector.of("gen_ai.execute_tool.duration")).toHaveLength(1);
});

test("no argument, path, token or id of a run, person or session is in anything that was sent", () => {
  const all = Buffer.concat(collector.bytes).toString("latin1");
  expect(all).toContain("web-reader");
  for (const odd of [SECRET, "/v1/search", "Bearer", "eyJ", "spiffe://"]) expect(all).not.toContain(odd);
  const keys = new Set([...collector.spans, ...collector.points].flatMap(({ values }) => Object.keys(values)));
  expect([...keys].filter((key) => /\.(run|txn|sid|user|token|subject|arguments|result)$/.test(key))).toEqual([]);
});
