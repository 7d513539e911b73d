import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import {
  IntentEvaluator,
  type IntentEvaluatorProps,
  type IntentQuestion,
} from "../../../runtime/decision/intent-evaluator";
import { certificate } from "../../support/certificate";
import { INTENT_QUESTION as QUESTION } from "../../support/intent-question";
import { type Asked, recorder } from "../../support/recorder";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Listening {
  readonly url: string;
  readonly server: Server;
  /** What was asked, with each body */
  readonly asked: readonly Asked[];
}

async function listening(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<Listening> {
  const { listener, asked } = recorder(answer);
  const server = createServer(listener);
  return { url: `http://127.0.0.1:${await portOf(server)}/judge?v=1`, server, asked };
}

async function portOf(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function evaluator(props: IntentEvaluatorProps): IntentEvaluator {
  const made = new IntentEvaluator({ timeoutMs: 2_000, ...props });
  closing.push(() => made.close());
  return made;
}

const json = (value: unknown) => (response: ServerResponse) => response.end(JSON.stringify(value));
const askWith = async (answer: Parameters<typeof listening>[0], props: Partial<IntentEvaluatorProps> = {}) =>
  evaluator({ url: (await listening(answer)).url, ...props }).ask(QUESTION);
const error = (reason: string) => ({ intent: { verdict: "error" }, reason });

describe("answers", () => {
  test.each(["allowed", "refused"] as const)("%s is the verdict", async (verdict) => {
    expect(await askWith(json({ verdict }))).toEqual({ intent: { verdict }, reason: "" });
  });

  test("the reason is beside the verdict", async () => {
    const answer = { verdict: "refused", reason: "the ticket does not mention a refund" };
    expect(await askWith(json(answer))).toEqual({ intent: { verdict: "refused" }, reason: answer.reason });
  });

  test("the question is the call and its goal, and says nothing of who the user is", async () => {
    const { url, asked } = await listening(json({ verdict: "allowed" }));
    await evaluator({ url }).ask({ ...QUESTION, user: { subject: "ida" } } as IntentQuestion);
    const { request, body } = asked[0] as Listening["asked"][number];
    expect([request.method, request.url]).toEqual(["POST", "/judge?v=1"]);
    expect(request.headers).toMatchObject({ "content-type": "application/json", "accept-encoding": "identity" });
    expect(JSON.parse(body)).toEqual({ version: "ambit.intent/1", ...QUESTION });
  });

  test("arguments are sent where they are given", async () => {
    const { url, asked } = await listening(json({ verdict: "allowed" }));
    await evaluator({ url }).ask({ ...QUESTION, arguments: { id: "7", body: "ünï" } });
    expect(JSON.parse(asked[0]?.body ?? "")).toMatchObject({ arguments: { id: "7", body: "ünï" } });
  });

  test("a connection is kept for the next question", async () => {
    const { url, asked } = await listening(json({ verdict: "allowed" }));
    const asking = evaluator({ url });
    await asking.ask(QUESTION);
    await asking.ask(QUESTION);
    const [first, second] = asked.map(({ request }) => request.socket.remotePort);
    expect(second).toBe(first);
  });

  test("a kept connection that the other side has closed is replaced by a new one", async () => {
    const { url, server, asked } = await listening(json({ verdict: "allowed" }));
    const sockets: Socket[] = [];
    server.on("connection", (socket) => sockets.push(socket));
    const asking = evaluator({ url });
    await asking.ask(QUESTION);
    sockets[0]?.resetAndDestroy();
    expect(await asking.ask(QUESTION)).toEqual({ intent: { verdict: "allowed" }, reason: "" });
    expect([asked.length, sockets.length]).toEqual([2, 2]);
  });

  test("many questions at once get each their own answer", async () => {
    const { url } = await listening((response, request) => {
      setTimeout(() => json({ verdict: "allowed", reason: String(request.headers["content-length"]) })(response), 5);
    });
    const asking = evaluator({ url });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => asking.ask({ ...QUESTION, task: "t".repeat(index + 1) })),
    );
    const lengths = answers.map(({ reason }) => Number(reason));
    expect(lengths).toEqual(lengths.map((_, index) => (lengths[0] as number) + index));
  });
});

