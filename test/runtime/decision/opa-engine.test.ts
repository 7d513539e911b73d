import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DecisionInput } from "../../../domain";
import { Decider } from "../../../runtime/decision/decider";
import { EngineError } from "../../../runtime/decision/engine";
import { OpaEngine, type OpaEngineProps } from "../../../runtime/decision/opa-engine";
import { bases } from "../../support/decisions/cases";
import { type Asked, recorder } from "../../support/recorder";

const INPUT = bases.get("triage reads a ticket") as DecisionInput;
const ALLOWED = { allow: true, reasons: [], observed: [], revision: 7 };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Listening {
  readonly socket: string;
  readonly server: Server;
  readonly asked: readonly Asked[];
}

async function listen(server: Server): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "ambit-opa-"));
  const socket = join(folder, "opa.sock");
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  closing.push(async () => {
    if ("closeAllConnections" in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });
  return socket;
}

async function listening(answer: (response: ServerResponse) => void): Promise<Listening> {
  const { listener, asked } = recorder(answer);
  const server = createServer(listener);
  return { socket: await listen(server), server, asked };
}

function engine(socket: string, props: Partial<OpaEngineProps> = {}): OpaEngine {
  const made = new OpaEngine({ server: { socket }, timeoutMs: 5_000, ...props });
  closing.push(() => made.close());
  return made;
}

const json = (value: unknown) => (response: ServerResponse) => response.end(JSON.stringify(value));
const decideWith = async (answer: (response: ServerResponse) => unknown, props: Partial<OpaEngineProps> = {}) =>
  engine((await listening(answer)).socket, props).decide(INPUT);
const failure = (code: string, message: string | RegExp) => ({
  name: "EngineError",
  code,
  message: typeof message === "string" ? message : (expect.stringMatching(message) as string),
});

describe("a sound answer", () => {
  test.each([
    ["allows", ALLOWED],
    ["allows and names what was observed", { ...ALLOWED, observed: ["budget.spent"] }],
    ["denies", { allow: false, reasons: ["agent.suspended", "run.over"], observed: [], revision: 0 }],
    ["denies by a rule of the platform's own", { allow: false, reasons: ["custom.night"], observed: [], revision: 1 }],
  ])("%s", async (_, verdict) => {
    expect(await decideWith(json({ result: verdict }))).toEqual(verdict);
  });

  test("is read with any members beside the result", async () => {
    expect(await decideWith(json({ decision_id: "1", warning: {}, result: ALLOWED }))).toEqual(ALLOWED);
  });

  test("comes to exactly one question, which is the input and nothing else", async () => {
    const { socket, asked } = await listening(json({ result: ALLOWED }));
    await engine(socket).decide(INPUT);
    const { request, body } = asked[0] as Listening["asked"][number];
    expect([request.method, request.url]).toEqual(["POST", "/v1/data/ambit/decision/result"]);
    expect(request.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(body)).toEqual({ input: INPUT });
  });
});

describe("connections", () => {
  test("one is kept for the next question", async () => {
    const { socket, server } = await listening(json({ result: ALLOWED }));
    let connections = 0;
    server.on("connection", () => connections++);
    const asking = engine(socket);
    await asking.decide(INPUT);
    await asking.decide(INPUT);
    expect(connections).toBe(1);
  });

  test("one that OPA has closed is replaced by a new one", async () => {
    const { socket, server, asked } = await listening(json({ result: ALLOWED }));
    const sockets: Socket[] = [];
    server.on("connection", (connection) => sockets.push(connection));
    const asking = engine(socket);
    await asking.decide(INPUT);
    sockets[0]?.destroy();
    expect(await asking.decide(INPUT)).toEqual(ALLOWED);
    expect([asked.length, sockets.length]).toEqual([2, 2]);
  });

  test("many questions at once get each their own answer", async () => {
    const revisions = Array.from({ length: 100 }, (_, index) => index);
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const { input } = JSON.parse(body) as { readonly input: DecisionInput };
        setTimeout(() => json({ result: { ...ALLOWED, revision: input.revisionSeen } })(response), 5);
      });
    });
    const asking = engine(await listen(server));
    const verdicts = await Promise.all(revisions.map((revisionSeen) => asking.decide({ ...INPUT, revisionSeen })));
    expect(verdicts.map(({ revision }) => revision)).toEqual(revisions);
  });
});

