import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent } from "node:https";
import { headerOf } from "../../../support/companion/fake-gateway";
import { ADDRESS, HOST, Serving } from "../../../support/companion/serving";
import { until } from "../../../support/companion/to-tools";

let serving: Serving;
beforeEach(() => {
  serving = new Serving();
});
afterEach(() => serving.close());

const got = (name: string, index = 0): readonly string[] => headerOf(serving.got[index] as never, name);
const logged = (event: string) =>
  serving.running.logged
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((one) => one.event === event);

describe("a run begins", () => {
  test("by the evidence that the gateway shows, before the agent gets anything", async () => {
    await serving.start();
    let seen = -1;
    serving.running.exchange.said.set("/runs", (response) => {
      seen = serving.got.length;
      serving.running.exchange.said.clear();
      response.writeHead(503).end();
    });
    expect((await serving.ask()).status).toBe(503);
    expect((await serving.ask()).status).toBe(200);
    expect([seen, serving.got.length]).toEqual([0, 1]);
    const [, begun] = serving.running.exchange.to("/runs");
    expect(begun?.details).toEqual({ type: "ambit_task", task: "answer", start: "user" });
    expect(begun?.form).toMatchObject({
      subject_token: "a.b.c",
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    });
  });

  test("in a clean session, where the caller asked for it", async () => {
    await serving.start();
    await serving.ask("/chat", { headers: serving.said("a.b.c", { "x-ambit-session": "new" }) });
    expect(serving.running.exchange.to("/runs")[0]?.details).toMatchObject({ start: "user", session: "new" });
  });

  test.each(["schedule", "event", "delegation"])("by start %s", async (start) => {
    await serving.start();
    const answer = await serving.ask("/chat", { headers: serving.said("a.b.c", { "x-ambit-start": start }) });
    expect(answer.status).toBe(200);
    expect(serving.running.exchange.to("/runs")[0]?.details).toMatchObject({ start });
  });
});

describe("a run is joined", () => {
  test("which is here: it stays one, and each request has its own handle", async () => {
    await serving.start();
    await serving.ask();
    await serving.ask("/chat", { headers: serving.said("a.b.c", { "x-ambit-join": "run-1" }) });
    expect(serving.running.exchange.to("/runs")[1]?.details).toMatchObject({ run: "run-1", start: "user" });
    const handles = [got("ambit-run", 0)[0], got("ambit-run", 1)[0]] as string[];
    expect(new Set(handles).size).toBe(2);
    const runs = await Promise.all(handles.map((handle) => serving.running.ask(`/v1/runs/${handle}`)));
    expect(runs.map(({ json }) => json.run)).toEqual(["run-1", "run-1"]);
    await serving.running.ask(`/v1/runs/${handles[0]}`, { method: "DELETE" });
    expect((await serving.running.ask(`/v1/runs/${handles[1]}`)).status).toBe(404);
  });

  test("which another pod began", async () => {
    await serving.start();
    serving.running.exchange.beganElsewhere("run-7");
    const answer = await serving.ask("/chat", { headers: serving.said("a.b.c", { "x-ambit-join": "run-7" }) });
    expect([answer.status, answer.headers["ambit-run"]]).toEqual([200, expect.stringMatching(/^run-7\.[0-9a-f]{16}$/)]);
    expect((await serving.running.ask(`/v1/runs/${got("ambit-run")[0]}`)).json).toMatchObject({ run: "run-7" });
  });

  test("by two at once: it is one run", async () => {
    await serving.start();
    serving.running.exchange.beganElsewhere("run-7");
    serving.running.exchange.delayMs = 20;
    const headers = serving.said("a.b.c", { "x-ambit-join": "run-7" });
    await Promise.all([serving.ask("/chat", { headers }), serving.ask("/chat", { headers })]);
    const [one, other] = [got("ambit-run", 0)[0], got("ambit-run", 1)[0]];
    await serving.running.ask(`/v1/runs/${one}`, { method: "DELETE" });
    expect((await serving.running.ask(`/v1/runs/${other}`)).status).toBe(404);
  });
});

