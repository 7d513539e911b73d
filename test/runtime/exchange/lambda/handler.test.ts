import { Hono } from "hono";
import { type Handler, lambdaHandler } from "../../../../runtime/exchange/lambda/handler";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { askedBy, eventOf, type LambdaAnswer } from "../../../support/exchange/lambda-events";
import { GATEWAY, ISSUER, LambdaWorld, READER } from "../../../support/exchange/lambda-world";

const world = new LambdaWorld();
let open: Handler;
let mutual: Handler;

beforeAll(async () => {
  open = await world.start("none");
  mutual = await world.start("api-gateway");
});
afterAll(() => world.close());

const bodyOf = ({ body }: LambdaAnswer): Record<string, unknown> => JSON.parse(body);
const codesOf = (answer: LambdaAnswer): readonly string[] =>
  (bodyOf(answer).reasons as readonly { readonly code: string }[]).map(({ code }) => code);
const claimsOf = (answer: LambdaAnswer): Record<string, unknown> =>
  JSON.parse(Buffer.from((bodyOf(answer).access_token as string).split(".")[1] as string, "base64url").toString());

const certificateOf = (spiffeId: string): string => world.authority.x509Svid(spiffeId).certificate;
/** As load balancers send it */
const inHeader = (pem: string): string => encodeURIComponent(pem);
/** Without the assertion, so that nothing but a certificate can authenticate */
function byCertificate(): Record<string, string> {
  const { client_assertion: _, client_assertion_type: __, ...form } = world.form();
  return form;
}

test("an agent outside the cluster gets a token by its JWT-SVID and a proof, bound to the proof's key", async () => {
  const answer = await askedBy(open, { path: "/token", form: world.form(), headers: world.proof() });
  expect([answer.statusCode, bodyOf(answer)]).toMatchObject([200, { token_type: "DPoP", scope: "query" }]);
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(claimsOf(answer)).toMatchObject({ iss: ISSUER, sub: READER, cnf: { jkt: expect.any(String) } });
});

test("the certificate that API Gateway has verified authenticates and binds, where mutual TLS is said to be on", async () => {
  const certificate = certificateOf(READER);
  const answer = await askedBy(mutual, { path: "/token", form: byCertificate(), certificate });
  expect([answer.statusCode, bodyOf(answer)]).toMatchObject([200, { token_type: "Bearer" }]);
  expect(claimsOf(answer)).toMatchObject({ sub: READER, cnf: { "x5t#S256": expect.any(String) } });
});

test("the state interface is the authorizer's, by the certificate that API Gateway has verified", async () => {
  const ask = (certificate: string) => ({ path: "/state/read", certificate });
  expect(codesOf(await askedBy(mutual, ask(certificateOf(GATEWAY))))).toEqual(["request.malformed"]);
  expect(codesOf(await askedBy(mutual, ask(certificateOf(READER))))).toEqual(["caller.not-listed"]);
  expect(codesOf(await askedBy(open, ask(certificateOf(GATEWAY))))).toEqual(["client.unauthenticated"]);
  expect(codesOf(await askedBy(mutual, { path: "/state/read" }))).toEqual(["client.unauthenticated"]);
});

test("gateway and companions report refusals to the function too, with the certificate that API Gateway verified", async () => {
  const tell = async (handler: Handler, certificate: string, more: object) => {
    const refusals = [{ time: Math.floor(Date.now() / 1_000), count: 1, ...more }];
    const event = eventOf({ path: "/refusals", certificate, headers: { "content-type": "application/json" } });
    const answer = await handler({ ...event, body: JSON.stringify({ refusals, dropped: 0 }), isBase64Encoded: false });
    const { statusCode, body } = answer as LambdaAnswer;
    return [statusCode, body];
  };
  const ofGateway = { of: "call", codes: ["gateway.limit"] };
  const ofCompanion = { via: "agent", codes: ["companion.busy"] };
  expect(await tell(mutual, certificateOf(GATEWAY), ofGateway)).toEqual([200, '{"untold":[]}']);
  expect(await tell(mutual, certificateOf(READER), ofCompanion)).toEqual([200, '{"untold":[]}']);
  expect(await tell(mutual, certificateOf(READER), ofGateway)).toEqual([400, expect.stringContaining("malformed")]);
  expect(await tell(open, certificateOf(GATEWAY), ofGateway)).toEqual([
    401,
    expect.stringContaining("unauthenticated"),
  ]);
});

