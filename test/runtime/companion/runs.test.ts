import { RUN_SECONDS, refusal, TOKEN_SECONDS } from "../../support/companion/fake-exchange";
import { codesOf, NOON, Running } from "../../support/companion/running";
import { AGENT, thumbprintOf } from "../../support/companion/trust";

const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const BEGIN = { task: "answer", start: "user", evidence: "a.b.c", audience: "tool:zendesk" };

let running: Running;
beforeEach(() => {
  running = new Running();
});
afterEach(() => running.close());

/** As the companion tells of it */
const RUN = {
  run: "run-1",
  txn: "txn-1",
  sid: "session-1",
  task: "answer",
  start: "user",
  expires_at: NOON + RUN_SECONDS,
};

describe("a run begins", () => {
  test("with the evidence as subject token, over mutual TLS, and answers with the first token", async () => {
    await running.start();
    const answer = await running.ask("/v1/runs", { body: { ...BEGIN, scope: ["read", "comment"] } });
    expect(answer.status).toBe(201);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json).toEqual({
      run: "run-1",
      txn: "txn-1",
      sid: "session-1",
      task: "answer",
      start: "user",
      expires_at: NOON + RUN_SECONDS,
      token: {
        access_token: "token-1",
        token_type: "Bearer",
        expires_in: TOKEN_SECONDS,
        expires_at: NOON + TOKEN_SECONDS,
        audience: "tool:zendesk",
        scope: ["read", "comment"],
      },
    });
    const [received] = running.exchange.received;
    expect(received?.thumbprint).toBe(thumbprintOf(running.svid));
    expect(received?.form).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: "a.b.c",
      subject_token_type: ACCESS_TOKEN,
      audience: "tool:zendesk",
      scope: "read comment",
      authorization_details: JSON.stringify([{ type: "ambit_task", task: "answer", start: "user" }]),
    });
  });

  test.each([
    ["user", "access_token"],
    ["delegation", "access_token"],
    ["schedule", "jwt"],
    ["event", "jwt"],
  ])("by %s with evidence of type %s", async (start, type) => {
    await running.start();
    await running.begin({ start });
    expect(running.exchange.received[0]?.form.subject_token_type).toBe(`urn:ietf:params:oauth:token-type:${type}`);
  });

  test("by the agent itself without evidence", async () => {
    await running.start();
    await running.begin({ start: "agent", evidence: undefined });
    const [received] = running.exchange.received;
    expect(received?.form.grant_type).toBe("client_credentials");
    expect(received?.form).not.toHaveProperty("subject_token");
    expect(received?.details).toEqual({ type: "ambit_task", task: "answer", start: "agent" });
  });

  test("for AWS without a token in the answer", async () => {
    await running.start();
    const answer = await running.ask("/v1/runs", { body: { ...BEGIN, audience: "aws" } });
    expect(answer.status).toBe(201);
    expect(answer.json).not.toHaveProperty("token");
    expect(answer.text).not.toContain("token-1");
  });

  test("and is told without its tokens", async () => {
    await running.start();
    const run = await running.begin();
    expect((await running.ask(`/v1/runs/${run}`)).json).toEqual({ ...RUN, run });
  });

  test("and is logged without evidence and tokens", async () => {
    await running.start();
    await running.begin();
    expect(running.logged.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      "companion.listening",
      "run.begun",
    ]);
    expect(running.logged.join()).not.toMatch(/a\.b\.c|token-1/);
  });
});

