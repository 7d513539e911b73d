import { S3Client } from "@aws-sdk/client-s3";
import type { AmbitRefused } from "../../client/typescript/index";
import { AmbitClient, AmbitUnavailable, type Run } from "../../client/typescript/index";
import { companionOfEachTest, refusal, RUN_END } from "../support/fake-companion";

const current = companionOfEachTest();

const BEGUN = {
  ...{ run: "r-1", txn: "t-1", sid: "s-1", expires_at: RUN_END },
  token: { access_token: "first", token_type: "Bearer", expires_at: RUN_END },
};
const begun = (): Run => new AmbitClient({ url: current.url }).run("answer", { start: "user", evidence: "proof" });
const bodies = (): unknown[] => current.companion.asked.map(({ body }) => body);
const lines = (): string[] => current.companion.asked.map(({ method, path }) => `${method} ${path}`);

describe("a run", () => {
  test("begins with the first token that is asked for", async () => {
    const run = begun();
    expect([run.names, current.companion.asked]).toEqual([undefined, []]);
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
    current.companion.reply = (_, count) =>
      count === 1 ? [403, refusal("access_denied", "evidence.replayed")] : undefined;
    const run = begun();
    const outcomes = await Promise.allSettled([run.token("a"), run.token("b"), run.awsCredentials()()]);
    const rejected = { status: "rejected", reason: { reasons: [{ code: "evidence.replayed" }] } };
    expect(outcomes).toMatchObject([rejected, rejected, rejected]);
    expect(lines()).toEqual(["POST /v1/runs"]);
    await expect(run.token("b")).resolves.toMatchObject({ value: "for-tool:b" });
    expect(lines()).toEqual(["POST /v1/runs", "POST /v1/runs"]);
  });

  test("begins for the waiting calls, where one of them gives up at once with its own reason", async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    current.companion.reply = () => held.then(() => [201, BEGUN] as const);
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

  test("begins also where the call that began it gives up: the evidence is used", async () => {
    const run = begun();
    const controller = new AbortController();
    const token = run.token("zendesk", { signal: controller.signal });
    controller.abort();
    await expect(token).rejects.toMatchObject({ name: "AbortError" });
    await expect(run.token("claude")).resolves.toMatchObject({ value: "for-tool:claude" });
    expect(lines()).toEqual(["POST /v1/runs", "POST /v1/runs/r-1/token"]);
  });

  test("asks for its evidence each time that it tries to begin", async () => {
    current.companion.reply = (_, count) => (count === 1 ? [503, refusal("temporarily_unavailable", "x")] : undefined);
    let asked = 0;
    const evidence = (): Promise<string> => Promise.resolve(`proof-${++asked}`);
    const run = new AmbitClient({ url: current.url }).run("answer", { start: "user", evidence });
    await expect(run.token("zendesk")).rejects.toBeInstanceOf(AmbitUnavailable);
    await run.token("zendesk");
    await run.token("claude");
    expect(bodies()).toMatchObject([{ evidence: "proof-1" }, { evidence: "proof-2" }, { audience: "tool:claude" }]);
    expect(asked).toBe(2);
  });

  test("does not begin without the evidence that it asks for", async () => {
    const reason = new Error("the user has left");
    const run = new AmbitClient({ url: current.url }).run("answer", {
      start: "user",
      evidence: () => Promise.reject(reason),
    });
    await expect(run.token("zendesk")).rejects.toBe(reason);
    expect(current.companion.asked).toEqual([]);
  });

  test("by the agent itself sends no evidence", async () => {
    await new AmbitClient({ url: current.url }).run("fetch", { start: "agent" }).token("search");
    expect(bodies()).toEqual([{ task: "fetch", start: "agent", audience: "tool:search" }]);
  });

  test("is handed on by a token that names the delegate", async () => {
    await expect(begun().delegate("researcher.lookup")).resolves.toMatchObject({ value: "for-exchange" });
    expect(bodies()).toEqual([
      { task: "answer", start: "user", evidence: "proof", audience: "exchange", delegate: "researcher.lookup" },
    ]);
  });

  test("begins with the address of a tool, without a token", async () => {
    const run = begun();
    await expect(run.toolUrl("zendesk")).resolves.toBe(`${current.url}/v1/runs/r-1/tools/zendesk`);
    await expect(run.toolUrl("a/b")).resolves.toBe(`${current.url}/v1/runs/r-1/tools/a%2Fb`);
    expect(bodies()).toEqual([{ task: "answer", start: "user", evidence: "proof" }]);
    await expect(run.token("zendesk")).resolves.toMatchObject({ value: "for-tool:zendesk" });
    expect(lines()).toEqual(["POST /v1/runs", "POST /v1/runs/r-1/token"]);
  });

  test("that was ended before it began never begins", async () => {
    const run = begun();
    await run.end();
    const asked = [run.token("zendesk"), run.delegate("researcher.lookup"), run.toolUrl("x"), run.awsCredentials()()];
    const over = { name: "AmbitRefused", reasons: [{ code: "companion.no-run" }] };
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes).toMatchObject(asked.map(() => ({ status: "rejected", reason: over })));
    expect(current.companion.asked).toEqual([]);
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
    current.companion.reply = () => [404, refusal("invalid_request", "companion.no-run")];
    await expect(run.end()).resolves.toBeUndefined();
    current.companion.reply = () => [401, refusal("invalid_client", "companion.unauthenticated")];
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
    current.companion.reply = (_, count) =>
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
    expect(current.companion.asked).toEqual([]);
    await expect(provider()).resolves.toEqual(credentials);
    await provider();
    const asked = "GET /v1/runs/r-1/aws-credentials";
    expect(lines()).toEqual(["POST /v1/runs", asked, asked]);
    expect(bodies()[0]).toEqual({ task: "answer", start: "user", evidence: "proof", audience: "aws" });
  });

  test("of a task that the agent starts are the companion's to renew", async () => {
    await expect(new AmbitClient({ url: current.url }).awsCredentials("fetch")()).resolves.toEqual(credentials);
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
    current.companion.reply = () => [403, refusal("access_denied", "mark.above-clearance")];
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
    expect((error as unknown as AmbitRefused).has("mark.above-clearance")).toBe(true);
    expect((error as unknown as AmbitRefused).has("mark.below-clearance")).toBe(false);
  });

  test("with the time to wait, where the refusal ends with it", async () => {
    current.companion.reply = () => [403, refusal("access_denied", "mark.reserved"), { "retry-after": "520" }];
    await expect(begun().token("zendesk")).rejects.toMatchObject({ name: "AmbitRefused", retryAfterSeconds: 520 });
  });

  test("with the time to wait, where it is unavailable", async () => {
    current.companion.reply = () => [
      503,
      refusal("temporarily_unavailable", "companion.no-identity"),
      { "retry-after": "2" },
    ];
    await expect(begun().token("zendesk")).rejects.toMatchObject({
      name: "AmbitUnavailable",
      retryAfterSeconds: 2,
      reasons: [{ code: "companion.no-identity" }],
    });
  });

  test("where the companion is stopped", async () => {
    await current.companion.stop();
    await expect(begun().token("zendesk")).rejects.toThrow(`the companion at ${current.url} did not answer`);
  });

  test("where the companion does not answer in time", async () => {
    current.companion.reply = () => new Promise(() => undefined);
    const run = new AmbitClient({ url: current.url, timeoutMilliseconds: 50 }).run("answer", { start: "agent" });
    await expect(run.token("zendesk")).rejects.toBeInstanceOf(AmbitUnavailable);
  });

  test("where the caller gives up, with the caller's reason", async () => {
    current.companion.reply = () => new Promise(() => undefined);
    const reason = new Error("enough");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 30);
    await expect(begun().token("zendesk", { signal: controller.signal })).rejects.toBe(reason);
  });

  test("where it is sent elsewhere", async () => {
    current.companion.reply = () => [307, "", { location: "http://127.0.0.1:1/" }];
    await expect(begun().token("zendesk")).rejects.toBeInstanceOf(AmbitUnavailable);
    expect(current.companion.asked).toHaveLength(1);
  });
});
