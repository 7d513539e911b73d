import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { AmbitClient, AmbitUnavailable, ApprovalPending, ApprovalRequired, type Run } from "../../client";
import { FakeCompanion, refusal, RUN_END } from "../support/fake-companion";

let companion: FakeCompanion;
let url: string;
beforeEach(async () => {
  companion = new FakeCompanion();
  url = await companion.start();
});
afterEach(() => companion.stop());

const BEGUN = {
  ...{ run: "r-1", txn: "t-1", sid: "s-1", expires_at: RUN_END },
  token: { access_token: "first", token_type: "Bearer", expires_at: RUN_END },
};
const begun = (): Run => new AmbitClient({ url }).run("answer", { start: "user", evidence: "proof" });
const bodies = (): unknown[] => companion.asked.map(({ body }) => body);
const lines = (): string[] => companion.asked.map(({ method, path }) => `${method} ${path}`);

describe("a run", () => {
  test("begins with the first token that is asked for", async () => {
    const run = begun();
    expect([run.names, companion.asked]).toEqual([undefined, []]);
    await expect(run.token("zendesk", { actions: ["read"] })).resolves.toEqual({
      value: "for-tool:zendesk",
      authorization: "Bearer for-tool:zendesk",
      expiresAt: new Date("2026-11-11T09:05:00Z"),
      actions: ["read"],
    });
    expect(run.names).toEqual({ run: "r-1", txn: "t-1", sid: "s-1", expiresAt: new Date(RUN_END * 1000) });
    expect(bodies()).toEqual([
      { task: "answer", start: "user", evidence: "proof", audience: "tool:zendesk", scope: ["read"] },
    ]);
  });

  test("goes on without evidence", async () => {
    const run = begun();
    await run.token("zendesk");
    await expect(run.token("claude")).resolves.toMatchObject({ value: "for-tool:claude", actions: undefined });
    expect(lines()).toEqual(["POST /v1/runs", "POST /v1/runs/r-1/token"]);
    expect(bodies()[1]).toEqual({ audience: "tool:claude" });
  });

  test("begins once, however much is asked for at once", async () => {
    const run = begun();
    const tools = ["a", "b", "c", "d"];
    const tokens = await Promise.all([...tools.map((tool) => run.token(tool)), run.awsCredentials()()]);
    expect(tokens).toMatchObject([...tools.map((tool) => ({ value: `for-tool:${tool}` })), { accessKeyId: "ASIA" }]);
    expect(lines().filter((line) => line === "POST /v1/runs")).toHaveLength(1);
  });

  test("sends its evidence once, however many wait for it and are refused, and again with the next request", async () => {
    companion.reply = (_, count) => (count === 1 ? [403, refusal("access_denied", "evidence.replayed")] : undefined);
    const run = begun();
    const outcomes = await Promise.allSettled([run.token("a"), run.token("b"), run.awsCredentials()()]);
    const rejected = { status: "rejected", reason: { reasons: [{ code: "evidence.replayed" }] } };
    expect(outcomes).toMatchObject([rejected, rejected, rejected]);
    expect(lines()).toEqual(["POST /v1/runs"]);
    await expect(run.token("b")).resolves.toMatchObject({ value: "for-tool:b" });
    expect(lines()).toEqual(["POST /v1/runs", "POST /v1/runs"]);
  });

  test("begins for those who wait, where one of them gives up at once with its own reason", async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    companion.reply = () => held.then(() => [201, BEGUN] as const);
    const run = begun();
    const controller = new AbortController();
    const patient = run.delegate("researcher.lookup");
    const impatient = run.token("zendesk", { signal: controller.signal });
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(impatient).rejects.toBe(reason);
    answer();
    await expect(patient).resolves.toMatchObject({ value: "first" });
    expect(lines()).toEqual(["POST /v1/runs"]);
  });

  test("begins also where the one who began it gives up: the evidence is used", async () => {
    const run = begun();
    const controller = new AbortController();
    const token = run.token("zendesk", { signal: controller.signal });
    controller.abort();
    await expect(token).rejects.toMatchObject({ name: "AbortError" });
    await expect(run.token("claude")).resolves.toMatchObject({ value: "for-tool:claude" });
    expect(lines()).toEqual(["POST /v1/runs", "POST /v1/runs/r-1/token"]);
  });

  test("asks for its evidence each time that it tries to begin", async () => {
    companion.reply = (_, count) => (count === 1 ? [503, refusal("temporarily_unavailable", "x")] : undefined);
    let asked = 0;
    const evidence = (): Promise<string> => Promise.resolve(`proof-${++asked}`);
    const run = new AmbitClient({ url }).run("answer", { start: "user", evidence });
    await expect(run.token("zendesk")).rejects.toBeInstanceOf(AmbitUnavailable);
    await run.token("zendesk");
    await run.token("claude");
    expect(bodies()).toMatchObject([{ evidence: "proof-1" }, { evidence: "proof-2" }, { audience: "tool:claude" }]);
    expect(asked).toBe(2);
  });

  test("does not begin without the evidence that it asks for", async () => {
    const reason = new Error("the user has left");
    const run = new AmbitClient({ url }).run("answer", { start: "user", evidence: () => Promise.reject(reason) });
    await expect(run.token("zendesk")).rejects.toBe(reason);
    expect(companion.asked).toEqual([]);
  });

  test("by the agent itself sends no evidence", async () => {
    await new AmbitClient({ url }).run("fetch", { start: "agent" }).token("search");
    expect(bodies()).toEqual([{ task: "fetch", start: "agent", audience: "tool:search" }]);
  });

  test("is handed on by a token that names the delegate", async () => {
    await expect(begun().delegate("researcher.lookup")).resolves.toMatchObject({ value: "for-exchange" });
    expect(bodies()).toEqual([
      { task: "answer", start: "user", evidence: "proof", audience: "exchange", delegate: "researcher.lookup" },
    ]);
  });

  test("that was ended before it began never begins", async () => {
    const run = begun();
    await run.end();
    for (const asked of [run.token("zendesk"), run.delegate("researcher.lookup"), run.awsCredentials()()]) {
      await expect(asked).rejects.toMatchObject({ name: "AmbitRefused", reasons: [{ code: "companion.no-run" }] });
    }
    expect(companion.asked).toEqual([]);
  });

  test("that was ended gives nothing more", async () => {
    const run = begun();
    await run.token("zendesk");
    await run.end();
    await expect(run.token("zendesk")).rejects.toThrow("companion.no-run: the run was ended: begin another");
    expect(lines()).toEqual(["POST /v1/runs", "DELETE /v1/runs/r-1"]);
  });

  test("that is over already is ended without an error, and another refusal is one", async () => {
    const run = begun();
    await run.token("zendesk");
    companion.reply = () => [404, refusal("invalid_request", "companion.no-run")];
    await expect(run.end()).resolves.toBeUndefined();
    companion.reply = () => [401, refusal("invalid_client", "companion.unauthenticated")];
    await expect(run.end()).rejects.toThrow("companion.unauthenticated: what: fix");
  });

  test("is ended when it is just beginning", async () => {
    const run = begun();
    const token = run.token("zendesk");
    await run.end();
    await token;
    expect(lines()).toEqual(["POST /v1/runs", "DELETE /v1/runs/r-1"]);
  });

  test("whose id is no word of a path is asked for by its id alone", async () => {
    const id = "a/../b?c";
    companion.reply = (_, count) =>
      count === 1 ? [201, { run: id, txn: "t", sid: "s", expires_at: RUN_END }] : undefined;
    await expect(begun().awsCredentials()()).resolves.toMatchObject({ accessKeyId: "ASIA" });
    expect(lines()[1]).toBe("GET /v1/runs/a%2F..%2Fb%3Fc/aws-credentials");
  });
});

