import { once } from "node:events";
import { Agent, type IncomingMessage } from "node:http";
import { headerOf } from "../../../support/companion/fake-gateway";
import { RUN_SECONDS } from "../../../support/companion/fake-exchange";
import { codesOf, NOON } from "../../../support/companion/running";
import { BY_TASK, bytesOf, ToTools, until } from "../../../support/companion/to-tools";
import { AGENT, Authority, thumbprintOf } from "../../../support/companion/trust";

let to: ToTools;
beforeEach(() => {
  to = new ToTools();
});
afterEach(() => to.close());

const connectionsOf = (): readonly number[] => to.gateway.arrived.map(({ connection }) => connection);
const tokens = (): readonly (readonly string[])[] =>
  to.gateway.arrived.map((arrived) => headerOf(arrived, "authorization"));

/** The next request is taken, and its connection ended without an answer. */
function dieOnce(): void {
  const { does } = to.gateway;
  to.gateway.does = (incoming) => {
    to.gateway.does = does;
    incoming.socket.destroy();
  };
}

describe("a connection to the gateway", () => {
  test("is kept for the next request", async () => {
    await to.start();
    await to.running.begin();
    for (let n = 0; n < 5; n++) expect((await to.ask(BY_TASK, { method: "POST" }, "a")).status).toBe(200);
    expect(connectionsOf()).toEqual([1, 1, 1, 1, 1]);
  });

  test("is never used by another SVID of the same agent", async () => {
    await to.start();
    await to.running.begin();
    await to.ask(BY_TASK);
    const next = to.running.authority.svid(AGENT);
    to.running.source.give(next, to.running.authority.own);
    await to.ask(BY_TASK);
    expect(connectionsOf()).toEqual([1, 2]);
    expect(to.gateway.arrived[1]?.thumbprint).toBe(thumbprintOf(next));
    expect(tokens()).toEqual([["Bearer token-1"], ["Bearer token-2"]]);
    await until(() => to.gateway.open === 1);
  });

  test("is never used after the authorities changed", async () => {
    await to.start();
    await to.running.begin();
    await to.ask(BY_TASK);
    to.running.source.give(to.running.svid, new Authority().own);
    expect(codesOf(await to.ask(BY_TASK))).toEqual(["companion.no-gateway"]);
    expect(to.gateway.arrived).toHaveLength(1);
  });

  test("goes on with what is under way when the SVID rotates, and then ends", async () => {
    await to.start();
    await to.running.begin();
    let end: () => unknown = () => undefined;
    to.gateway.does = (_, outgoing) => {
      outgoing.write("a");
      end = () => outgoing.end("b");
    };
    const made = to.open(BY_TASK);
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    to.gateway.does = (_, outgoing) => outgoing.end();
    to.running.source.give(to.running.authority.svid(AGENT), to.running.authority.own);
    await to.ask(BY_TASK);
    end();
    expect((await bytesOf(response)).toString()).toBe("ab");
    await until(() => to.gateway.open === 1);
  });

  test.each([
    ["it has rested for as long as any may", { idleMilliseconds: 20 }],
    ["it rests when it is as old as any may be", { ageMilliseconds: 20 }],
    ["it is older than any may be", { ageMilliseconds: 0 }],
  ])("ends when %s", async (_, limits) => {
    await to.start({}, limits);
    await to.running.begin();
    await to.ask(BY_TASK);
    await until(() => to.gateway.open === 0);
    expect((await to.ask(BY_TASK)).status).toBe(200);
    expect(connectionsOf()).toEqual([1, 2]);
  });

  test("does not end under a request that lasts", async () => {
    await to.start({}, { idleMilliseconds: 1, ageMilliseconds: 50 });
    await to.running.begin();
    to.gateway.does = (_, outgoing) => {
      outgoing.write("a");
      setTimeout(() => outgoing.end("b"), 150);
    };
    expect((await to.ask(BY_TASK)).text).toBe("ab");
  });

  test("is one of a few that are kept, and of as many as are asked for at once", async () => {
    await to.start({}, { kept: 2 });
    await to.running.begin();
    const waiting: (() => unknown)[] = [];
    to.gateway.does = (_, outgoing) => void waiting.push(() => outgoing.end());
    const answers = Promise.all(Array.from({ length: 8 }, () => to.ask(BY_TASK)));
    await until(() => waiting.length === 8);
    for (const end of waiting) end();
    await answers;
    await until(() => to.gateway.open <= 2);
    expect(to.gateway.connections).toBe(8);
  });
});

