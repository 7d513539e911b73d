import type { AnswerReader } from "../../../../runtime/authorizer/answer/answer-reader";
import { Denial } from "../../../../runtime/authorizer/denial";
import { gatewayRequest, metadataOf } from "../../../../runtime/authorizer/envoy/check-request";
import { CALL_KEY } from "../../../../runtime/authorizer/envoy/call-id";
import { allowedResponse, deniedResponse } from "../../../../runtime/authorizer/envoy/check-response";
import { HeldBytes } from "../../../../runtime/authorizer/held-bytes";
import { endOfCall, outcomeOf } from "../../../../runtime/authorizer/envoy/outcome-of";
import type { AccessLogEntry, CheckRequest } from "../../../../runtime/authorizer/envoy/protocol";

const request = (change: object = {}): CheckRequest =>
  ({
    attributes: {
      source: { certificate: "pem" },
      request: {
        http: {
          method: "GET",
          path: "/tools/crm/x",
          raw_body: Buffer.from("b"),
          header_map: { headers: [{ key: "Accept", raw_value: Buffer.from([0x61, 0xe9]) }] },
        },
      },
      context_extensions: { tool: "crm", destination: "crm.example" },
      ...change,
    },
  }) as unknown as CheckRequest;

test("what Envoy says becomes a request, and no byte of a header is lost", () => {
  expect(gatewayRequest(request())).toEqual({
    certificate: "pem",
    tool: "crm",
    destination: "crm.example",
    method: "GET",
    path: "/tools/crm/x",
    headers: [["accept", "a\u00e9"]],
    body: Buffer.from("b"),
  });
});

test.each([
  ["no request", { request: null }],
  ["no tool of the route", { context_extensions: { destination: "x" } }],
  ["no destination of the route", { context_extensions: { tool: "crm" } }],
])("fails for %s: the configuration is none of ours", (_, change) => {
  expect(() => gatewayRequest(request(change))).toThrow(Denial);
  expect(() => gatewayRequest({ attributes: null })).toThrow(Denial);
});

test("an allowed call sets the tool's credential, takes the rest out, and is named for the log", () => {
  const set = { authorization: "Bearer robot" };
  const allowed = { set, remove: ["authorization", "cookie"], address: "192.0.2.1:443" } as never;
  expect(allowedResponse(allowed, "id-1")).toEqual({
    status: { code: 0 },
    ok_response: {
      headers: [{ header: { key: "authorization", value: "Bearer robot" }, append_action: 2 }],
      headers_to_remove: ["cookie"],
    },
    dynamic_metadata: {
      fields: { [CALL_KEY]: { stringValue: "id-1" }, "ambit.address": { stringValue: "192.0.2.1:443" } },
    },
  });
});

test.each([
  [Denial.of("call.body"), 400, []],
  [Denial.of("gateway.token-missing"), 401, ["www-authenticate"]],
  [Denial.of("gateway.route"), 403, []],
  [Denial.of("gateway.exchange"), 503, ["retry-after"]],
  [Denial.byPolicy([{ code: "mark.credential-below", what: "w", fix: "f" }], 7), 403, ["retry-after"]],
])("%s is answered with its status, its reasons and a decision id", (denial, status, more) => {
  const answer = deniedResponse(denial, "id-1");
  if (!("denied_response" in answer)) throw new Error("it was allowed");
  const { headers, body, status: code } = answer.denied_response;
  expect([answer.status.code, code.code]).toEqual([7, status]);
  expect(headers.map(({ header }) => header.key)).toEqual([
    "content-type",
    "cache-control",
    "x-ambit-decision",
    ...more,
  ]);
  expect(JSON.parse(body)).toMatchObject({ reasons: denial.reasons, decision_id: "id-1" });
});