describe("fails with engine.error", () => {
  test.each([201, 204, 301, 302, 307, 400, 401, 404, 500, 503])(
    "when the status is %i, with any body",
    async (status) => {
      const answer = decideWith((response) => {
        response.statusCode = status;
        response.setHeader("location", "/v1/data/ambit/decision/result");
        json({ result: ALLOWED })(response);
      });
      await expect(answer).rejects.toMatchObject(
        failure("engine.error", `asking OPA failed: OPA answered with status ${status}, and 200 is expected`),
      );
    },
  );

  test.each<readonly [string, unknown]>([
    ["there is no result: no bundle has come yet", {}],
    ["the result is null", { result: null }],
    ["the result is true", { result: true }],
    ["the result is a list of results", { result: [{ result: ALLOWED }] }],
    ["the answer is a list", [ALLOWED]],
    ["the answer is null", null],
    ["the answer is a text", "allow"],
    ["the verdict stands outside the result", ALLOWED],
    ["allow is a text", { result: { ...ALLOWED, allow: "true" } }],
    ["allow is missing", { result: { reasons: [], observed: [], revision: 7 } }],
    ["it allows and gives a reason", { result: { ...ALLOWED, reasons: ["run.over"] } }],
    ["it denies without a reason", { result: { ...ALLOWED, allow: false } }],
    ["it denies and observes", { result: { allow: false, reasons: ["run.over"], observed: ["a"], revision: 7 } }],
    ["a reason is empty", { result: { ...ALLOWED, allow: false, reasons: [""] } }],
    ["a reason is no text", { result: { ...ALLOWED, allow: false, reasons: [7] } }],
    ["reasons are an object", { result: { ...ALLOWED, allow: false, reasons: { "run.over": true } } }],
    ["observed is missing", { result: { allow: true, reasons: [], revision: 7 } }],
    ["the revision is below zero", { result: { ...ALLOWED, revision: -1 } }],
    ["the revision is no whole number", { result: { ...ALLOWED, revision: 1.5 } }],
    ["the revision is a text", { result: { ...ALLOWED, revision: "7" } }],
    ["the revision is missing", { result: { allow: true, reasons: [], observed: [] } }],
  ])("when %s", async (_, value) => {
    const unsound = failure("engine.error", /^OPA gave no sound verdict: /);
    await expect(decideWith(json(value))).rejects.toMatchObject(unsound);
  });

  test.each<readonly [string, string | Buffer]>([
    ["empty", ""],
    ["no JSON", "true"],
    ["cut off", '{"result":{"allow":true'],
    ["followed by more", '{"result":{}}{"result":{}}'],
    ["begun with a byte order mark", `\ufeff${JSON.stringify({ result: ALLOWED })}`],
    ["not UTF-8", Buffer.from('{"result":"\xff"}', "latin1")],
  ])("when the answer is %s", async (what, text) => {
    const message = what === "no JSON" ? /^OPA gave no sound verdict: / : /^OPA's answer must be JSON in UTF-8: /;
    await expect(decideWith((response) => response.end(text))).rejects.toMatchObject(failure("engine.error", message));
  });

  test("when the answer is larger than allowed, without reading the rest", async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const answer = decideWith((response) => {
      closed = new Promise((resolve) => response.on("close", resolve));
      const more = (): void => {
        while (!response.destroyed && response.write(" ".repeat(65_536)));
        response.once("drain", more);
      };
      more();
    });
    const message = "asking OPA failed: the answer must have at most 65536 bytes";
    await expect(answer).rejects.toMatchObject(failure("engine.error", message));
    await closed;
  });

  test("when the answer breaks off", async () => {
    const answer = decideWith((response) => {
      response.writeHead(200, { "content-length": "200" }).write('{"result":');
      setTimeout(() => response.destroy(), 10);
    });
    await expect(answer).rejects.toMatchObject(failure("engine.error", /^asking OPA failed: /));
  });

  test("when the connection is closed instead of an answer, after one question only", async () => {
    const { socket, asked } = await listening((response) => response.destroy());
    await expect(engine(socket).decide(INPUT)).rejects.toMatchObject(failure("engine.error", /socket hang up$/));
    expect(asked).toHaveLength(1);
  });

  test("when the socket does not exist", async () => {
    const missing = engine(join(tmpdir(), "ambit-no-opa.sock"));
    await expect(missing.decide(INPUT)).rejects.toMatchObject(failure("engine.error", /ENOENT/));
  });

  test("when the other side speaks no HTTP", async () => {
    const socket = await listen(createTcpServer((connection) => connection.resume().end("220 mail ESMTP\r\n")));
    await expect(engine(socket).decide(INPUT)).rejects.toMatchObject(failure("engine.error", /Parse Error/));
  });

  test("when the engine was closed and OPA is gone", async () => {
    const { socket, server } = await listening(json({ result: ALLOWED }));
    const asking = engine(socket);
    await asking.decide(INPUT);
    asking.close();
    await new Promise((resolve) => server.close(resolve));
    await expect(asking.decide(INPUT)).rejects.toBeInstanceOf(EngineError);
  });
});

