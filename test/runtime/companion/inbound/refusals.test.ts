import { connect } from "node:tls";
import { once } from "node:events";
import { refusal } from "../../../support/companion/fake-exchange";
import { type Answer, codesOf } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";
import { until } from "../../../support/companion/to-tools";

let serving: Serving;
beforeEach(() => {
  serving = new Serving();
});
afterEach(() => serving.close());

function expectRefused(answer: Answer, status: number, code: string): void {
  expect([answer.status, codesOf(answer)]).toEqual([status, [code]]);
  expect(serving.got).toEqual([]);
}

/** The answer to exactly these lines, after which the connection ends */
async function raw(...lines: readonly string[]): Promise<string> {
  const { authority, inboundPort: port } = serving.running;
  const trust = { ca: authority.own.cert, checkServerIdentity: () => undefined };
  const socket = connect({ port, ...serving.gateway, ...trust });
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  socket.on("error", () => undefined);
  await once(socket, "close");
  return Buffer.concat(parts).toString("latin1");
}

const saidLines = (more = {}): readonly string[] =>
  Object.entries(serving.said("a.b.c", more)).map(([name, value]) => `${name}: ${value}`);

describe("fails with companion.malformed, and asks nothing of the exchange, when", () => {
  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ["no way is named", { "x-ambit-way": undefined }, /x-ambit-way must be sent exactly once/],
    ["the way is another", { "x-ambit-way": "a2a" }, /x-ambit-way must be one of http, got a2a/],
    ["the way is a member of every object", { "x-ambit-way": "constructor" }, /must be one of http/],
    ["the way is empty", { "x-ambit-way": "" }, /x-ambit-way must be the name of a way in, got ""/],
    ["no task is named", { "x-ambit-task": undefined }, /x-ambit-task must be sent exactly once/],
    ["the task is none", { "x-ambit-task": "Answer" }, /x-ambit-task must be the name of a task, got "Answer"/],
    ["two tasks are one value", { "x-ambit-task": "answer, refund" }, /must be the name of a task/],
    ["there is no start", { "x-ambit-start": undefined }, /x-ambit-start must be sent exactly once/],
    [
      "the start is agent",
      { "x-ambit-start": "agent" },
      /must be one of user, schedule, event, delegation, got "agent"/,
    ],
    ["the start is none", { "x-ambit-start": "users" }, /must be one of user, schedule, event, delegation/],
    ["there is no evidence", { "x-ambit-evidence": undefined }, /x-ambit-evidence must be sent exactly once/],
    ["the evidence is empty", { "x-ambit-evidence": "" }, /must be a token of at most 16 KiB, got 0 characters/],
    ["the evidence is too long", { "x-ambit-evidence": "a".repeat(16_385) }, /got 16385 characters/],
    ["the evidence is two", { "x-ambit-evidence": "a.secret b.secret" }, /got 17 characters/],
    ["the session is not new", { "x-ambit-session": "old" }, /x-ambit-session must be new, got "old"/],
    ["a schedule has a clean session", { "x-ambit-session": "new", "x-ambit-start": "schedule" }, /leave it out/],
    ["a run is joined in a clean session", { "x-ambit-session": "new", "x-ambit-join": "run-1" }, /leave it out/],
    ["the run to join is none", { "x-ambit-join": "run/1" }, /x-ambit-join must be the id of a run/],
    ["the run to join is empty", { "x-ambit-join": "" }, /x-ambit-join must be the id of a run/],
    ["there is no host", { "x-forwarded-host": undefined }, /x-forwarded-host must be sent exactly once/],
    ["the host has a path", { "x-forwarded-host": "a.example/b" }, /x-forwarded-host must be a host/],
    ["it came without TLS", { "x-forwarded-proto": "http" }, /x-forwarded-proto must be https, got "http"/],
    [
      "something else is said",
      { "x-ambit-taks": "answer" },
      /the unknown header x-ambit-taks, did you mean "x-ambit-task"/,
    ],
    ["it is said with an underscore", { x_ambit_session: "new" }, /the unknown header x_ambit_session/],
    [
      "it should become another protocol",
      { connection: "upgrade", upgrade: "websocket" },
      /got an upgrade to "websocket"/,
    ],
    ["it should become HTTP/2", { connection: "upgrade", upgrade: "h2c" }, /got an upgrade to "h2c"/],
    ["the body has a coding besides its chunks", { "transfer-encoding": "gzip, chunked" }, /must be chunked/],
  ])("%s", async (_, more, why) => {
    await serving.start();
    const answer = await serving.ask("/chat", { method: "POST", headers: serving.said("a.b.c", more) });
    expectRefused(answer, 400, "companion.malformed");
    expect(answer.json.error_description).toMatch(why);
    expect(answer.text + serving.running.logged.join()).not.toContain("secret");
    expect(serving.running.exchange.received).toEqual([]);
  });

  test.each(["x-ambit-way: http", "X-Ambit-Evidence: d.e.f", "x-ambit-join: a", "X-Forwarded-Host: other.example"])(
    "%s is said twice",
    async (line) => {
      await serving.start();
      const twice = line.startsWith("x-ambit-join") ? [line, line] : [line];
      const own = ["GET /chat HTTP/1.1", "Host: a", "Connection: close"];
      expect(await raw(...own, ...saidLines(), ...twice)).toMatch(/^HTTP\/1\.1 400 [\s\S]*companion\.malformed/);
      expect([serving.got, serving.running.exchange.received]).toEqual([[], []]);
    },
  );

  test.each(["http://other.example/chat", "*"])("the target is %s", async (target) => {
    await serving.start();
    const own = [`OPTIONS ${target} HTTP/1.1`, "Host: a", "Connection: close"];
    expect(await raw(...own, ...saidLines())).toMatch(/^HTTP\/1\.1 400 [\s\S]*must be a path/);
    expect(serving.got).toEqual([]);
  });

  test("it stands behind more headers than Node reads by itself", async () => {
    await serving.start();
    const many = Array.from({ length: 2_100 }, () => "a: 1");
    const own = ["GET /chat HTTP/1.1", "Host: a", "Connection: close"];
    expect(await raw(...own, ...saidLines(), ...many, "x-ambit-task: refund")).toMatch(/^HTTP\/1\.1 400 /);
    expect(serving.got).toEqual([]);
  });
});