test.each([
  [Denial.of("gateway.token-missing"), 'Bearer error="invalid_token", resource_metadata="https://gw:8443/m"'],
  [
    Denial.byPolicy([{ code: "token.out-of-scope", what: "w", fix: "f" }]),
    'Bearer error="insufficient_scope", resource_metadata="https://gw:8443/m"',
  ],
  [Denial.of("gateway.route"), undefined],
])("%s is answered with the challenge %s", (denial, challenge) => {
  const answer = deniedResponse(denial, "id-1", "https://gw:8443/m");
  const headers = "denied_response" in answer ? answer.denied_response.headers : [];
  expect(headers.find(({ header }) => header.key === "www-authenticate")?.header.value).toBe(challenge);
});

test.each([
  ["gw.example:8443", "https://gw.example:8443/.well-known/oauth-protected-resource/tools/crm"],
  ['x", error="', undefined],
  ["", undefined],
])("the metadata of a tool is at the host %s that the client calls", (authority, expected) => {
  const http = { header_map: { headers: [{ key: ":authority", raw_value: Buffer.from(authority) }] } };
  expect(metadataOf(request({ request: { http } }))).toBe(expected);
});

const entry = (status: number, flags: Record<string, boolean> = {}, call: string | null = "id-1"): AccessLogEntry => ({
  common_properties: {
    response_flags: flags,
    metadata: {
      filter_metadata:
        call === null ? {} : { "envoy.filters.http.ext_authz": { fields: { [CALL_KEY]: { stringValue: call } } } },
    },
  },
  response: { response_code: { value: status }, response_code_details: "" },
});

test.each([
  [200, "succeeded"],
  [204, "succeeded"],
  [302, "unknown"],
  [404, "failed"],
  [500, "unknown"],
  [0, "unknown"],
] as const)("status %i is %s", (status, outcome) => {
  expect(outcomeOf(entry(status))).toEqual({ call: "id-1", isCut: false, isUnsent: false, outcome });
});

test.each(["upstream_remote_reset", "downstream_connection_termination", "duration_timeout"])(
  "an answer that broke off by %s is unknown, with any status",
  (flag) => {
    expect(outcomeOf(entry(200, { [flag]: true }))).toMatchObject({ isCut: true, isUnsent: false, outcome: "unknown" });
  },
);

test.each(["upstream_connection_failure", "upstream_overflow"])(
  "a call without a connection (%s) was not sent",
  (flag) => {
    expect(outcomeOf(entry(503, { [flag]: true }))).toMatchObject({ isCut: true, isUnsent: true });
  },
);

describe("how a call ended", () => {
  const by = { call: "id-1", isCut: false, isUnsent: false, outcome: "succeeded" } as const;
  const asked: boolean[] = [];
  const answer = {
    outcome: (isCut: boolean) => {
      asked.push(isCut);
      return "failed" as const;
    },
    used: () => 70,
  } as unknown as AnswerReader;

  test.each([
    ["its status says, where the answer is not read", by, undefined, { outcome: "succeeded" }],
    ["its answer says, with the tokens that were used", by, answer, { outcome: "failed", used: 70 }],
    [
      "nothing went out: it failed, and used no tokens",
      { ...by, isUnsent: true },
      answer,
      { outcome: "failed", used: 0 },
    ],
    ["nothing went out to a tool", { ...by, isUnsent: true }, undefined, { outcome: "failed", used: 0 }],
  ])("%s", (_, ended, reader, told) => {
    expect(endOfCall(ended, reader && { answer: reader })).toEqual(told);
  });

  test("the reader of an answer that did not come is asked, so that it holds nothing", () => {
    asked.length = 0;
    endOfCall({ ...by, isCut: true, isUnsent: true }, { answer });
    expect(asked).toEqual([true]);
  });
});

test("an entry about no call that went out is nothing", () => {
  expect(outcomeOf(entry(403, {}, null))).toBeUndefined();
  expect(outcomeOf({ common_properties: null, response: null })).toBeUndefined();
});

test("fails for a body beyond what is read at once, until others are decided", () => {
  const bodies = new HeldBytes(10);
  bodies.take(6);
  expect(() => bodies.take(5)).toThrow("gateway.authorizer");
  bodies.release(6);
  bodies.take(10);
});