describe("AWS credentials", () => {
  const credentials = {
    accessKeyId: "ASIA",
    secretAccessKey: "secret",
    sessionToken: "session",
    expiration: new Date("2026-11-11T09:15:00Z"),
  };

  test("of a run begin it, where nothing has", async () => {
    const provider = begun().awsCredentials();
    expect(companion.asked).toEqual([]);
    await expect(provider()).resolves.toEqual(credentials);
    await provider();
    const asked = "GET /v1/runs/r-1/aws-credentials";
    expect(lines()).toEqual(["POST /v1/runs", asked, asked]);
    expect(bodies()[0]).toEqual({ task: "answer", start: "user", evidence: "proof", audience: "aws" });
  });

  test("of a task that the agent starts are the companion's to renew", async () => {
    await expect(new AmbitClient({ url }).awsCredentials("fetch")()).resolves.toEqual(credentials);
    expect(lines()).toEqual(["GET /v1/tasks/fetch/aws-credentials?start=agent"]);
  });

  test("are taken by a client of the SDK as they are", async () => {
    const s3 = new S3Client({ region: "eu-central-1", credentials: begun().awsCredentials() });
    await expect(s3.config.credentials()).resolves.toMatchObject(credentials);
    s3.destroy();
  });
});

describe("fails", () => {
  test("with the reasons, where it is refused", async () => {
    companion.reply = () => [403, refusal("access_denied", "mark.above-clearance")];
    const error = (await begun()
      .token("zendesk")
      .catch((caught: unknown) => caught)) as Error;
    expect(error).toMatchObject({
      name: "AmbitRefused",
      message: "mark.above-clearance: what: fix",
      status: 403,
      error: "access_denied",
      reasons: [{ code: "mark.above-clearance", what: "what", fix: "fix" }],
    });
    expect((error as unknown as ApprovalRequired).has("mark.above-clearance")).toBe(true);
    expect((error as unknown as ApprovalRequired).has("mark.below-clearance")).toBe(false);
  });

  test("with the time to wait, where it is unavailable", async () => {
    companion.reply = () => [503, refusal("temporarily_unavailable", "companion.no-identity"), { "retry-after": "2" }];
    await expect(begun().token("zendesk")).rejects.toMatchObject({
      name: "AmbitUnavailable",
      retryAfterSeconds: 2,
      reasons: [{ code: "companion.no-identity" }],
    });
  });

  test.each([
    [403, "<html>", "AmbitRefused", "status 403"],
    [400, "", "AmbitRefused", "status 400"],
    [500, "[]", "AmbitUnavailable", "status 500"],
    [429, `{"error":7,"reasons":[null,{"code":1}]}`, "AmbitUnavailable", "status 429"],
  ])("with the status %s, where the answer is %j", async (status, body, name, message) => {
    companion.reply = () => [status, body];
    await expect(begun().token("zendesk")).rejects.toMatchObject({ name, message, reasons: [] });
  });

  test.each([
    ["no JSON", "<html>"],
    ["no object", "[]"],
    ["nothing", ""],
    ["no run", { token: {} }],
    ["no end", { run: "r", txn: "t", sid: "s", token: {} }],
    ["no token", { run: "r", txn: "t", sid: "s", expires_at: RUN_END }],
    ["an empty token", { run: "r", txn: "t", sid: "s", expires_at: RUN_END, token: {} }],
  ])("where something else answers: %s", async (_, body) => {
    companion.reply = () => [200, body];
    await expect(begun().token("zendesk")).rejects.toThrow(/^the companion's answer has .*AMBIT_COMPANION_URL/);
  });

  test("where nobody answers", async () => {
    await companion.stop();
    await expect(begun().token("zendesk")).rejects.toThrow(`the companion at ${url} did not answer`);
  });

  test("where nobody answers in time", async () => {
    companion.reply = () => new Promise(() => undefined);
    const run = new AmbitClient({ url, timeoutMilliseconds: 50 }).run("answer", { start: "agent" });
    await expect(run.token("zendesk")).rejects.toBeInstanceOf(AmbitUnavailable);
  });

  test("where the caller gives up, with the caller's reason", async () => {
    companion.reply = () => new Promise(() => undefined);
    const reason = new Error("enough");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 30);
    await expect(begun().token("zendesk", { signal: controller.signal })).rejects.toBe(reason);
  });

  test("where it is sent elsewhere", async () => {
    companion.reply = () => [307, "", { location: "http://127.0.0.1:1/" }];
    await expect(begun().token("zendesk")).rejects.toBeInstanceOf(AmbitUnavailable);
    expect(companion.asked).toHaveLength(1);
  });

  test.each([
    "https://127.0.0.1:7464",
    "http://companion.example:7464",
    "http://10.0.0.1:7464",
    "http://127.0.0.1.example",
    "http://127.a.b.c",
    "http://user@127.0.0.1:7464",
    "http://127.0.0.1:7464/path",
    "http://127.0.0.1:7464/?a=b",
    "127.0.0.1:7464",
    "companion",
    "",
  ])("where the address is %j, which evidence must not go to", (address) => {
    expect(() => new AmbitClient({ url: address })).toThrow(
      `got "${address}": write one such as http://127.0.0.1:7464`,
    );
  });
});

