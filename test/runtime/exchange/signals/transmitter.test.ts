import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HeldToken } from "../../../../runtime/exchange/signals/held-token";
import { transmitter } from "../../../../runtime/exchange/signals/transmitter";
import { verificationRequest } from "../../../../runtime/exchange/signals/verification-request";
import { bearer, OutboundFailure } from "../../../../runtime/outbound/credential";
import { certificate } from "../../../support/certificate";
import { say } from "../../../support/outbound/authorization-server";
import { recorder } from "../../../support/recorder";

const NOTHING = { ack: [], setErrs: {} };
const { cert, key } = certificate({ commonName: "login", ipAddress: [127, 0, 0, 1] });

let answer: (response: ServerResponse, request: IncomingMessage) => void;
const { listener, asked } = recorder((response, request) => answer(response, request));
let server: Server;

beforeAll(async () => {
  server = createServer({ cert, key }, listener);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterAll(() => new Promise((closed) => server.close(closed)));
beforeEach(() => void (answer = (response) => say(response, { sets: {} })));

function world({ ca = cert, life = 600 }: { readonly ca?: string | undefined; readonly life?: number } = {}) {
  let tokens = 0;
  const lines: string[] = [];
  let now = 1_800_000_000;
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const got = async () => ({ headers: bearer(`token-${(tokens += 1)}`, "test"), expiresAt: now + life });
  const token = new HeldToken(got, () => now);
  const poll = transmitter({
    poll: `${origin}/poll`,
    token,
    ca,
    log: (event) => void lines.push(event),
  });
  const request = verificationRequest({ verification: { endpoint: `${origin}/verify`, streamId: "s-1" }, token, ca });
  const pass = (seconds: number) => void (now += seconds);
  return {
    poll: (taken: Parameters<typeof poll>[0] = NOTHING, ms = 5_000) => poll(taken, AbortSignal.timeout(ms)),
    verify: (ms = 5_000) => request("what was never said", AbortSignal.timeout(ms)),
    pass,
    lines,
  };
}

const last = () => {
  const { request, body } = asked.at(-1) as (typeof asked)[0];
  return { token: request.headers.authorization, body: JSON.parse(body) as unknown, request };
};

test("it polls for all events, with its own token, and returns immediately", async () => {
  const { poll } = world();
  answer = (response) => say(response, { sets: { a: "x.y.z" }, moreAvailable: false });
  expect([...(await poll()).sets]).toEqual([["a", "x.y.z"]]);
  const { request, token, body } = last();
  expect([request.method, request.url, request.headers["content-type"]]).toEqual(["POST", "/poll", "application/json"]);
  expect([token, body]).toEqual(["Bearer token-1", { maxEvents: 100, returnImmediately: true }]);
});

test("it reports acknowledgements and errors", async () => {
  const { poll } = world();
  const setErrs = { b: { err: "invalid_key", description: "the signature is not its issuer's" } } as const;
  await poll({ ack: ["a"], setErrs });
  expect(last().body).toEqual({ maxEvents: 100, returnImmediately: true, ack: ["a"], setErrs });
});

test("a token serves until a minute before its end", async () => {
  const { poll, pass } = world();
  const seen: (string | undefined)[] = [];
  for (const seconds of [0, 539, 1]) {
    pass(seconds);
    await poll();
    seen.push(last().token);
  }
  expect(seen).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
});

test("a token that is refused is not used again", async () => {
  const { poll } = world();
  answer = (response) => say(response, {}, 401);
  await expect(poll()).rejects.toThrow("answered with status 401");
  answer = (response) => say(response, { sets: {} });
  await poll();
  expect(last().token).toBe("Bearer token-2");
});

test("more than was asked for is left for the next time", async () => {
  const { poll } = world();
  answer = (response) =>
    say(response, { sets: Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`s${n}`, "t"])) });
  expect((await poll()).sets.size).toBe(100);
});

test.each([{}, null, 1, ["x.y.z"]])(
  "a value that is no text, such as %j, is reported, and the other events pass",
  async (value) => {
    const { poll, lines } = world();
    answer = (response) => say(response, { sets: { a: "x.y.z", b: value, c: "x.y.z" } });
    const { sets, odd } = await poll();
    expect([[...sets.keys()], odd, lines]).toEqual([["a", "c"], ["b"], []]);
  },
);