describe("a run begins without a token", () => {
  const BARE = { ...BEGIN, audience: undefined };
  test("where no audience is named, by evidence alone", async () => {
    await running.start();
    const answer = await running.ask("/v1/runs", { body: BARE });
    expect([answer.status, answer.json]).toEqual([201, RUN]);
    const [received, ...more] = running.exchange.received;
    expect([received?.path, received?.thumbprint, more]).toEqual(["/runs", thumbprintOf(running.svid), []]);
    expect(received?.form).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: "a.b.c",
      subject_token_type: ACCESS_TOKEN,
      authorization_details: JSON.stringify([{ type: "ambit_task", task: "answer", start: "user" }]),
    });
    expect((await running.ask("/v1/runs/run-1")).json).toEqual(RUN);
  });

  test("and goes on with tokens and AWS credentials, each asked for when it is wanted", async () => {
    await running.start();
    const run = await running.begin({ audience: undefined, start: "agent", evidence: undefined });
    expect((await running.ask(`/v1/runs/${run}/token`, { body: { audience: "tool:zendesk" } })).status).toBe(200);
    expect((await running.ask(`/v1/runs/${run}/aws-credentials`)).status).toBe(200);
    expect(running.exchange.received.map(({ path, details }) => [path, details["run"]])).toEqual([
      ["/runs", undefined],
      ["/token", run],
      ["/token", run],
      ["/aws/credentials", undefined],
    ]);
  });

  test("and ends without anything to revoke", async () => {
    await running.start();
    const run = await running.begin({ audience: undefined });
    expect((await running.ask(`/v1/runs/${run}`, { method: "DELETE" })).status).toBe(204);
    expect(running.exchange.to("/revoke")).toEqual([]);
    expect(codesOf(await running.ask(`/v1/runs/${run}`))).toEqual(["companion.no-run"]);
  });

  test("fails with what the exchange says, unchanged, and no run is kept", async () => {
    await running.start();
    running.exchange.said.set("/runs", refusal("invalid_grant", "evidence.replayed"));
    const answer = await running.ask("/v1/runs", { body: { ...BARE, start: "delegation" } });
    expect([answer.status, codesOf(answer)]).toEqual([403, ["evidence.replayed"]]);
    expect(codesOf(await running.ask("/v1/runs/run-1"))).toEqual(["companion.no-run"]);
  });

  test.each([
    ["another task", { task: "other" }],
    ["another start", { start: "schedule" }],
    ["no end", { run_expires_at: undefined }],
    ["no session", { sid: "" }],
  ])("fails with companion.no-exchange when the answer has %s", async (_, change) => {
    await running.start();
    const body = { ...RUN, expires_at: undefined, run_expires_at: NOON + RUN_SECONDS, ...change };
    running.exchange.said.set("/runs", { status: 201, body });
    const answer = await running.ask("/v1/runs", { body: BARE });
    expect([answer.status, codesOf(answer)]).toEqual([503, ["companion.no-exchange"]]);
  });

  test("fails with companion.no-exchange when it answers with a token's status", async () => {
    await running.start();
    running.exchange.said.set("/runs", { status: 200, body: { ...RUN, run_expires_at: NOON + RUN_SECONDS } });
    expect(codesOf(await running.ask("/v1/runs", { body: BARE }))).toEqual(["companion.no-exchange"]);
  });
});

describe("fails with companion.malformed when", () => {
  test.each([
    ["there is no task", { task: undefined }, /^task: /],
    ["there is no start", { start: undefined }, /^start: /],
    ["the start is none", { start: "whim" }, /^start: /],
    ["the audience is empty", { audience: "" }, /^audience: /],
    [
      "there is a scope and no audience",
      { audience: undefined, scope: ["read"] },
      /^scope is for a token: name its audience/,
    ],
    [
      "there is a delegate and no audience",
      { audience: undefined, delegate: "researcher.lookup" },
      /^delegate is for a token: name its audience/,
    ],
    ["evidence is missing", { evidence: undefined }, /^evidence must prove the start, for start user: /],
    ["the agent's own start has evidence", { start: "agent" }, /^evidence must be left out/],
    ["evidence is longer than any that is looked at", { evidence: "a".repeat(16_385) }, /^evidence: /],
    ["scope is text", { scope: "read" }, /^scope: /],
    ["scope is empty", { scope: [] }, /^scope: /],
    ["an action in scope has a space", { scope: ["read comment"] }, /^scope\.0: /],
    ["a call is named, about which people are asked when it is made", { arguments: {} }, /unknown member arguments/],
    [
      "a member is misspelt, and missing",
      { task: undefined, tsk: "answer" },
      /unknown member tsk, did you mean "task"/,
    ],
    ["a member is unknown", { tsk: "answer" }, /the body has the unknown member tsk, did you mean "task"/],
  ])("%s", async (_, wrong, text) => {
    await running.start();
    const answer = await running.ask("/v1/runs", { body: { ...BEGIN, ...wrong } });
    expect([answer.status, codesOf(answer)]).toEqual([400, ["companion.malformed"]]);
    expect(answer.json.error_description).toMatch(text);
    expect(running.exchange.received).toEqual([]);
  });

  test.each([
    ["the body is no JSON", "{", "application/json"],
    ["the body is no object", "[]", "application/json"],
    ["the body is a form", "task=answer", "application/x-www-form-urlencoded"],
    ["the body is plain text, which any page may send", JSON.stringify(BEGIN), "text/plain"],
  ])("%s", async (_, body, type) => {
    await running.start();
    const answer = await running.ask("/v1/runs", { body, headers: { "content-type": type } });
    expect([answer.status, codesOf(answer)]).toEqual([400, ["companion.malformed"]]);
  });

  test("a token of audience aws is asked for", async () => {
    await running.start();
    const run = await running.begin();
    const answer = await running.ask(`/v1/runs/${run}/token`, { body: { audience: "aws" } });
    expect([answer.status, codesOf(answer)]).toEqual([400, ["companion.malformed"]]);
    expect(answer.json.error_description).toMatch(/got aws: ask for aws-credentials of the run/);
  });
});