describe("settings", () => {
  const before = { ...process.env };
  const folder = mkdtempSync(join(tmpdir(), "ambit-client-"));
  afterEach(() => {
    process.env = { ...before };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("come from the environment", async () => {
    const file = join(folder, "token");
    writeFileSync(file, "first\n");
    process.env["AMBIT_COMPANION_URL"] = url;
    process.env["AMBIT_COMPANION_TOKEN_FILE"] = file;
    const run = new AmbitClient().run("answer", { start: "agent" });
    await run.token("zendesk");
    writeFileSync(file, "second");
    await run.token("zendesk");
    expect(companion.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer first", "Bearer second"]);
  });

  test("that are empty are not set", async () => {
    process.env["AMBIT_COMPANION_URL"] = "";
    process.env["AMBIT_COMPANION_TOKEN_FILE"] = "";
    expect(() => new AmbitClient()).not.toThrow();
    await begun().token("zendesk");
    expect(companion.asked[0]?.headers.authorization).toBeUndefined();
  });

  test("show the companion nothing, where it asks for nothing", async () => {
    delete process.env["AMBIT_COMPANION_TOKEN_FILE"];
    await begun().token("zendesk");
    expect(companion.asked[0]?.headers.authorization).toBeUndefined();
  });

  test("fail where the file cannot be read", async () => {
    const client = new AmbitClient({ url, tokenFile: join(folder, "none") });
    await expect(client.run("answer", { start: "agent" }).token("zendesk")).rejects.toThrow(
      `the companion's token could not be read from ${join(folder, "none")}`,
    );
  });

  test.each(["http://127.0.0.1:7464", "http://127.0.0.2:7464", "http://localhost:7464", "http://[::1]:7464"])(
    "take %s",
    (address) => {
      expect(() => new AmbitClient({ url: address })).not.toThrow();
    },
  );
});

test("nothing is asked by a way that Node may lead through a proxy (NODE_USE_ENV_PROXY)", async () => {
  class Proxied extends http.Agent {
    public override createConnection(): never {
      throw new Error("a proxy got it");
    }
  }
  const before = http.globalAgent;
  http.globalAgent = new Proxied();
  const fetching = jest.spyOn(globalThis, "fetch").mockRejectedValue(new Error("a proxy got it"));
  try {
    await expect(begun().token("zendesk")).resolves.toMatchObject({ value: "for-tool:zendesk" });
  } finally {
    http.globalAgent = before;
    fetching.mockRestore();
  }
});

describe("an approval", () => {
  const call = { action: "refund", destination: "mcp.pay.acme.example", arguments: { amount: 5 } };
  const asksFor = (seconds: number): object => ({
    access_request: { id: "h-1", status: "pending", group: "leads", expires_at: Date.now() / 1000 + seconds },
  });
  const required = (seconds = 3_600): readonly [number, object] => {
    const { access_request: request } = asksFor(seconds) as { access_request: { expires_at: number } };
    const whole = { access_request: { ...request, expires_at: Math.floor(request.expires_at) } };
    return [403, refusal("approval_required", "approval.required", whole)];
  };
  const pending = [403, refusal("authorization_pending", "approval.pending")] as const;

  test("that is needed is an error with the handle", async () => {
    companion.reply = () => required();
    const error = await begun()
      .token("payments", { call })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApprovalRequired);
    expect(error).toMatchObject({ name: "ApprovalRequired", request: { id: "h-1", group: "leads" } });
    expect((error as ApprovalRequired).request.expiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(bodies()[0]).toEqual({
      task: "answer",
      start: "user",
      evidence: "proof",
      audience: "tool:payments",
      ...call,
    });
  });

  test("without a sound handle is refused, and nothing is waited for", async () => {
    companion.reply = () => [403, refusal("approval_required", "approval.required", { access_request: { id: 7 } })];
    const error = await begun()
      .approvedToken("payments", call)
      .catch((caught: unknown) => caught);
    expect(error).not.toBeInstanceOf(ApprovalRequired);
    expect(error).toMatchObject({ error: "approval_required" });
  });

  test("that nobody has decided is an error of its own", async () => {
    companion.reply = () => pending;
    await expect(begun().token("payments", { call, approval: "h-1" })).rejects.toBeInstanceOf(ApprovalPending);
    expect(bodies()[0]).toMatchObject({ approval: "h-1" });
  });

  test("is waited for with the handle, through pauses of the companion, until it is there", async () => {
    const told: string[] = [];
    const replies = [required(), pending, [503, refusal("temporarily_unavailable", "x")] as const, pending];
    companion.reply = (_, count) => replies[count - 1];
    const wait = { pollMilliseconds: 5, onRequest: ({ id }: { id: string }) => void told.push(id) };
    await expect(begun().approvedToken("payments", call, wait)).resolves.toMatchObject({ value: "for-tool:payments" });
    expect(bodies().map((body) => (body as { approval?: string }).approval)).toEqual([
      undefined,
      "h-1",
      "h-1",
      "h-1",
      "h-1",
    ]);
    expect(told).toEqual(["h-1"]);
  });

  test("that is not needed is not waited for", async () => {
    await expect(begun().approvedToken("payments", call)).resolves.toMatchObject({ value: "for-tool:payments" });
    expect(companion.asked).toHaveLength(1);
  });

  test("that is refused ends the wait", async () => {
    companion.reply = (_, count) => (count === 1 ? required() : [403, refusal("access_denied", "approval.refused")]);
    await expect(begun().approvedToken("payments", call, { pollMilliseconds: 5 })).rejects.toMatchObject({
      reasons: [{ code: "approval.refused" }],
    });
  });

  test("is waited for no longer than is said", async () => {
    companion.reply = (_, count) => (count === 1 ? required() : pending);
    const start = Date.now();
    const wait = { pollMilliseconds: 10, waitMilliseconds: 80 };
    await expect(begun().approvedToken("payments", call, wait)).rejects.toBeInstanceOf(ApprovalRequired);
    expect(Date.now() - start).toBeLessThan(2_000);
    expect(companion.asked.length).toBeGreaterThan(2);
  });

  test("is waited for no longer than it is open", async () => {
    companion.reply = (_, count) => (count === 1 ? required(1) : pending);
    const start = Date.now();
    await expect(begun().approvedToken("payments", call, { pollMilliseconds: 50 })).rejects.toBeInstanceOf(
      ApprovalRequired,
    );
    expect(Date.now() - start).toBeLessThan(3_000);
  });

  test("is waited for until the caller gives up", async () => {
    companion.reply = (_, count) => (count === 1 ? required() : pending);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 40);
    await expect(
      begun().approvedToken("payments", call, { pollMilliseconds: 10_000, signal: controller.signal }),
    ).rejects.toMatchObject({ name: "AbortError" });
  });
});