test.each(["CONNECT 127.0.0.1:1 HTTP/1.1", "PRI * HTTP/2.0"])(
  "fails with %s, which the agent never sees",
  async (line) => {
    await serving.start();
    expect(await raw(line, "Host: a", ...saidLines())).not.toMatch(/^HTTP\/1\.1 200/);
    expect(serving.got).toEqual([]);
  },
);

describe("fails as the exchange says, and the agent sees nothing, when", () => {
  test.each([
    ["the evidence proves nothing", "invalid_grant", "evidence.signature"],
    ["the start is not declared", "access_denied", "start.undeclared"],
    ["the agent is suspended", "access_denied", "agent.suspended"],
  ])("%s", async (_, error, code) => {
    await serving.start();
    serving.running.exchange.said.set("/runs", refusal(error, code));
    expectRefused(await serving.ask(), 403, code);
  });

  test("the run to join is not the caller's, also where it lives here", async () => {
    await serving.start();
    await serving.ask("/chat");
    serving.got.length = 0;
    serving.running.exchange.said.set("/runs", refusal("invalid_authorization_details", "run.unknown"));
    const headers = serving.said("d.e.f", { "x-ambit-join": "run-1" });
    expectRefused(await serving.ask("/chat", { headers }), 403, "run.unknown");
  });

  test("the run to join never was", async () => {
    await serving.start();
    const headers = serving.said("a.b.c", { "x-ambit-join": "run-9" });
    expectRefused(await serving.ask("/chat", { headers }), 403, "run.unknown");
  });

  test("its store cannot be read, with what it said of trying again", async () => {
    await serving.start();
    const body = { error: "temporarily_unavailable", reasons: [{ code: "store.unavailable" }] };
    serving.running.exchange.said.set("/runs", { status: 503, body, headers: { "retry-after": "7" } });
    const answer = await serving.ask();
    expectRefused(answer, 503, "store.unavailable");
    expect(answer.headers["retry-after"]).toBe("7");
  });
});

describe("fails with companion.no-exchange, and the agent sees nothing, when the exchange", () => {
  const RUN = { task: "answer", start: "user", run: "run-1", txn: "txn-1", sid: "session-1", run_expires_at: 4e9 };
  test.each<[string, number, object, string | undefined]>([
    ["begins a run where one is joined", 201, RUN, "run-1"],
    ["joins a run where one begins", 200, RUN, undefined],
    ["joins another run", 200, { ...RUN, run: "run-2" }, "run-1"],
    ["begins a run of another task", 201, { ...RUN, task: "refund" }, undefined],
    ["begins a run by another start", 201, { ...RUN, start: "agent" }, undefined],
    ["says nothing of the session", 201, { ...RUN, sid: "" }, undefined],
  ])("%s", async (_, status, body, join) => {
    await serving.start();
    serving.running.exchange.said.set("/runs", { status, body });
    const headers = serving.said("a.b.c", { "x-ambit-join": join });
    expectRefused(await serving.ask("/chat", { headers }), 503, "companion.no-exchange");
  });

  test.each([{ sid: "session-2" }, { task: "refund" }])(
    "answers with the id of a run that is here, and %j",
    async (more) => {
      await serving.start();
      await serving.ask();
      serving.got.length = 0;
      serving.running.exchange.said.set("/runs", { status: 201, body: { ...RUN, ...more } });
      const headers = serving.said("a.b.c", { "x-ambit-task": { ...RUN, ...more }.task });
      expectRefused(await serving.ask("/chat", { headers }), 503, "companion.no-exchange");
    },
  );

  test("answers with the id of a run that the agent started itself", async () => {
    await serving.start();
    const run = await serving.running.begin({ start: "agent", evidence: undefined });
    serving.running.exchange.said.set("/runs", { status: 200, body: { ...RUN, run } });
    const headers = serving.said("a.b.c", { "x-ambit-join": run });
    expectRefused(await serving.ask("/chat", { headers }), 503, "companion.no-exchange");
    expect((await serving.running.ask(`/v1/runs/${run}`)).status).toBe(200);
  });

  test("is not there", async () => {
    await serving.start();
    await serving.running.exchange.stop();
    expectRefused(await serving.ask(), 503, "companion.no-exchange");
  });
});

