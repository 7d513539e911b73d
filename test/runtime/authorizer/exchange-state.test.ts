import { Denial } from "../../../runtime/authorizer/denial";
import { ExchangeState } from "../../../runtime/authorizer/exchange-state";

const CALL = { tool: "crm", action: "read", destination: "crm.example", data: [] };
const STATE = { input: { version: "ambit.decision/1" }, spent: { "run:calls:all": 0 }, versions: [1] };
const HEADERS = { authorization: "Bearer robot" };
const ASKED = { id: "h", status: "pending", expires_at: 1, group: "owners" };

/** What a call is answered with where the exchange answers so */
async function answered(answer: object): Promise<unknown> {
  const body = JSON.stringify({ answers: [answer] });
  const tls = {
    post: async () => ({ status: 200, retryAfter: undefined, body }),
    get: () => Promise.reject(new Error()),
  };
  const svid = { cert: "", key: "", ca: "" } as never;
  const exchange = new ExchangeState(tls, { current: () => svid, lastProblem: "" });
  try {
    return await exchange.call("token", CALL);
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