describe("fails with engine.timeout", () => {
  test.each<readonly [string, (response: ServerResponse) => unknown]>([
    ["no answer comes", () => undefined],
    ["the answer comes too late", (response) => setTimeout(() => json({ result: ALLOWED })(response), 200)],
    ["only the head comes", (response) => response.writeHead(200).flushHeaders()],
    [
      "the answer comes byte by byte",
      (response) => {
        const bytes = JSON.stringify({ result: ALLOWED });
        let sent = 0;
        const timer = setInterval(() => response.write(bytes[sent++] ?? " "), 20);
        response.on("close", () => clearInterval(timer));
      },
    ],
  ])("when %s", async (_, answer) => {
    const late = failure("engine.timeout", "OPA must answer within 60 ms");
    await expect(decideWith(answer, { timeoutMs: 60 })).rejects.toMatchObject(late);
  });

  test("after 250 milliseconds where nothing else is said", async () => {
    const { socket } = await listening(() => undefined);
    const asking = new OpaEngine({ server: { socket } });
    closing.push(() => asking.close());
    const start = performance.now();
    await expect(asking.decide(INPUT)).rejects.toMatchObject(
      failure("engine.timeout", "OPA must answer within 250 ms"),
    );
    expect(performance.now() - start).toBeGreaterThanOrEqual(245);
  });

  test("and the connection that was late is not used again", async () => {
    let late: Parameters<ReturnType<typeof json>>[0] | undefined;
    const { socket } = await listening((response) => {
      if (late === undefined) return void (late = response);
      json({ result: { ...ALLOWED, revision: 1 } })(late);
      json({ result: { ...ALLOWED, revision: 7 } })(response);
    });
    const asking = engine(socket, { timeoutMs: 500 });
    await expect(asking.decide(INPUT)).rejects.toMatchObject({ code: "engine.timeout" });
    expect((await asking.decide(INPUT)).revision).toBe(7);
  });
});

describe("settings", () => {
  test.each([0, -1, 1.5, 10_001, Infinity, NaN])("fails when timeoutMs is %d", (timeoutMs) => {
    const shown = JSON.stringify(timeoutMs);
    expect(() => new OpaEngine({ server: { socket: "/run/opa.sock" }, timeoutMs })).toThrow(
      `timeoutMs of OPA must be a whole number from 1 to 10000, got ${shown}`,
    );
  });

  test.each(["opa.sock", "", `/${"s".repeat(107)}`, `/${"ü".repeat(60)}`])("fails when the socket is %p", (socket) => {
    expect(() => new OpaEngine({ server: { socket } })).toThrow(
      `socket of OPA must be an absolute path of at most 107 bytes, got ${JSON.stringify(socket)}`,
    );
  });
});

test("what goes wrong is a denial with its reason to the decider", async () => {
  const { socket } = await listening((response) => response.writeHead(500).end());
  const decision = await new Decider(engine(socket)).decide(INPUT);
  expect(decision).toMatchObject({ decision: "deny", reasons: [{ code: "engine.error" }] });
});
