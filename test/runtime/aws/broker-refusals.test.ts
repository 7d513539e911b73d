import { noteRevision } from "../../../runtime/registry/revision-seen";
import { revoke, type Target } from "../../../runtime/session/revocations";
import { raise } from "../../../runtime/session/raise";
import { readOwn } from "../../../runtime/session/stored-sessions";
import { runKey, seenKey, sessionKey } from "../../../runtime/store/keys";
import { StoreUnavailable } from "../../../runtime/store/store";
import { awsFleet } from "../../support/exchange/aws-fleet";
import { AwsWorld, NOW, refused } from "../../support/exchange/aws-world";
import { exampleFleet } from "../../support/exchange/example-fleet";

const user = { issuer: "https://login.acme.example", subject: "ada" };

/** STS was not asked, nothing but the refusal is on record, and no session was changed. */
function expectOnlyRefused(world: AwsWorld): void {
  expect(world.sts.asked).toEqual([]);
  expect(world.acts.map(({ event }) => event.kind)).toEqual(["aws.refused"]);
  expect(world.acts[0]?.writes).toEqual([]);
}

describe("fails", () => {
  test.each(["exchange", "tool:zendesk", "AWS", ""])("for a token of audience %j", async (aud) => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    await expect(refused(world.broker.credentials(world.claims(run, { aud })))).resolves.toEqual(["token.invalid"]);
    expectOnlyRefused(world);
  });

  test.each([
    ["an unknown run", { run: "unknown" }, "run.unknown"],
    ["another agent's run", { client_id: "spiffe://prod.acme.example/ns/office/sa/chief" }, "run.unknown"],
    ["another task's", { task: "write-internal" }, "run.unknown"],
    ["another transaction's", { txn: "other" }, "run.unknown"],
    ["another session's", { sid: "other" }, "run.unknown"],
    ["a token that is over", { exp: NOW }, "token.over"],
  ])("for %s", async (_, change, code) => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    await expect(refused(world.broker.credentials(world.claims(run, change)))).resolves.toEqual([code]);
    expectOnlyRefused(world);
  });

  test("where the session ended, and another has begun", async () => {
    const world = new AwsWorld(awsFleet);
    world.user = { issuer: "https://login.acme.example", subject: "ada" };
    const run = await world.begin("clerk", "read-internal");
    await world.begin("clerk", "read-internal", { newSession: true });
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["token.session-ended"]);
    expect(world.sts.asked).toEqual([]);
  });

  test("where the state holds no session", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    await world.store.write([
      { kind: "delete", key: sessionKey(1, { agent: "clerk", whose: `txn.${run.txn}` }), when: "present" },
    ]);
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["token.session-ended"]);
  });

  test("where strangers' words could be written to trusted data, as an earlier registry may have let in", async () => {
    const world = new AwsWorld(awsFleet);
    world.user = user;
    const state = { store: world.store, epoch: 1 };
    const run = await world.begin("clerk", "write-internal");
    await world.broker.credentials(world.claims(run));
    const own = await readOwn(state, awsFleet, run);
    await world.store.write(await raise(state, own, { tainted: true }, undefined, NOW));
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["session.tainted"]);
    expect(world.sts.asked).toHaveLength(1);
    await world.broker.credentials(world.claims(await world.begin("clerk", "read-internal")));
  });

  test("where the run is over", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    world.now = run.expiresAt;
    const claims = world.claims(run, { exp: world.now + 10 });
    await expect(refused(world.broker.credentials(claims))).resolves.toEqual(["run.over", "token.too-long"]);
  });

  test.each<[string, (run: { run: string; txn: string; sid: string }, jti: string) => Target, string]>([
    ["the agent", () => ({ kind: "agent", id: "clerk" }), "agent.revoked"],
    ["its delegator", () => ({ kind: "agent", id: "chief" }), "agent.revoked"],
    ["the run", ({ run }) => ({ kind: "run", id: run }), "run.revoked"],
    ["the transaction", ({ txn }) => ({ kind: "run", id: txn }), "run.revoked"],
    ["the session", ({ sid }) => ({ kind: "session", id: sid }), "session.revoked"],
    ["the token", (_, jti) => ({ kind: "token", id: jti }), "token.revoked"],
    ["the user", () => ({ kind: "user", user }), "user.revoked"],
  ])("where %s is revoked", async (_, target, code) => {
    const world = new AwsWorld(awsFleet);
    const parent = await world.begin("chief", "hand", { user });
    const run = await world.begin("clerk", "read-internal", { parent });
    const claims = world.claims(run);
    await world.store.write([revoke(target(run, claims.jti), { why: "test", by: "test", at: NOW }, undefined)]);
    await expect(refused(world.broker.credentials(claims))).resolves.toEqual([code]);
    expectOnlyRefused(world);
  });

  test.each([
    ["the agent is revoked", "commit", "agent.revoked"],
    ["the agent is revoked", "STS", "agent.revoked"],
    ["a newer registry comes into force", "commit", "policy.stale"],
    ["a newer registry comes into force", "STS", "policy.stale"],
  ])("where %s during %s: the credentials from STS are discarded", async (_, during, code) => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    await noteRevision(world.store, awsFleet.revision);
    const stop = async () => {
      world.beforeCommit = undefined;
      const why = { why: "stolen", by: "security", at: NOW };
      if (code === "policy.stale") await noteRevision(world.store, awsFleet.revision + 1);
      else await world.store.write([revoke({ kind: "agent", id: "clerk" }, why, undefined)]);
    };
    const Credentials = {
      AccessKeyId: "ASIA1",
      SecretAccessKey: "secret",
      SessionToken: "token",
      Expiration: new Date((NOW + 900) * 1000),
    };
    if (during === "commit") world.beforeCommit = stop;
    else world.sts.answer = () => stop().then(() => ({ Credentials }));
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual([code]);
    expect(world.acts.map(({ event: { kind, facts } }) => [kind, facts["codes"]])).toEqual([
      ["aws.issued", undefined],
      ["aws.failed", [code]],
    ]);
  });

  test("where the registry is older than the newest that was used", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    await world.store.write([{ kind: "put", key: seenKey(), value: 2, when: "absent" }]);
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["policy.stale"]);
  });

  test("once a newer registry was used, where an older one comes back", async () => {
    const world = new AwsWorld({ ...awsFleet, revision: 7 });
    const run = await world.begin("clerk", "read-internal");
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual([]);
    world.fleet = { ...awsFleet, revision: 6 };
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["policy.stale"]);
  });

  test("where the agent is no longer declared", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    world.fleet = exampleFleet;
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["agent.unknown"]);
  });

  test("for a task without AWS data", async () => {
    const world = new AwsWorld(exampleFleet);
    const run = await world.begin("web-reader", "fetch", { user: null });
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toContain("audience.not-granted");
  });

  test("for an agent that gets its credentials from AWS itself", async () => {
    const world = new AwsWorld(exampleFleet);
    const run = await world.begin("build-watcher", "summarise");
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["aws.not-granted"]);
    expectOnlyRefused(world);
  });

  test("before anything is written, where policy and end are too long for STS", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    const agent = awsFleet.agentNamed("clerk");
    const task = agent?.tasks.get("read-internal");
    const sessionPolicy = `{"Version":"2012-10-17","Statement":["${"x".repeat(2_000)}"]}`;
    const tasks = new Map([["read-internal", { ...task, aws: { ...task?.aws, sessionPolicy } }]]);
    world.fleet = { ...awsFleet, agentOf: () => ({ ...agent, tasks }) as unknown as typeof agent };
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["aws.policy-too-large"]);
    expectOnlyRefused(world);
  });

  test("where the store holds what is no run", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    await world.store.write([{ kind: "put", key: runKey(1, run.run), value: { task: "read-internal" }, when: "any" }]);
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["exchange.error"]);
    expectOnlyRefused(world);
    expect(world.failures).toHaveLength(1);
  });

  test("where the store cannot be read", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    jest.spyOn(world.store, "read").mockRejectedValue(new StoreUnavailable("down"));
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["store.unavailable"]);
    expect([world.acts, world.sts.asked]).toEqual([[], []]);
  });

  test("where the record cannot be written: STS is not asked", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "write-internal");
    world.beforeCommit = () => {
      throw new StoreUnavailable("down");
    };
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["store.unavailable"]);
    expect([world.acts, world.sts.asked]).toEqual([[], []]);
  });

  test("and the record says of which token, and why", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    const claims = world.claims(run, { exp: NOW });
    await refused(world.broker.credentials(claims));
    expect(world.acts.map(({ event }) => event)).toEqual([
      {
        kind: "aws.refused",
        time: NOW,
        facts: {
          spiffeId: run.spiffeId,
          task: "read-internal",
          run: run.run,
          txn: run.txn,
          sid: run.sid,
          token: claims.jti,
          error: "access_denied",
          codes: ["token.over"],
        },
      },
    ]);
  });

  test("in the same way where the log is full", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    jest.spyOn(world.failures, "push").mockImplementation(() => {
      throw new Error("no space left on device");
    });
    jest.spyOn(world.store, "read").mockRejectedValue(new StoreUnavailable("down"));
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["store.unavailable"]);
  });

  test("although it cannot be recorded, and logs that", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    const broken = new Error("broken");
    world.beforeCommit = () => {
      throw broken;
    };
    const claims = world.claims(run, { aud: "exchange" });
    await expect(refused(world.broker.credentials(claims))).resolves.toEqual(["token.invalid"]);
    expect(world.failures).toEqual([broken]);
  });
});
