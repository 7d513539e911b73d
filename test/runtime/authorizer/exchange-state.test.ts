import { Denial } from "../../../runtime/authorizer/denial";
import { ExchangeState } from "../../../runtime/authorizer/exchange-state";
import { NO_SPAN } from "../../../runtime/telemetry/telemetry";

const CALL = { tool: "crm", action: "read", destination: "crm.example", data: [] };
const STATE = { input: { version: "ambit.decision/1" }, spent: { "run:calls:all": 0 }, versions: [1] };
const HEADERS = { authorization: "Bearer robot" };
const ASKED = { id: "h", status: "pending", expires_at: 1, group: "owners" };

/** The exchange, which answers all that it is asked so */
function asking(answer: object) {
  const body = JSON.stringify(answer);
  const sent: object[] = [];
  const tls = {
    post: async (request: object) => (sent.push(request), { status: 200, retryAfter: undefined, body }),
    get: () => Promise.reject(new Error()),
  };
  const svid = { cert: "", key: "", ca: "" } as never;
  return { exchange: new ExchangeState(tls, { current: () => svid, lastProblem: "" }), sent };
}

const denied = (answer: object): Promise<unknown> =>
  asking({ answers: [answer] })
    .exchange.call("token", CALL)
    .catch((error: unknown) => error);

/** What a call is answered with where the exchange answers so */
async function answered(answer: object): Promise<unknown> {
  try {
    return await asking({ answers: [answer] }).exchange.call("token", CALL);
  } catch (error) {
    if (error instanceof Denial) return error.codes.join();
    throw error;
  }
}

const DENIED = { decision: false, context: { evaluation_id: "e" }, evaluation: { subject: {} } };

test.each([
  ["the state", { state: STATE }],
  ["the state and what the tool is called with", { state: STATE, headers: HEADERS }],
  ["what the tool is called with alone, where the state could not be read any more", { headers: HEADERS }],
  ["what people are asked", { state: STATE, access_request: ASKED }],
  ["what people are asked, for AuthZEN too", { state: STATE, access_request: ASKED, denied: DENIED }],
])("an answer has %s", async (_, answer) => {
  expect(await answered(answer)).toEqual(answer);
});

test.each([
  ["nothing", {}],
  ["no state and no headers", { access_request: ASKED }],
  ["a state that is none", { state: [], headers: HEADERS }],
  ["no input", { state: { ...STATE, input: {} } }],
  ["a sum that is no number", { state: { ...STATE, spent: { "run:calls:all": "0" } } }],
  ["versions that are no numbers", { state: { ...STATE, versions: ["1"] } }],
  ["a header that is no text", { state: STATE, headers: { authorization: 1 } }],
  ["headers in a list", { headers: ["authorization"] }],
  ["a denial that allows", { state: STATE, access_request: ASKED, denied: { ...DENIED, decision: true } }],
  ["a denial without a context", { state: STATE, access_request: ASKED, denied: { decision: false, evaluation: {} } }],
])("fails where the answer has %s", async (_, answer) => {
  expect(await answered(answer)).toBe("gateway.exchange");
});

describe("a trace", () => {
  const traced = (...traceparents: readonly (string | undefined)[]) => {
    const sent: { readonly headers: Readonly<Record<string, string>> }[] = [];
    const answered = traceparents.map(() => ({ state: STATE, headers: HEADERS }));
    const body = JSON.stringify({ answers: answered });
    const tls = {
      post: async (request: never) => (sent.push(request), { status: 200, retryAfter: undefined, body }),
      get: () => Promise.reject(new Error()),
    };
    const left = [...traceparents];
    const telemetry = { current: () => ({ ...NO_SPAN, traceparent: left.shift() }) };
    const exchange = new ExchangeState(tls, { current: () => ({}) as never, lastProblem: "" }, telemetry);
    return { sent, asked: Promise.all(traceparents.map(() => exchange.call("token", CALL))) };
  };

  test("of each call goes with the request that asks about it", async () => {
    const { sent, asked } = traced("trace-1");
    await asked;
    expect(sent.map(({ headers }) => headers["ambit-trace"])).toEqual(["trace-1"]);
  });

  test("is not told of where nothing is traced", async () => {
    const { sent, asked } = traced(undefined);
    await asked;
    expect(Object.keys(sent[0]?.headers ?? {})).toEqual(["content-type"]);
  });
});

describe("a refused call", () => {
  const REFUSED = {
    error: "access_denied",
    reasons: [{ code: "run.revoked", what: "it was stopped", fix: "start anew" }],
  };

  test.each([
    [{}, false],
    [{ on_record: false }, false],
    [{ on_record: true }, true],
  ])("of which the exchange says %j is on record: %s", async (more, isOnRecord) => {
    expect(await denied({ ...REFUSED, ...more })).toMatchObject({ codes: ["run.revoked"], isOnRecord });
  });
});

describe("what was refused here", () => {
  test("is sent as it is, and the exchange says what it did not take", async () => {
    const { exchange, sent } = asking({ untold: [1] });
    expect(await exchange.refused('{"refusals":[]}')).toEqual([1]);
    expect(sent).toMatchObject([{ path: "/refusals", body: '{"refusals":[]}' }]);
  });

  test.each([[{}], [{ untold: ["a"] }]])("fails where the answer is %j", async (answer) => {
    await expect(asking(answer).exchange.refused("{}")).rejects.toThrow("gateway.exchange");
  });
});