describe("fails", () => {
  test("with companion.too-large when the body is larger than 64 KiB, announced or not", async () => {
    await running.start();
    const body = { ...BEGIN, arguments: { text: "a".repeat(65_536) } };
    for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
      const answer = await running.ask("/v1/runs", { body, headers });
      expect([answer.status, codesOf(answer)]).toEqual([413, ["companion.too-large"]]);
    }
    expect(running.exchange.received).toEqual([]);
  });

  test.each([
    ["/", 404, "companion.no-address"],
    ["/v1/runs/run-1/token/more", 404, "companion.no-address"],
    ["/v1/runs", 405, "companion.no-method"],
    ["/v1/runs/run-1/token", 405, "companion.no-method"],
    ["/v1/runs/run-9", 404, "companion.no-run"],
    ["/v1/runs/run-9/aws-credentials", 404, "companion.no-run"],
    ["/v1/tasks/answer/aws-credentials", 404, "companion.no-run"],
    ["/v1/tasks/answer/aws-credentials?start=user", 400, "companion.malformed"],
    ["/v1/tasks/answer/aws-credentials?task=other", 400, "companion.malformed"],
    [`/v1/tasks/${"a".repeat(257)}/aws-credentials`, 400, "companion.malformed"],
  ])("GET %s with %i %s", async (path, status, code) => {
    await running.start();
    const answer = await running.ask(path);
    expect([answer.status, codesOf(answer)]).toEqual([status, [code]]);
  });

  test("when the run is over", async () => {
    await running.start();
    const run = await running.begin();
    running.now += RUN_SECONDS;
    for (const path of [`/v1/runs/${run}`, `/v1/runs/${run}/aws-credentials`]) {
      expect(codesOf(await running.ask(path))).toEqual(["companion.no-run"]);
    }
    const token = await running.ask(`/v1/runs/${run}/token`, { body: { audience: "tool:zendesk" } });
    expect(codesOf(token)).toEqual(["companion.no-run"]);
  });

  test("with what the exchange says, unchanged", async () => {
    await running.start();
    const body = {
      error: "access_denied",
      error_description: "there is more to it",
      reasons: [{ code: "mark.above-clearance", what: "it knows too much", fix: "begin anew" }],
      anything: { id: "handle", at: NOON },
    };
    running.exchange.said.set("/token", { status: 400, body });
    const answer = await running.ask("/v1/runs", { body: BEGIN });
    expect([answer.status, answer.json]).toEqual([403, body]);
    expect(answer.headers).not.toHaveProperty("retry-after");
    expect(running.logged.at(-1)).toContain("mark.above-clearance");
  });

  test("with 403 when the exchange does not take the SVID: the agent itself is authenticated", async () => {
    await running.start();
    running.exchange.said.set("/token", refusal("invalid_client", "client.unauthenticated", 401));
    const answer = await running.ask("/v1/runs", { body: BEGIN });
    expect([answer.status, codesOf(answer)]).toEqual([403, ["client.unauthenticated"]]);
  });

  test("with 503 and the time to wait when the exchange says so", async () => {
    await running.start();
    const body = { error: "temporarily_unavailable", reasons: [{ code: "store.unavailable", what: "x", fix: "y" }] };
    running.exchange.said.set("/token", { status: 503, body, headers: { "retry-after": "7" } });
    const answer = await running.ask("/v1/runs", { body: BEGIN });
    expect([answer.status, codesOf(answer), answer.headers["retry-after"]]).toEqual([503, ["store.unavailable"], "7"]);
  });

  test("with 503 when the exchange itself fails: the next request may succeed", async () => {
    await running.start();
    running.exchange.said.set("/token", { status: 500, body: { error: "server_error" } });
    const answer = await running.ask("/v1/runs", { body: BEGIN });
    expect([answer.status, answer.json]).toEqual([503, { error: "server_error" }]);
    expect(answer.headers["retry-after"]).toBe("1");
  });

  test("with companion.no-identity when the SVID was taken away, and when it has expired", async () => {
    await running.start();
    const run = await running.begin({ audience: "aws" });
    expect((await running.ask(`/v1/runs/${run}/aws-credentials`)).status).toBe(200);
    running.source.takeAway("there is no identity for this process: removed");
    for (const path of [`/v1/runs/${run}/aws-credentials`, "/v1/tasks/answer/aws-credentials", "/ready"]) {
      const answer = await running.ask(path);
      expect([answer.status, codesOf(answer)]).toEqual([503, ["companion.no-identity"]]);
      expect(answer.json.error_description).toMatch(
        /^there is no SVID: there is no identity for this process: removed/,
      );
    }
    const token = await running.ask(`/v1/runs/${run}/token`, { body: { audience: "tool:zendesk" } });
    expect(codesOf(token)).toEqual(["companion.no-identity"]);
    running.source.give(running.svid, running.authority.own);
    running.now += 2 * 86_400;
    const expired = await running.ask("/v1/runs", { body: BEGIN });
    expect([expired.status, codesOf(expired)]).toEqual([503, ["companion.no-identity"]]);
    expect(expired.json.error_description).toMatch(
      /^there is no SVID: the last one ended at \d{4}-[^,]+Z, and no newer one was heard: /,
    );
  });

  test("with companion.too-many-runs when more live than are kept, until some are over", async () => {
    await running.start();
    for (let n = 0; n < 1_000; n += 50) await Promise.all(Array.from({ length: 50 }, () => running.begin()));
    const answer = await running.ask("/v1/runs", { body: BEGIN });
    expect([answer.status, codesOf(answer)]).toEqual([409, ["companion.too-many-runs"]]);
    running.now += RUN_SECONDS;
    await running.begin();
  });
});