describe("on a kept connection that turns out to be dead", () => {
  test.each(["GET", "HEAD", "OPTIONS"])("%s is sent once more, on a new one", async (method) => {
    await to.start();
    await to.running.begin();
    await to.ask(BY_TASK);
    dieOnce();
    expect((await to.ask(BY_TASK, { method })).status).toBe(200);
    expect(connectionsOf()).toEqual([1, 1, 2]);
    expect(to.gateway.arrived[2]).toMatchObject({ method, target: "/tools/zendesk" });
  });

  test.each([
    ["POST", "a body", {}],
    ["POST", undefined, {}],
    ["PUT", undefined, {}],
    ["DELETE", undefined, {}],
    ["PROPFIND", undefined, {}],
    ["GET", "a body", { "content-length": "6" }],
    ["OPTIONS", "a body", { "transfer-encoding": "chunked" }],
  ])("fails with companion.unknown-outcome, and is not sent again: %s with %j", async (method, body, headers) => {
    await to.start();
    await to.running.begin();
    await to.ask(BY_TASK);
    dieOnce();
    const answer = await to.ask(BY_TASK, { method, headers }, body);
    expect([answer.status, codesOf(answer)]).toEqual([502, ["companion.unknown-outcome"]]);
    // The SDKs of Anthropic and OpenAI try a 502 again without it.
    expect(answer.headers).toMatchObject({ "x-should-retry": "false" });
    expect(answer.headers["retry-after"]).toBeUndefined();
    expect(connectionsOf()).toEqual([1, 1]);
  });

  test("fails where the new one is dead too", async () => {
    await to.start();
    await to.running.begin();
    await to.ask(BY_TASK);
    to.gateway.does = (incoming) => incoming.socket.destroy();
    const answer = await to.ask(BY_TASK);
    expect([answer.status, codesOf(answer)]).toEqual([502, ["companion.unknown-outcome"]]);
    expect(connectionsOf()).toEqual([1, 1, 2]);
  });

  test("many at once reach the gateway once each", async () => {
    await to.start();
    await to.running.begin();
    await Promise.all(Array.from({ length: 10 }, () => to.ask(BY_TASK)));
    const paths = Array.from({ length: 30 }, (_, n) => `${BY_TASK}/${n}`);
    const { does } = to.gateway;
    let n = 0;
    to.gateway.does = (incoming, outgoing) => (++n % 3 === 0 ? incoming.socket.destroy() : does(incoming, outgoing));
    await Promise.all(paths.map((path) => to.ask(path, { method: "POST" }, "a")));
    const targets = to.gateway.arrived.slice(10).map(({ target }) => target);
    expect(targets.sort()).toEqual(paths.map((path) => path.replace(BY_TASK, "/tools/zendesk")).sort());
  });
});

describe("fails with companion.unknown-outcome when the gateway", () => {
  test.each([
    ["takes it and ends a new connection", ""],
    ["answers what is no HTTP", "hello\r\n\r\n"],
    ["changes the connection", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
    ["answers with a status that is none", "HTTP/1.1 099 None\r\nContent-Length: 0\r\n\r\n"],
    ["breaks off in its head", "HTTP/1.1 200 OK\r\nContent-"],
    [
      "breaks off in its refusal",
      "HTTP/1.1 401 No\r\nX-Ambit-Decision: d\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    ],
  ])("%s", async (_, text) => {
    await to.start();
    await to.running.begin();
    to.gateway.does = (incoming) => void incoming.socket.end(text);
    const answer = await to.ask(BY_TASK);
    expect([answer.status, codesOf(answer)]).toEqual([502, ["companion.unknown-outcome"]]);
    expect(to.gateway.arrived).toHaveLength(1);
  });

  test("gives no answer for as long as any request may last", async () => {
    await to.start({}, { streamMilliseconds: 200 });
    await to.running.begin();
    to.gateway.does = () => undefined;
    const answer = await to.ask(BY_TASK);
    expect([answer.status, codesOf(answer)]).toEqual([502, ["companion.unknown-outcome"]]);
    await until(() => to.gateway.open === 0);
  });
});

/** A token of the first run as the exchange answers it */
const token = JSON.stringify({
  ...{ access_token: "token-9", token_type: "Bearer", expires_in: 300 },
  authorization_details: [
    {
      ...{ type: "ambit_task", task: "answer", start: "user", run: "run-1", txn: "txn-1", sid: "session-1" },
      run_expires_at: NOON + RUN_SECONDS,
    },
  ],
});

test("a token that was on its way while the SVID rotated is not shown with the new one", async () => {
  await to.start();
  await to.running.begin({ audience: "exchange", delegate: "other.task" });
  const next = to.running.authority.svid(AGENT);
  to.running.exchange.said.set("/token", (response) => {
    to.running.exchange.said.clear();
    to.running.source.give(next, to.running.authority.own);
    response.end(token);
  });
  expect((await to.ask(BY_TASK, { method: "POST" }, "a")).status).toBe(200);
  expect(to.gateway.arrived.map(({ thumbprint }) => thumbprint)).toEqual([thumbprintOf(next)]);
  expect(tokens()).toEqual([["Bearer token-2"]]);
});

test("nothing is sent when the run is over by the time its token is there", async () => {
  await to.start();
  await to.running.begin({ audience: "exchange", delegate: "other.task" });
  to.running.exchange.said.set("/token", (response) => {
    to.running.now += RUN_SECONDS;
    response.end(token);
  });
  expect(codesOf(await to.ask(BY_TASK))).toEqual(["companion.no-run"]);
  expect(to.gateway.arrived).toEqual([]);
});

test("nothing is sent for a client that went away while its token was fetched", async () => {
  await to.start();
  await to.running.begin({ audience: "exchange", delegate: "other.task" });
  let go: () => unknown = () => undefined;
  to.running.exchange.said.set("/token", (response) => (go = () => response.end(token)));
  const made = to.open(BY_TASK, { method: "POST" });
  made.on("error", () => undefined);
  made.end("a");
  await until(() => to.running.exchange.received.length === 2);
  made.destroy();
  expect((await to.ask("/live")).status).toBe(200);
  go();
  expect((await to.ask(`${BY_TASK}/after`)).status).toBe(200);
  expect(to.gateway.arrived.map(({ target }) => target)).toEqual(["/tools/zendesk/after"]);
});

test("a client's connection is good for its next request, even if the last one failed", async () => {
  await to.start();
  await to.running.begin();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { does } = to.gateway;
  to.gateway.does = (_, outgoing) => outgoing.writeHead(413).end("too much");
  const body = Buffer.alloc(5_000_000);
  expect((await to.ask(BY_TASK, { agent, method: "POST" }, body)).status).toBe(413);
  expect((await to.ask("/v1/tasks/none/tools/zendesk", { agent, method: "POST" }, body)).status).toBe(404);
  to.gateway.does = does;
  expect((await to.ask(BY_TASK, { agent })).text).toBe("done");
  agent.destroy();
});
