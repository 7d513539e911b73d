import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { hashes, headerOf } from "../../../support/companion/fake-gateway";
import { codesOf, NOON } from "../../../support/companion/running";
import { BY_TASK, bytesOf, ToTools, until } from "../../../support/companion/to-tools";
import { thumbprintOf } from "../../../support/companion/trust";

let to: ToTools;
beforeEach(() => {
  to = new ToTools();
});
afterEach(() => to.close());

const MIB = 1_048_576;

describe("a request reaches the gateway", () => {
  test("as the agent, with a token of the run for the tool", async () => {
    await to.start();
    await to.running.begin();
    const answer = await to.ask(`${BY_TASK}/tickets/7?fields=id`);
    expect([answer.status, answer.text]).toEqual([200, "done"]);
    const [arrived] = to.gateway.arrived;
    expect(arrived).toMatchObject({ method: "GET", target: "/tools/zendesk/tickets/7?fields=id" });
    expect(arrived?.thumbprint).toBe(thumbprintOf(to.running.svid));
    expect(headerOf(arrived as never, "authorization")).toEqual(["Bearer token-1"]);
    expect(headerOf(arrived as never, "host")).toEqual([new URL(to.gateway.url).host]);
  });

  test("with a token for all that the task allows, fetched once for all requests", async () => {
    await to.start();
    await to.running.begin({ audience: "exchange", delegate: "other.task" });
    await Promise.all(Array.from({ length: 20 }, () => to.ask(BY_TASK)));
    const asked = to.running.exchange.to("/token").slice(1);
    expect(asked.map(({ form }) => [form.audience, form.scope])).toEqual([["tool:zendesk", undefined]]);
    expect(to.gateway.arrived).toHaveLength(20);
  });

  test.each([
    ["", ""],
    ["/", "/"],
    ["?q=1", "?q=1"],
    ["/a//b/../%2e%2E/c;d=e/%00%0d%0a/", "/a//b/../%2e%2E/c;d=e/%00%0d%0a/"],
    ["/a?b=/../c&d=%zz?#e", "/a?b=/../c&d=%zz?#e"],
    ['/a\\b^|`{}"<>', '/a\\b^|`{}"<>'],
  ])("at the target %j as it was sent", async (rest, received) => {
    await to.start();
    await to.running.begin();
    const answer = await to.raw(`GET ${BY_TASK}${rest} HTTP/1.1\r\nHOST\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(to.gateway.arrived.map(({ target }) => target)).toEqual([`/tools/zendesk${received}`]);
  });

  test.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PROPFIND"])(
    "by %s without a body",
    async (method) => {
      await to.start();
      await to.running.begin();
      expect((await to.ask(BY_TASK, { method })).status).toBe(200);
      expect(to.gateway.arrived[0]?.method).toBe(method);
      expect(headerOf(to.gateway.arrived[0] as never, "transfer-encoding")).toEqual([]);
    },
  );

  test.each([
    ["5 MiB by length", "POST", { "content-length": 5 * MIB }],
    ["5 MiB in chunks", "POST", { "transfer-encoding": "chunked" }],
    ["a body of GET", "GET", { "content-length": 5 * MIB }],
    ["a body of DELETE in chunks", "DELETE", { "transfer-encoding": "chunked" }],
  ])("with %s, byte for byte", async (_, method, headers) => {
    await to.start();
    await to.running.begin();
    to.gateway.does = hashes;
    const body = randomBytes(5 * MIB);
    const answer = await to.ask(BY_TASK, { method, headers }, body);
    expect(answer.json).toEqual({ hash: createHash("sha256").update(body).digest("hex"), bytes: 5 * MIB });
    const framing = Object.entries(headers).map(([name, value]) => [name, `${value}`]);
    expect(framing.map(([name]) => [name, ...headerOf(to.gateway.arrived[0] as never, name as string)])).toEqual(
      framing,
    );
  });

  test("once it may go on, where it waits for that", async () => {
    await to.start();
    await to.running.begin();
    to.gateway.does = hashes;
    const made = to.open(BY_TASK, { method: "POST", headers: { expect: "100-continue", "content-length": 2 } });
    made.flushHeaders();
    await once(made, "continue");
    made.end("{}");
    const [response] = (await once(made, "response")) as [IncomingMessage];
    expect(JSON.parse((await bytesOf(response)).toString())).toMatchObject({ bytes: 2 });
    expect(headerOf(to.gateway.arrived[0] as never, "expect")).toEqual([]);
  });

  test("before all of its body is there", async () => {
    await to.start();
    await to.running.begin();
    to.gateway.does = (incoming, outgoing) => incoming.once("data", (part: Buffer) => outgoing.end(part));
    const made = to.open(BY_TASK, { method: "POST" });
    made.write("the first part");
    const [response] = (await once(made, "response")) as [IncomingMessage];
    expect((await bytesOf(response)).toString()).toBe("the first part");
    made.end();
  });
});

describe("an answer comes back", () => {
  test("with its status, its reason and its headers in their order, repeated ones too", async () => {
    await to.start();
    await to.running.begin();
    to.gateway.does = (_, outgoing) => {
      outgoing.sendDate = false;
      const headers = ["X-B", "2", "Set-Cookie", "a=1", "x-a", "1", "Set-Cookie", "b=2", "X-Latin", "\xe9\xff"];
      outgoing.writeHead(418, "Short And Stout", [...headers, "Content-Length", "2"]);
      outgoing.end(Buffer.from("no"));
    };
    const answer = await to.raw(`GET ${BY_TASK} HTTP/1.1\r\nHOST\r\nConnection: close\r\n\r\n`);
    expect(answer).toBe(
      "HTTP/1.1 418 Short And Stout\r\nX-B: 2\r\nSet-Cookie: a=1\r\nx-a: 1\r\nSet-Cookie: b=2\r\n" +
        "X-Latin: \xe9\xff\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
    );
  });

  test.each([
    ["HEAD", 200, { "content-length": "1234" }],
    ["GET", 204, {}],
    ["GET", 304, { etag: '"a"' }],
  ])("without a body by %s with %i", async (method, status, headers) => {
    await to.start();
    await to.running.begin();
    to.gateway.does = (_, outgoing) => outgoing.writeHead(status, headers).end();
    const answer = await to.ask(BY_TASK, { method });
    expect([answer.status, answer.text]).toEqual([status, ""]);
    expect(answer.headers).toMatchObject(headers);
  });

  test("event by event, each before the next is there", async () => {
    await to.start();
    await to.running.begin();
    const events = ["data: one\n\n", "data: two\n\n", "data: three\n\n"];
    let next: () => unknown = () => undefined;
    to.gateway.does = (_, outgoing) => {
      outgoing.writeHead(200, { "content-type": "text/event-stream" });
      outgoing.flushHeaders();
      const left = [...events];
      next = () => (left.length === 0 ? outgoing.end() : outgoing.write(left.shift()));
    };
    const made = to.open(BY_TASK);
    made.end();
    // The head comes while there is no event at all.
    const [response] = (await once(made, "response")) as [IncomingMessage];
    for (const event of events) {
      next();
      expect(`${((await once(response, "data")) as [Buffer])[0].toString()}`).toBe(event);
    }
    next();
    await once(response, "end");
  });

  test("as fast as the client reads, with the rest left at the gateway", async () => {
    await to.start();
    await to.running.begin();
    const part = randomBytes(65_536);
    const [parts, hash] = [1_024, createHash("sha256")];
    let sent = 0;
    to.gateway.does = (_, outgoing) => {
      const more = (): void => {
        while (sent < parts) {
          sent += 1;
          hash.update(part);
          if (!outgoing.write(part)) return void outgoing.once("drain", more);
        }
        outgoing.end();
      };
      more();
    };
    const made = to.open(BY_TASK);
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    for (let before = -1; before !== sent;) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(sent).toBeLessThan(parts / 2);
    const received = createHash("sha256");
    for await (const chunk of response as AsyncIterable<Buffer>) received.update(chunk);
    expect(received.digest("hex")).toBe(hash.digest("hex"));
  });

  test.each(["close", "keep-alive"])(
    "before the request is whole, to a client that sends all of it first (%s)",
    async (connection) => {
      await to.start();
      await to.running.begin();
      to.gateway.does = (_, outgoing) => outgoing.writeHead(413).end("too much");
      const answer = await to.ask(BY_TASK, { method: "POST", headers: { connection } }, randomBytes(20 * MIB));
      expect([answer.status, answer.text]).toEqual([413, "too much"]);
    },
  );

  test("once, after what only announces it", async () => {
    await to.start();
    await to.running.begin();
    to.gateway.does = (_, outgoing) => {
      outgoing.writeProcessing();
      outgoing.writeEarlyHints({ link: "</a>; rel=preload" });
      outgoing.end("then");
    };
    const made = to.open(BY_TASK);
    let announced = 0;
    made.on("information", () => (announced += 1));
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    expect((await bytesOf(response)).toString()).toBe("then");
    expect(announced).toBe(0);
  });

  test("also where it leads elsewhere: the client decides whether to follow", async () => {
    await to.start();
    await to.running.begin();
    to.gateway.does = (_, outgoing) => outgoing.writeHead(302, { location: `${to.gateway.url}/elsewhere` }).end();
    const answer = await to.ask(BY_TASK);
    expect([answer.status, answer.headers.location]).toEqual([302, `${to.gateway.url}/elsewhere`]);
    expect(to.gateway.arrived).toHaveLength(1);
  });
});

describe("ends on both sides when", () => {
  /** An answer under way, and whether the gateway's side of it has ended */
  async function underWay(
    path = BY_TASK,
  ): Promise<{ readonly ended: () => boolean; readonly response: IncomingMessage }> {
    let closed = false;
    to.gateway.does = (_, outgoing) => {
      outgoing.on("close", () => (closed = true));
      outgoing.write("a beginning");
    };
    const made = to.open(path);
    made.on("error", () => undefined);
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    response.on("error", () => undefined);
    response.resume();
    return { ended: () => closed, response };
  }

  test("the client goes away", async () => {
    await to.start();
    await to.running.begin();
    const { ended, response } = await underWay();
    response.destroy();
    await until(ended);
  });

  test("the client goes away in the middle of its body", async () => {
    await to.start();
    await to.running.begin();
    let aborted = false;
    to.gateway.does = (incoming) => incoming.resume().on("aborted", () => (aborted = true));
    const made = to.open(BY_TASK, { method: "POST", headers: { "content-length": 100 } });
    made.on("error", () => undefined);
    made.write("a beginning");
    await until(() => to.gateway.arrived.length === 1);
    made.destroy();
    await until(() => aborted);
  });

  test("the gateway breaks off, so that no client takes the half for the whole", async () => {
    await to.start();
    await to.running.begin();
    to.gateway.does = (_, outgoing) => void outgoing.write("a half", () => outgoing.destroy());
    const made = to.open(BY_TASK);
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    await expect(bytesOf(response)).rejects.toThrow("aborted");
  });

  test("the run is ended", async () => {
    await to.start();
    const run = await to.running.begin();
    const { ended, response } = await underWay();
    await to.running.ask(`/v1/runs/${run}`, { method: "DELETE" });
    await until(() => ended() && response.destroyed);
    expect(response.complete).toBe(false);
  });

  test("the run is over by its time", async () => {
    to.running.exchange.runSeconds = 1;
    await to.start();
    await to.running.begin();
    const { ended, response } = await underWay();
    await until(() => ended() && response.destroyed);
    expect([response.complete, to.running.now]).toEqual([false, NOON]);
  });

  test("the SPIFFE ID becomes another", async () => {
    await to.start();
    await to.running.begin();
    const { ended } = await underWay();
    const other = to.running.authority.svid(`spiffe://prod.acme.example/ns/support/sa/other`);
    to.running.source.give(other, to.running.authority.own);
    expect(codesOf(await to.ask(BY_TASK))).toEqual(["companion.no-run"]);
    await until(ended);
  });

  test("it has lasted as long as any may", async () => {
    await to.start({}, { streamMilliseconds: 300 });
    await to.running.begin();
    const { ended, response } = await underWay();
    await until(() => ended() && response.destroyed);
    expect(response.complete).toBe(false);
  });
});