describe("a run ends", () => {
  test("and what was issued for it is revoked", async () => {
    await running.start();
    const run = await running.begin();
    await running.ask(`/v1/runs/${run}/token`, { body: { audience: "exchange", delegate: "researcher.lookup" } });
    const answer = await running.ask(`/v1/runs/${run}`, { method: "DELETE" });
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(running.exchange.to("/revoke").map(({ form }) => form.token)).toEqual(["token-1", "token-2"]);
    expect(codesOf(await running.ask(`/v1/runs/${run}`))).toEqual(["companion.no-run"]);
  });

  test("also where the exchange cannot be reached", async () => {
    await running.start();
    const run = await running.begin();
    await running.exchange.stop();
    expect((await running.ask(`/v1/runs/${run}`, { method: "DELETE" })).status).toBe(204);
    expect(codesOf(await running.ask(`/v1/runs/${run}`))).toEqual(["companion.no-run"]);
    expect(running.logged.at(-2)).toMatch(/"event":"run.ended".*"revoked":0,"failed":1/);
  });

  test("fails when it is none", async () => {
    await running.start();
    expect(codesOf(await running.ask("/v1/runs/run-9", { method: "DELETE" }))).toEqual(["companion.no-run"]);
  });
});

describe("health", () => {
  test("the companion lives without an identity, and is ready with one", async () => {
    await running.start();
    expect((await running.ask("/live")).json).toEqual({ status: "ok" });
    expect((await running.ask("/ready")).json).toEqual({ status: "ok" });
    running.source.takeAway("removed");
    expect((await running.ask("/live")).status).toBe(200);
    const answer = await running.ask("/ready");
    expect(answer.json).toMatchObject({ status: "unready", not_ready: ["identity"] });
  });

  test("who it is is logged when that changes", async () => {
    await running.start();
    running.source.give(running.authority.svid(AGENT), running.authority.own);
    running.source.takeAway("removed");
    expect(running.logged.slice(-2)).toEqual([
      expect.stringContaining(`"event":"identity.changed","spiffeId":"${AGENT}"`),
      expect.stringContaining('"event":"identity.lost","because":"removed"'),
    ]);
  });
});