describe("fails when", () => {
  test.each([
    ["a certificate comes where mutual TLS is off", () => ({ certificate: certificateOf(READER) })],
    [
      "a certificate comes in a header",
      () => ({ headers: { "x-amzn-mtls-clientcert": inHeader(certificateOf(READER)) } }),
    ],
  ])("%s", async (_, more) => {
    const answer = await askedBy(open, { path: "/token", form: byCertificate(), ...more() });
    expect([answer.statusCode, codesOf(answer)]).toEqual([401, ["client.unauthenticated"]]);
  });

  test.each([
    ["it is in a header", () => ({ headers: { "x-forwarded-client-cert": inHeader(certificateOf(READER)) } })],
    ["it is of another trust domain", () => ({ certificate: certificateOf("spiffe://other.example/ns/a/sa/b") })],
    ["it is an authority's", () => ({ certificate: world.authority.bundle })],
    ["it is no certificate", () => ({ certificate: "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----" })],
    ["it is empty", () => ({ certificate: "" })],
  ])("mutual TLS is on and the certificate authenticates no client, because %s", async (_, more) => {
    const answer = await askedBy(mutual, { path: "/token", form: byCertificate(), ...more() });
    expect([answer.statusCode, codesOf(answer)]).toEqual([401, ["client.unauthenticated"]]);
  });

  test("certificate and JWT-SVID name two workloads", async () => {
    const answer = await askedBy(mutual, { path: "/token", form: world.form(), certificate: certificateOf(GATEWAY) });
    expect(codesOf(answer)).toEqual(["client.unauthenticated"]);
  });

  test("nothing binds the token", async () => {
    const answer = await askedBy(open, { path: "/token", form: world.form() });
    expect([answer.statusCode, codesOf(answer)]).toEqual([400, ["binding.missing"]]);
  });

  test("a proof is for another address", async () => {
    const headers = { dpop: world.proof("/elsewhere").dpop as string };
    expect(codesOf(await askedBy(open, { path: "/token", form: world.form(), headers }))).toEqual(["dpop.invalid"]);
  });

  test("a proof is used twice, though by another request", async () => {
    const headers = world.proof();
    await askedBy(open, { path: "/token", form: world.form(), headers });
    expect(codesOf(await askedBy(open, { path: "/token", form: world.form(), headers }))).toEqual(["dpop.replayed"]);
  });

  test("a body is larger than any that is looked at", async () => {
    const form = world.form({ subject_token: "x".repeat(70_000) });
    const answer = await askedBy(mutual, { path: "/token", form, certificate: certificateOf(READER) });
    expect(codesOf(answer)).toEqual(["request.too-large"]);
  });
});

const { requestContext: context, ...request } = eventOf({ path: "/live", method: "GET" });

test.each([
  ["nothing", undefined],
  ["a timer's", { source: "aws.events", "detail-type": "Scheduled Event" }],
  ["a REST API's", { ...request, version: "1.0", httpMethod: "GET", path: "/live", requestContext: context }],
  ["a load balancer's", { ...request, version: undefined, requestContext: { elb: {} } }],
  ["without a method", { ...request, requestContext: { ...context, http: null } }],
])("fails when the event is not of an HTTP API: %s", async (_, event) => {
  await expect(open(event)).rejects.toThrow("in payload format 2.0: invoke the function through them");
});