describe("what a stranger writes", () => {
  test("control characters, line ends and characters that turn or hide text are taken out of the reason", async () => {
    const reason = "no\u001b[2J\r\nlevel=info \u202eneddih\u202c zero\u200bwidth\u2028end\u0000";
    const { reason: shown } = await askWith(json({ verdict: "refused", reason }));
    expect(shown).toBe("no [2J level=info  neddih  zero width end");
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  test("a long reason is cut after 500 characters, between characters", async () => {
    const { reason } = await askWith(json({ verdict: "refused", reason: "😀".repeat(1_000) }));
    expect(reason).toBe(`${"😀".repeat(500)}…`);
  });
});

describe("fails with error", () => {
  test.each([201, 204, 400, 401, 403, 404, 429, 500, 503])("when the status is %i, with any body", async (status) => {
    const answer = await askWith((response) => {
      response.statusCode = status;
      json({ verdict: "allowed" })(response);
    });
    expect(answer).toEqual(error(`the evaluator answered with status ${status}, and 200 is expected`));
  });

  test.each([301, 302, 303, 307, 308])("when it is redirected by %i: the new place is not asked", async (status) => {
    const other = await listening(json({ verdict: "allowed" }));
    const answer = await askWith((response) => response.writeHead(status, { location: other.url }).end());
    expect(answer).toEqual(error(`the evaluator answered with status ${status}, and 200 is expected`));
    expect(other.asked).toEqual([]);
  });

  test.each([
    ["a word that is no verdict", { verdict: "yes" }, 'verdict must be allowed or refused, got "yes"'],
    ["its own error", { verdict: "error" }, 'verdict must be allowed or refused, got "error"'],
    ["its own time-out", { verdict: "timeout" }, 'verdict must be allowed or refused, got "timeout"'],
    ["capitals", { verdict: "ALLOWED" }, 'verdict must be allowed or refused, got "ALLOWED"'],
    ["true", { verdict: true }, "verdict must be allowed or refused, got true"],
    ["no verdict", {}, "verdict must be allowed or refused, got undefined"],
    ["a list of verdicts", { verdict: ["allowed"] }, 'verdict must be allowed or refused, got ["allowed"]'],
    ["a reason that is no text", { verdict: "allowed", reason: {} }, "reason must be a text, got {}"],
    ["null as reason", { verdict: "allowed", reason: null }, "reason must be a text, got null"],
    [
      "another field",
      { verdict: "allowed", confidence: 0.2 },
      "the answer must be an object of verdict and reason, got confidence",
    ],
    ["a list", [{ verdict: "allowed" }], "the answer must be an object of verdict and reason"],
    ["a text", "allowed", "the answer must be an object of verdict and reason"],
    ["null", null, "the answer must be an object of verdict and reason"],
  ])("when the answer is %s", async (_, value, reason) => {
    expect(await askWith(json(value))).toEqual(error(reason));
  });

  test.each<readonly [string, string | Buffer]>([
    ["empty", ""],
    ["no JSON", "allowed"],
    ["cut off", '{"verdict":"allowed"'],
    ["followed by more", '{"verdict":"allowed"}{"verdict":"refused"}'],
    ["begun with a byte order mark", '\ufeff{"verdict":"allowed"}'],
    ["not UTF-8", Buffer.from('{"verdict":"allowed","reason":"\xff"}', "latin1")],
    ["a page of a captive portal", "<!doctype html><title>allowed</title>"],
  ])("when the answer is %s", async (_, text) => {
    const { intent, reason } = await askWith((response) => response.end(text));
    expect(intent).toEqual({ verdict: "error" });
    expect(reason).toMatch(/^the answer must be JSON in UTF-8: /);
  });

  test("when the answer is larger than allowed, without reading the rest", async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const answer = await askWith((response) => {
      closed = new Promise((resolve) => response.on("close", resolve));
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
        response.once("drain", more);
      };
      more();
    });
    expect(answer).toEqual(error("the answer must have at most 16384 bytes"));
    await closed;
  });

  test("when the refused answer never ends, the connection is closed", async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const answer = await askWith((response) => {
      closed = new Promise((resolve) => response.on("close", resolve));
      response.writeHead(503).write("x");
    });
    expect(answer.intent.verdict).toBe("error");
    await closed;
  });

  test("when the answer breaks off", async () => {
    const answer = await askWith((response) => {
      response.writeHead(200, { "content-length": "21" }).write('{"verdict":"allowed"');
      setTimeout(() => response.destroy(), 10);
    });
    expect(answer.intent).toEqual({ verdict: "error" });
  });

  test("when the connection is closed instead of an answer, after one question only", async () => {
    const { url, asked } = await listening((response) => response.destroy());
    expect((await evaluator({ url }).ask(QUESTION)).intent).toEqual({ verdict: "error" });
    expect(asked).toHaveLength(1);
  });

  test("when the port is closed", async () => {
    const { url, server } = await listening(json({ verdict: "allowed" }));
    await new Promise((resolve) => server.close(resolve));
    expect((await evaluator({ url }).ask(QUESTION)).intent).toEqual({ verdict: "error" });
  });

  test("when the name is not known", async () => {
    const { intent, reason } = await evaluator({ url: "https://intent.invalid/judge" }).ask(QUESTION);
    expect(intent.verdict).toMatch(/^(error|timeout)$/);
    expect(reason).not.toBe("");
  });

  test("when the other side speaks no HTTP", async () => {
    const server = createTcpServer((socket) => socket.resume().end("220 mail.acme.example ESMTP\r\n"));
    const url = `http://127.0.0.1:${await portOf(server)}/`;
    expect((await evaluator({ url }).ask(QUESTION)).intent).toEqual({ verdict: "error" });
  });

  test("when the question cannot be written down", async () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const { url, asked } = await listening(json({ verdict: "allowed" }));
    for (const value of [circular, 1n]) {
      expect((await evaluator({ url }).ask({ ...QUESTION, arguments: value })).intent).toEqual({ verdict: "error" });
    }
    expect(asked).toEqual([]);
  });
});