describe("the agent gets", () => {
  test("method, target, headers and body as they came, for the host that the caller asked", async () => {
    await serving.start();
    let body = "";
    serving.does = (incoming, outgoing) => {
      incoming.on("data", (part: Buffer) => (body += part.toString("utf8")));
      incoming.on("end", () => outgoing.end());
    };
    const path = "/threads//1;a=b/%2e%2e/..?q=%20&r=ä".replace("ä", "%C3%A4");
    const own = { "X-A": "1", Cookie: "c=d", Accept: "text/event-stream", "content-type": "text/plain" };
    await serving.ask(path, { method: "PUT", headers: { ...serving.said(), ...own } }, "a body");
    expect(serving.got[0]).toMatchObject({ method: "PUT", target: path });
    expect(body).toBe("a body");
    expect(["host", "x-a", "cookie", "accept", "content-type"].map((name) => got(name)[0])).toEqual([
      HOST,
      "1",
      "c=d",
      "text/event-stream",
      "text/plain",
    ]);
    expect([got("x-forwarded-host"), got("x-forwarded-proto")]).toEqual([[HOST], ["https"]]);
  });

  test("a handle of 256 random bits, as a header and in baggage, and a trace of its own", async () => {
    await serving.start();
    const traced = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, tracestate: "a=b", baggage: "user=1" };
    await serving.ask("/chat", { headers: { ...serving.said(), ...traced } });
    const [handle] = got("ambit-run");
    expect(handle).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(got("baggage")).toEqual([`ambit-run=${handle}`]);
    expect(got("traceparent")).toEqual([expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)]);
    expect(serving.got[0]?.raw.join("\n")).not.toContain("aaaa");
    expect(got("tracestate")).toEqual([]);
    expect(logged("request.served")).toEqual([
      {
        event: "request.served",
        run: "run-1",
        txn: "txn-1",
        task: "answer",
        way: "http",
        trace: got("traceparent")[0]?.slice(3, 35),
        incomingTrace: "a".repeat(32),
      },
    ]);
    expect(serving.running.logged.join()).not.toContain(handle as string);
  });

  test.each([
    ["two", [`00-${"a".repeat(32)}-${"b".repeat(16)}-01`, `00-${"c".repeat(32)}-${"b".repeat(16)}-01`]],
    ["one of zeros", [`00-${"0".repeat(32)}-${"b".repeat(16)}-01`]],
    ["one that is none", ["a\\nb"]],
  ])("and what is told of its caller's trace is a trace: %s is not", async (_, traceparent) => {
    await serving.start();
    await serving.ask("/chat", { headers: { ...serving.said(), traceparent } });
    expect(Object.keys(logged("request.served")[0] as object)).not.toContain("incomingTrace");
  });

  test.each([
    ["Authorization", "Bearer a"],
    ["Ambit-Run", "run-1.0123456789abcdef"],
    ["Ambit-Task", "answer"],
    ["ambit_run", "x"],
    ["Forwarded", "for=1.2.3.4"],
    ["X-Forwarded-For", "1.2.3.4"],
    ["X-Forwarded-Client-Cert", "a"],
    ["x_forwarded_host", "other.example"],
    ["X-Envoy-External-Address", "1.2.3.4"],
    ["Proxy-Authorization", "a"],
    ["TE", "trailers"],
    ["Keep-Alive", "timeout=5"],
    ["X-Hop", "a"],
  ])("no %s", async (name, value) => {
    await serving.start();
    const headers = { ...serving.said("a.secret.token"), connection: "close, x-hop", [name]: value };
    expect((await serving.ask("/chat", { headers })).status).toBe(200);
    const raw = serving.got[0]?.raw as readonly string[];
    expect(raw).not.toContain(value);
    expect(raw.join("\n")).not.toMatch(/x-ambit-|a\.secret\.token/i);
  });

  test("no trailers", async () => {
    await serving.start();
    let trailers: unknown;
    serving.does = (incoming, outgoing) => {
      incoming.resume().on("end", () => {
        trailers = incoming.rawTrailers;
        outgoing.end();
      });
    };
    const made = serving.open("/chat", { method: "POST", headers: { ...serving.said(), trailer: "ambit-run" } });
    made.addTrailers({ "ambit-run": "a" });
    made.end("a");
    await once(made, "response");
    expect([trailers, got("trailer")]).toEqual([[], []]);
  });

  test("a body part by part, while the client still sends", async () => {
    await serving.start();
    const parts: string[] = [];
    serving.does = (incoming, outgoing) => {
      incoming.on("data", (part: Buffer) => parts.push(part.toString("utf8")));
      incoming.on("end", () => outgoing.end());
    };
    const made = serving.open("/chat", { method: "POST" });
    made.write("one");
    await until(() => parts.join("") === "one");
    made.end("two");
    await once(made, "response");
    expect(parts.join("")).toBe("onetwo");
  });

  test("a body for which the client waited to be told to go on", async () => {
    await serving.start();
    const made = serving.open("/chat", {
      method: "POST",
      headers: { ...serving.said(), expect: "100-continue", "content-length": "3" },
    });
    made.flushHeaders();
    await once(made, "continue");
    expect(serving.running.exchange.to("/runs")).toHaveLength(1);
    made.end("abc");
    const [response] = (await once(made, "response")) as [IncomingMessage];
    expect([response.statusCode, got("expect")]).toEqual([200, []]);
  });
});