describe("an event that is no valid request is refused, and its content is not logged", () => {
  const event = eventOf({ path: "/token", form: { a: "b" }, headers: { authorization: "DPoP the-secret" } });
  const http = (method: string) => ({ requestContext: { ...event.requestContext, http: { method } } });
  const written = jest.spyOn(console, "error").mockImplementation(() => undefined);
  beforeEach(() => {
    written.mockClear();
    world.logged.length = 0;
  });
  afterAll(() => written.mockRestore());

  test.each([
    ["a method that fetch forbids", http("TRACE")],
    ["a method that is none", http("GET /token")],
    ["GET with a body", http("GET")],
    ["HEAD with a body", http("HEAD")],
    ["a header with NUL", { headers: { authorization: "DPoP the-secret\u0000" } }],
    ["a header with a line end", { headers: { authorization: "DPoP the-secret\r\nx: y" } }],
    ["a header whose name is none", { headers: { "authorization the-secret": "x" } }],
    ["a header with half a character", { headers: { authorization: "DPoP the-secret\ud800" } }],
    ["a cookie with NUL", { cookies: ["the-secret=\u0000"] }],
    ["a body that is not base64", { body: "the-secret%", isBase64Encoded: true }],
    ["a path that is no part of an address", { rawPath: ":the-secret" }],
  ])("%s", async (_, change) => {
    const answer = (await open({ ...event, ...change })) as LambdaAnswer;
    expect([answer.statusCode, codesOf(answer)]).toEqual([400, ["request.malformed"]]);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect([world.logged, written.mock.calls]).toEqual([[expect.stringContaining("request.malformed")], []]);
    expect(world.logged.join()).not.toContain("the-secret");
  });

  test("a header that is not ASCII is taken, as Hono does", async () => {
    const live = { path: "/live", method: "GET", headers: { "user-agent": "Zürich" } };
    expect((await askedBy(open, live)).statusCode).toBe(200);
    expect(written).not.toHaveBeenCalled();
  });

  test("a look that fails is a refusal with its reason", async () => {
    const refresh = () => Promise.reject(new Error("no look"));
    const told: string[] = [];
    const log = (event: string, facts?: object) => void told.push(JSON.stringify({ event, ...facts }));
    const answer = await askedBy(lambdaHandler({ app: new Hono(), refresh, log }), { path: "/token" });
    expect([answer.statusCode, codesOf(answer)]).toEqual([503, ["exchange.error"]]);
    expect(told).toEqual([expect.stringMatching(/request\.refused.*no look/)]);
    expect(written).not.toHaveBeenCalled();
  });
});

test.each([null, 5])("a certificate that is no text names no client: %s", async (clientCertPem) => {
  const { requestContext, ...more } = eventOf({ path: "/token", form: byCertificate() });
  const authentication = { clientCert: { clientCertPem } };
  const answer = (await mutual({ ...more, requestContext: { ...requestContext, authentication } })) as LambdaAnswer;
  expect([answer.statusCode, codesOf(answer)]).toEqual([401, ["client.unauthenticated"]]);
});

test("health and keys are public", async () => {
  const ask = (path: string) => askedBy(open, { path, method: "GET" });
  expect((await ask("/ready")).body).toBe('{"status":"ok"}');
  expect(bodyOf(await ask("/jwks"))).toMatchObject({ keys: [{ kty: "EC" }] });
  expect((await ask("/nothing")).statusCode).toBe(404);
});

describe("after it stood still", () => {
  const clock = jest.spyOn(Date, "now");
  afterAll(() => clock.mockRestore());

  test("it looks at the registry before the next request, and takes a newer one", async () => {
    const now = Date.now();
    clock.mockImplementation(() => now);
    const handler = await world.start("none");
    await world.publish(2);
    const revisions = (): number => world.logged.filter((line) => line.includes('"revision":2')).length;
    await askedBy(handler, { path: "/live", method: "GET" });
    expect(revisions()).toBe(0);
    clock.mockImplementation(() => now + 1_000);
    await askedBy(handler, { path: "/live", method: "GET" });
    expect(revisions()).toBe(1);
  });

  test("it looks again after the clock was set back", async () => {
    const handler = await world.start("none");
    const now = Date.now();
    clock.mockImplementation(() => now - 3_600_000);
    world.files.write("registry.signed", "none");
    const { statusCode } = await askedBy(handler, { path: "/ready", method: "GET" });
    expect(statusCode).toBe(503);
  });

  test("published keys and readiness are cached for a second, and no longer", async () => {
    const handler = await world.start("none");
    // With the first request it looks how far the audit log is.
    await askedBy(handler, { path: "/live", method: "GET" });
    const reads = jest.spyOn(MemoryStore.prototype, "read");
    const now = Date.now();
    for (const path of ["/jwks", "/ready"]) {
      const readsOf = async (): Promise<number> => {
        const before = reads.mock.calls.length;
        await askedBy(handler, { path, method: "GET" });
        return reads.mock.calls.length - before;
      };
      clock.mockImplementation(() => now);
      expect(await readsOf()).toBe(1);
      expect(await readsOf()).toBe(0);
      clock.mockImplementation(() => now + 1_000);
      expect(await readsOf()).toBe(1);
    }
    reads.mockRestore();
  });

  test("fails where no sound registry was found for a minute, however long its own clock stood still", async () => {
    const handler = await world.start("none");
    world.files.write("registry.signed", "none");
    const now = Date.now();
    clock.mockImplementation(() => now + 61_000);
    const { statusCode, body } = await askedBy(handler, { path: "/ready", method: "GET" });
    expect([statusCode, JSON.parse(body)]).toEqual([503, { status: "unready", not_ready: ["registry"] }]);
  });
});