describe("fails with companion.no-agent, once and for all, when the agent", () => {
  /** @param cause is for the log alone */
  async function expectNoAgent(what: RegExp, cause: RegExp = /^/): Promise<void> {
    const answer = await serving.ask("/chat", { method: "POST" }, "a body");
    expect([answer.status, codesOf(answer)]).toEqual([502, ["companion.no-agent"]]);
    expect(answer.json.error_description).toMatch(what);
    expect(serving.running.logged.filter((line) => line.includes("request.refused")).join()).toMatch(cause);
  }

  test("is not there", async () => {
    await serving.start();
    serving.stopAgent();
    await expectNoAgent(/nothing was sent/, /ECONNREFUSED/);
    expect(serving.running.exchange.to("/runs/answers")).toEqual([]);
  });

  test("ends the connection without an answer, and is not asked again", async () => {
    await serving.start();
    serving.does = (incoming) => incoming.socket.destroy();
    await expectNoAgent(/the request may have arrived/);
    expect(serving.got).toHaveLength(1);
  });

  test("answers what is no HTTP", async () => {
    await serving.start();
    serving.does = (incoming) =>
      incoming.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na");
    await expectNoAgent(/the request may have arrived/, /Parse Error/);
  });

  test("answers with another protocol", async () => {
    await serving.start();
    serving.does = (incoming) =>
      incoming.socket.write("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    await expectNoAgent(/the request may have arrived/, /upgrade/);
  });

  test("does not answer in time", async () => {
    serving.running.inboundLimits = { streamMilliseconds: 200 };
    await serving.start();
    serving.does = () => undefined;
    await expectNoAgent(/no answer is open for more than 200 ms/);
  });

  test("neither reads the body nor answers", async () => {
    serving.running.inboundLimits = { streamMilliseconds: 300 };
    await serving.start();
    serving.does = (incoming) => incoming.pause();
    const answer = await serving.ask("/chat", { method: "POST" }, Buffer.alloc(20_000_000));
    expect(codesOf(answer)).toEqual(["companion.no-agent"]);
  });
});

describe("fails with companion.busy", () => {
  test("beyond so many requests at once, until one is over", async () => {
    serving.running.inboundLimits = { requests: 2 };
    await serving.start();
    const [one, other] = [await serving.held(), await serving.held()];
    const answer = await serving.ask();
    expect([answer.status, codesOf(answer), answer.headers["retry-after"]]).toEqual([503, ["companion.busy"], "1"]);
    expect(serving.running.exchange.to("/runs")).toHaveLength(2);
    one.outgoing.end();
    await one.answered.then((response) => once(response.resume(), "end"));
    await until(() => serving.running.logged.length > 0);
    expect((await serving.ask()).status).toBe(200);
    other.made.destroy();
  });
});

test("a client that went away before the run began: the agent gets nothing", async () => {
  await serving.start();
  let answer: () => void = () => undefined;
  serving.running.exchange.said.set("/runs", (response) => {
    const body = { task: "answer", start: "user", run: "run-1", txn: "txn-1", sid: "session-1", run_expires_at: 4e9 };
    answer = () => response.writeHead(201).end(JSON.stringify(body));
  });
  const made = serving.open();
  made.on("error", () => undefined);
  made.end();
  await until(() => serving.running.exchange.to("/runs").length === 1);
  await serving.goAway(made);
  answer();
  await until(() => serving.running.logged.some((line) => line.includes("run.begun")));
  await serving.ask("/chat", { headers: {} });
  expect(serving.got).toEqual([]);
  expect(serving.running.logged.some((line) => line.includes("request.served"))).toBe(false);
});