describe("the caller is answered", () => {
  test("status, headers and body as the agent gave them, and the reference of the run", async () => {
    await serving.start();
    serving.does = (_, outgoing) => {
      outgoing.writeHead(418, "Short and stout", ["X-A", "1", "Set-Cookie", "a=b", "Set-Cookie", "c=d"]);
      outgoing.end("{}");
    };
    const { status, headers, text } = await serving.ask();
    expect([status, text, headers["x-a"], headers["set-cookie"]]).toEqual([418, "{}", "1", ["a=b", "c=d"]]);
    const tag = createHash("sha256").update(`run-1 ${ADDRESS}`).digest("hex").slice(0, 16);
    expect(headers["ambit-run"]).toBe(`run-1.${tag}`);
  });

  test.each(["Ambit-Run", "X-Ambit-Decision", "ambit_run", "X-Envoy-Immediate-Health-Check-Fail"])(
    "no %s of the agent, also not its handle",
    async (name) => {
      await serving.start();
      serving.does = (incoming, outgoing) => outgoing.setHeader(name, incoming.headers["ambit-run"] as string).end();
      const { headers } = await serving.ask();
      expect(JSON.stringify(headers)).not.toContain(got("ambit-run")[0]);
      expect(headers["ambit-run"]).toMatch(/^run-1\./);
    },
  );

  test.each([
    ["HEAD", 200, { "content-length": "7" }],
    ["GET", 204, {}],
    ["GET", 304, { etag: '"a"' }],
  ])("without a body: %s with %s", async (method, status, headers) => {
    await serving.start();
    serving.does = (_, outgoing) => outgoing.writeHead(status, headers).end();
    const answer = await serving.ask("/chat", { method });
    expect([answer.status, answer.text]).toEqual([status, ""]);
    expect(answer.headers).toMatchObject(headers);
    expect(answer.headers["transfer-encoding"]).toBeUndefined();
  });

  test("nothing of what the agent says before: 1xx are dropped", async () => {
    await serving.start();
    serving.does = (_, outgoing) => {
      outgoing.writeEarlyHints({ link: "</style.css>; rel=preload" });
      outgoing.end("done");
    };
    const made = serving.open();
    const said: unknown[] = [];
    made.on("information", (information) => said.push(information));
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    expect([response.statusCode, said]).toEqual([200, []]);
  });

  test("no trailers", async () => {
    await serving.start();
    serving.does = (_, outgoing) => {
      outgoing.writeHead(200, { trailer: "x-a" });
      outgoing.write("a");
      outgoing.addTrailers({ "x-a": "1" });
      outgoing.end();
    };
    const made = serving.open();
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    await once(response.resume(), "end");
    expect(response.rawTrailers).toEqual([]);
  });

  test("megabytes, both ways, as they are", async () => {
    await serving.start();
    serving.does = (incoming, outgoing) => incoming.pipe(outgoing);
    const body = "0123456789abcdef".repeat(200_000);
    expect((await serving.ask("/chat", { method: "POST" }, body)).text === body).toBe(true);
  });

  test("early, by an agent that never reads the body", async () => {
    await serving.start();
    serving.does = (_, outgoing) => outgoing.writeHead(413).end("too much");
    const answer = await serving.ask("/chat", { method: "POST" }, Buffer.alloc(5_000_000));
    expect([answer.status, answer.text]).toEqual([413, "too much"]);
  });
});

test("connections are kept for the next request, which begins its own run", async () => {
  await serving.start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await serving.ask("/chat", { agent });
  await serving.ask("/chat", { agent });
  expect(serving.running.exchange.to("/runs")).toHaveLength(2);
  agent.destroy();
});

test("a connection that is too old is not kept", async () => {
  serving.running.inboundLimits = { connectionMilliseconds: 0 };
  await serving.start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect((await serving.ask("/chat", { agent })).headers.connection).toBe("close");
  agent.destroy();
});
