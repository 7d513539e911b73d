import { connect } from "node:net";
import { codesOf, Running } from "../../support/companion/running";

const BEGIN = { task: "answer", start: "user", evidence: "a.b.c", audience: "tool:zendesk" };
const TOKEN = "a-token-of-this-pod-alone";

let running: Running;
beforeEach(() => {
  running = new Running();
});
afterEach(() => running.close());

const port = (): string => new URL(running.url).port;

/** The answer to exactly these lines */
function raw(...lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port()), "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (more: string) => (text += more));
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

test("it listens on the loopback", async () => {
  await running.start();
  expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test.each(["127.0.0.1", "localhost", "[::1]", "LocalHost"])("a request may name the host %s", async (host) => {
  await running.start();
  expect((await running.ask("/ready", { headers: { host: `${host}:${port()}` } })).status).toBe(200);
});

test("Node's fetch may ask, which says of itself what a script in a page does", async () => {
  await running.start();
  expect((await fetch(`${running.url}/ready`)).status).toBe(200);
});

describe("fails with companion.host when", () => {
  test.each([
    ["a stranger's name leads to the loopback (DNS rebinding)", (port: string) => `attacker.example:${port}`],
    ["a name begins like the loopback", (port: string) => `localhost.attacker.example:${port}`],
    ["a name ends like the loopback", (port: string) => `attacker-127.0.0.1:${port}`],
    ["the port is another", () => "127.0.0.1:1"],
    ["there is no port", () => "127.0.0.1"],
    ["the address is another of this host", (port: string) => `192.0.2.1:${port}`],
    ["the address is written another way", (port: string) => `2130706433:${port}`],
    ["a user stands in front", (port: string) => `user@127.0.0.1:${port}`],
  ])("%s", async (_, host) => {
    await running.start();
    const answer = await running.ask("/v1/runs", { body: BEGIN, headers: { host: host(port()) } });
    expect([answer.status, codesOf(answer)]).toEqual([403, ["companion.host"]]);
    expect(running.exchange.received).toEqual([]);
  });

  test("there are two hosts", async () => {
    await running.start();
    const own = `Host: 127.0.0.1:${port()}`;
    const answer = await raw("GET /ready HTTP/1.1", own, "Host: attacker.example", "Connection: close");
    expect(answer).toMatch(/^HTTP\/1\.1 (400|403) /);
    expect(answer).not.toContain('"ok"');
  });

  test("there is none", async () => {
    await running.start();
    expect(await raw("GET /ready HTTP/1.0")).toMatch(/^HTTP\/1\.1 403 [\s\S]*companion\.host/);
    expect(await raw("GET /ready HTTP/1.1", "Connection: close")).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("the address itself names another host", async () => {
    await running.start();
    const own = `Host: 127.0.0.1:${port()}`;
    const answer = await raw("GET http://attacker.example/ready HTTP/1.1", own, "Connection: close");
    expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*companion\.host/);
  });
});

describe("fails with companion.browser when", () => {
  test.each([
    ["a page of a stranger posts", { origin: "https://attacker.example" }],
    ["a page of the loopback posts", { origin: "http://127.0.0.1" }],
    ["a sandboxed frame posts", { origin: "null" }],
    ["an image is loaded", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["a script in a page asks", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }],
    ["a user follows a link", { "sec-fetch-mode": "navigate" }],
  ])("%s", async (_, headers) => {
    await running.start();
    const answer = await running.ask("/v1/tasks/answer/aws-credentials?start=agent", { headers });
    expect([answer.status, codesOf(answer)]).toEqual([403, ["companion.browser"]]);
    expect(running.exchange.received).toEqual([]);
  });

  test("a page asks whether it may, and nothing allows it", async () => {
    await running.start();
    const headers = { origin: "https://attacker.example", "access-control-request-method": "POST" };
    const answer = await running.ask("/v1/runs", { method: "OPTIONS", headers });
    expect([answer.status, codesOf(answer)]).toEqual([403, ["companion.browser"]]);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
  });
});

describe("with a token of the pod", () => {
  test.each([TOKEN, `Bearer ${TOKEN}`, `bearer ${TOKEN}`])("%j is let in", async (authorization) => {
    await running.start({ token: TOKEN });
    const answer = await running.ask("/v1/runs", { body: BEGIN, headers: { authorization } });
    expect(answer.status).toBe(201);
  });

  test("health needs none", async () => {
    await running.start({ token: TOKEN });
    expect((await running.ask("/live")).status).toBe(200);
    expect((await running.ask("/ready")).status).toBe(200);
  });

  test.each([
    ["there is none", {}],
    ["it is empty", { authorization: "" }],
    ["it is another", { authorization: `Bearer ${TOKEN}x` }],
    ["it is the beginning", { authorization: TOKEN.slice(0, -1) }],
    ["the scheme is another", { authorization: `Basic ${TOKEN}` }],
  ])("fails when %s", async (_, headers) => {
    await running.start({ token: TOKEN });
    const answer = await running.ask("/v1/runs", { body: BEGIN, headers });
    expect([answer.status, codesOf(answer)]).toEqual([401, ["companion.unauthenticated"]]);
    expect(running.exchange.received).toEqual([]);
  });

  test("fails when it is sent twice", async () => {
    await running.start({ token: TOKEN });
    const own = [`Host: 127.0.0.1:${port()}`, "Connection: close"];
    const two = [`Authorization: ${TOKEN}`, "Authorization: other"];
    expect(await raw("GET /v1/runs/run-1 HTTP/1.1", ...own, ...two)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test("fails with another address of health", async () => {
    await running.start({ token: TOKEN });
    expect((await running.ask("/ready?of=all")).status).toBe(401);
  });
});

test("fails when headers are larger than 16 KiB", async () => {
  await running.start();
  expect(await raw("GET /ready HTTP/1.1", `Host: 127.0.0.1:${port()}`, `X-Large: ${"a".repeat(16_384)}`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
});