test.each([
  ["without a name", ""],
  ["whose name is too long", "a".repeat(2_049)],
])("a token %s is reported once, and the other events pass", async (_, name) => {
  const { poll, lines } = world();
  answer = (response) => say(response, { sets: { [name]: "x.y.z", a: "x.y.z" } });
  await poll();
  const { sets, odd } = await poll();
  expect([[...sets.keys()], odd, lines]).toEqual([["a"], [], ["signals.unnamed"]]);
});

test.each<readonly [what: string, answer: (response: ServerResponse) => void, said: string]>([
  ["an error", (response) => say(response, { err: "x" }, 500), "status 500"],
  ["a redirect", (response) => void response.writeHead(307, { location: "https://evil.example" }).end(), "status 307"],
  ["nothing to read", (response) => void response.writeHead(202).end(), "status 202"],
  ["another type", (response) => say(response, '{"sets":{}}', 200, "text/html"), "of type application/json"],
  ["a member twice", (response) => say(response, '{"sets":{},"sets":{}}'), "of type application/json"],
  ["no sets", (response) => say(response, { events: {} }), "must answer sets"],
  ["a list of sets", (response) => say(response, { sets: ["x.y.z"] }), "must answer sets"],
  [
    "too much",
    (response) => say(response, { sets: { a: "x".repeat(2_097_152) } }),
    "must answer at most 2097152 bytes",
  ],
])("fails when it is answered with %s", async (_, given, said) => {
  const { poll } = world();
  answer = given;
  const error: unknown = await poll().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OutboundFailure);
  expect((error as Error).message).toContain(said);
});

test("fails when it is answered too late", async () => {
  const { poll } = world();
  let open: ServerResponse | undefined;
  answer = (response) => void (open = response);
  await expect(poll(NOTHING, 50)).rejects.toThrow("answered too late");
  open?.end();
});

test("fails when the server's certificate is not of the issuers' authorities", async () => {
  const { poll } = world({ ca: certificate({ commonName: "another", ipAddress: [127, 0, 0, 1] }).cert });
  await expect(poll()).rejects.toThrow(OutboundFailure);
});

describe("a verification", () => {
  test("is asked for by the state, the stream and the same token", async () => {
    const { poll, verify } = world();
    await poll();
    answer = (response) => void response.writeHead(204).end();
    await verify();
    const { request, token, body } = last();
    expect([request.method, request.url, request.headers["content-type"]]).toEqual([
      "POST",
      "/verify",
      "application/json",
    ]);
    expect([token, body]).toEqual(["Bearer token-1", { stream_id: "s-1", state: "what was never said" }]);
  });

  test.each<readonly [status: number, said: string]>([
    [200, "204 is expected"],
    [307, "204 is expected"],
    [401, "look at streamId, and at the scopes of the client"],
    [404, "look at streamId, and at the scopes of the client"],
    [429, "every must be longer than min_verification_interval of the stream"],
    [500, "204 is expected"],
  ])("is not asked for where the transmitter answers with status %i", async (status, said) => {
    const { verify } = world();
    answer = (response) => void response.writeHead(status, { location: "https://evil.example" }).end();
    const error: unknown = await verify().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OutboundFailure);
    expect((error as Error).message).toContain(`answered a request for verification with status ${status}`);
    expect((error as Error).message).toContain(said);
  });

  test("is asked for with another token where the last one was refused", async () => {
    const { verify } = world();
    answer = (response) => void response.writeHead(401).end();
    await expect(verify()).rejects.toThrow("status 401");
    answer = (response) => void response.writeHead(204).end();
    await verify();
    expect(last().token).toBe("Bearer token-2");
  });

  test("is not asked for of a server whose certificate is of another authority", async () => {
    const { verify } = world({ ca: certificate({ commonName: "another", ipAddress: [127, 0, 0, 1] }).cert });
    await expect(verify()).rejects.toThrow(OutboundFailure);
  });
});