describe("fails with timeout", () => {
  const late = { intent: { verdict: "timeout" }, reason: "no answer within 60 ms" };

  test.each<readonly [string, (response: ServerResponse) => unknown]>([
    ["no answer comes", () => undefined],
    ["the answer comes too late", (response) => setTimeout(() => json({ verdict: "allowed" })(response), 120)],
    ["only the head comes", (response) => response.writeHead(200).flushHeaders()],
    [
      "the answer comes byte by byte",
      (response) => {
        let sent = 0;
        const timer = setInterval(() => response.write('{"verdict":"allowed"}'[sent++] ?? " "), 20);
        response.on("close", () => clearInterval(timer));
      },
    ],
  ])("when %s", async (_, answer) => {
    expect(await askWith(answer, { timeoutMs: 60 })).toEqual(late);
  });

  test("when the connection is accepted and nothing is said in TLS", async () => {
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => sockets.push(socket));
    const url = `https://127.0.0.1:${await portOf(server)}/`;
    expect(await evaluator({ url, timeoutMs: 60 }).ask(QUESTION)).toEqual(late);
    sockets.forEach((socket) => socket.destroy());
  });

  test("after 500 milliseconds where nothing else is said", async () => {
    const { url } = await listening(() => undefined);
    const asking = new IntentEvaluator({ url });
    closing.push(() => asking.close());
    const start = performance.now();
    expect((await asking.ask(QUESTION)).reason).toBe("no answer within 500 ms");
    expect(performance.now() - start).toBeGreaterThanOrEqual(490);
  });
});

describe("over TLS", () => {
  const authority = certificate({ commonName: "test authority" });
  const issuer = { commonName: "test authority", key: authority.key };
  const ipAddress = [127, 0, 0, 1] as const;
  const server = certificate({ commonName: "evaluator", ipAddress, issuer });
  const client = certificate({ commonName: "authorizer", issuer });

  async function tlsUrl(presented = server): Promise<string> {
    const options = { ...presented, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
    const listener: RequestListener = (_, response) => json({ verdict: "allowed" })(response);
    return `https://127.0.0.1:${await portOf(createTlsServer(options, listener))}/`;
  }

  test("both sides show a certificate of the authority", async () => {
    const tls = () => ({ ca: authority.cert, ...client });
    expect(await evaluator({ url: await tlsUrl(), tls }).ask(QUESTION)).toEqual({
      intent: { verdict: "allowed" },
      reason: "",
    });
  });

  test.each([
    ["the server's authority is not known", server, () => client],
    ["no client certificate is shown", server, () => ({ ca: authority.cert })],
    [
      "the certificate is of another host",
      certificate({ commonName: "evaluator", ipAddress: [127, 0, 0, 2], issuer }),
      () => ({ ca: authority.cert, ...client }),
    ],
    [
      "the certificate signed itself",
      certificate({ commonName: "evaluator", ipAddress }),
      () => ({ ca: authority.cert, ...client }),
    ],
    ["the client's certificate cannot be read", server, () => ({ ca: authority.cert, cert: "", key: "none" })],
  ])("fails with error when %s", async (_, presented, tls) => {
    const { intent, reason } = await evaluator({ url: await tlsUrl(presented), tls }).ask(QUESTION);
    expect(intent).toEqual({ verdict: "error" });
    expect(reason).not.toBe("");
  });

  test("fails with error when the client's certificate cannot be had", async () => {
    const tls = () => {
      throw new Error("no SVID yet");
    };
    expect(await evaluator({ url: await tlsUrl(), tls }).ask(QUESTION)).toEqual(error("no SVID yet"));
  });
});

describe("is not made", () => {
  const ofUrl = (url: string) => () => new IntentEvaluator({ url });

  test.each([
    [
      "http://intent.acme.example/judge",
      'must be https, or http at a loopback address, got "http://intent.acme.example"',
    ],
    [
      "http://127.0.0.1.acme.example/",
      'must be https, or http at a loopback address, got "http://127.0.0.1.acme.example"',
    ],
    ["http://10.0.0.1/", 'must be https, or http at a loopback address, got "http://10.0.0.1"'],
    ["file:///etc/passwd", 'must be https, or http at a loopback address, got "null"'],
    ["intent.acme.example", 'must be an https address, got "intent.acme.example"'],
    ["", 'must be an https address, got ""'],
    ["https://user:secret@intent.acme.example/", "must hold no user name or password: authenticate with tls"],
  ])("when its url is %p", (url, message) => {
    expect(ofUrl(url)).toThrow(`url of the intent evaluator ${message}`);
  });

  test.each([0, -1, 0.5, 10_001, NaN, Infinity])("when its time is %p milliseconds", (timeoutMs) => {
    expect(() => new IntentEvaluator({ url: "https://intent.acme.example", timeoutMs })).toThrow(
      `timeoutMs of the intent evaluator must be a whole number from 1 to 10000, got ${JSON.stringify(timeoutMs)}`,
    );
  });

  test.each(["https://intent.acme.example/judge", "http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:1"])(
    "but is where its url is %p",
    (url) => {
      expect(ofUrl(url)).not.toThrow();
    },
  );
});
