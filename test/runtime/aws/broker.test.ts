import { createHash } from "node:crypto";
import { rfc3339 } from "../../../runtime/rfc3339";
import type { Refusal } from "../../../runtime/refusal/refusal";
import { sessionKey } from "../../../runtime/store/keys";
import { awsFleet } from "../../support/exchange/aws-fleet";
import { AwsWorld, NOW, refused } from "../../support/exchange/aws-world";
import { exampleFleet } from "../../support/exchange/example-fleet";
import { stsError } from "../../support/exchange/fake-sts";

const user = { issuer: "https://login.acme.example", subject: "ada" };
describe("credentials of a task", () => {
  test("are the role's for 900 s, with the registry's policy, as agent, task, user and session", async () => {
    const world = new AwsWorld(exampleFleet);
    const run = await world.begin("support-triage", "answer", { user });
    const credentials = await world.broker.credentials(world.claims({ ...run, expiresAt: NOW + 900 }));
    const aws = exampleFleet.agentNamed("support-triage")?.tasks.get("answer")?.aws;
    expect(credentials).toEqual({
      AccessKeyId: "ASIA1",
      SecretAccessKey: "secret",
      Token: "token",
      Expiration: rfc3339(NOW + 900),
    });
    expect(world.sts.asked).toEqual([
      {
        RoleArn: aws?.role,
        RoleSessionName: run.txn,
        DurationSeconds: 900,
        Policy: expect.any(String),
        SourceIdentity: "support-triage",
        Tags: [
          { Key: "ambit-agent", Value: "support-triage" },
          { Key: "ambit-task", Value: "answer" },
          { Key: "ambit-session", Value: run.sid },
          { Key: "ambit-user", Value: expect.stringMatching(/^[\w-]{43}$/) },
        ],
      },
    ]);
  });

  test("raise the mark, note what may be written and are recorded before STS is asked", async () => {
    const world = new AwsWorld(exampleFleet);
    const run = await world.begin("support-triage", "answer", { user });
    const claims = world.claims(run);
    let before: unknown;
    world.sts.answer = () => {
      before = { events: world.acts.map(({ event }) => event), session: world.session("support-triage", user) };
      throw stsError("AccessDenied", 403);
    };
    await expect(refused(world.broker.credentials(claims))).resolves.toEqual(["aws.refused"]);
    const { events, session } = before as { events: unknown[]; session: Promise<unknown> };
    await expect(session).resolves.toMatchObject({
      mark: "confidential",
      readable: { confidential: run.expiresAt + 60 },
      writable: { confidential: run.expiresAt + 60 },
    });
    expect(events).toEqual([
      {
        kind: "aws.issued",
        time: NOW,
        facts: {
          agent: "support-triage",
          spiffeId: "spiffe://prod.acme.example/ns/support/sa/support-triage",
          task: "answer",
          start: "user",
          chain: [],
          user: createHash("sha256")
            .update(JSON.stringify([user.issuer, user.subject]))
            .digest("base64url"),
          run: run.run,
          txn: run.txn,
          sid: run.sid,
          token: claims.jti,
          role: "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage",
          policy: `sha256:${createHash("sha256")
            .update(world.sts.asked[0]?.Policy as string)
            .digest("hex")}`,
          reads: "confidential",
          writes: "confidential",
          end: run.expiresAt,
          revision: 1,
        },
      },
    ]);
  });

  test("that only read leave nothing writable, and those that only write raise no mark", async () => {
    const world = new AwsWorld(awsFleet);
    world.user = user;
    await world.broker.credentials(world.claims(await world.begin("clerk", "read-internal")));
    await expect(world.session("clerk")).resolves.toMatchObject({
      mark: "internal",
      readable: { internal: NOW + 960 },
      writable: {},
    });
    await world.broker.credentials(world.claims(await world.begin("clerk", "write-restricted", { fresh: false })));
    await expect(world.session("clerk")).resolves.toMatchObject({
      mark: "internal",
      readable: { internal: NOW + 960 },
      writable: { restricted: NOW + 960 },
    });
  });
});

describe("the end", () => {
  const denyOf = (policy: string | undefined): unknown =>
    (JSON.parse(policy as string) as { Statement: { Effect: string }[] }).Statement.filter(
      ({ Effect }) => Effect === "Deny",
    );
  const deny = (end: number): unknown => [
    {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { DateGreaterThanEquals: { "aws:CurrentTime": rfc3339(end) } },
    },
  ];

  test("of the run is that of its credentials, told and denied", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    world.now += 600;
    const { Expiration } = await world.broker.credentials(world.claims(run));
    expect(Expiration).toBe(rfc3339(run.expiresAt));
    expect(denyOf(world.sts.asked[0]?.Policy)).toEqual(deny(run.expiresAt));
  });

  test("is not in the policy where STS ends the credentials first", async () => {
    const world = new AwsWorld(exampleFleet);
    const run = await world.begin("ledger-reconciler", "reconcile");
    const agent = world.fleet.agentNamed("ledger-reconciler");
    expect(run.expiresAt - NOW).toBe(45 * 60);
    expect(agent?.session.idleSeconds).toBe(900);
    const longer = { ...agent, session: { idleSeconds: 909, totalSeconds: 7_200 } } as typeof agent;
    world.fleet = { ...exampleFleet, agentOf: () => longer };
    const { Expiration } = await world.broker.credentials(world.claims(run));
    expect(Expiration).toBe(rfc3339(NOW + 900));
    expect(denyOf(world.sts.asked[0]?.Policy)).toEqual([]);
  });

  test.each([
    ["the session is over", { session: { idleSeconds: 7_200, totalSeconds: 400 } }, NOW + 400],
    ["the session may be idle", { session: { idleSeconds: 300, totalSeconds: 7_200 } }, NOW + 300],
    ["the agent expires", { expires: NOW + 200 }, NOW + 200],
  ])("is earlier than the run's where %s", async (_, change, end) => {
    const world = new AwsWorld(exampleFleet);
    const run = await world.begin("ledger-reconciler", "reconcile");
    const agent = { ...exampleFleet.agentNamed("ledger-reconciler"), ...change } as ReturnType<
      typeof exampleFleet.agentNamed
    >;
    world.fleet = { ...exampleFleet, agentOf: () => agent };
    const { Expiration } = await world.broker.credentials(world.claims(run));
    expect(Expiration).toBe(rfc3339(end));
    expect(denyOf(world.sts.asked[0]?.Policy)).toEqual(deny(end));
  });

  test("is that of an agent that handed the work on, where that expires", async () => {
    const world = new AwsWorld(awsFleet);
    const parent = await world.begin("chief", "hand");
    const run = await world.begin("clerk", "read-internal", { parent });
    world.fleet = {
      ...awsFleet,
      agentOf: (id) => {
        const agent = awsFleet.agentOf(id);
        return agent?.name === "chief" ? { ...agent, expires: NOW + 100 } : agent;
      },
    };
    const { Expiration } = await world.broker.credentials(world.claims(run));
    expect(Expiration).toBe(rfc3339(NOW + 100));
  });
});

describe("where STS gives nothing", () => {
  test("mark and what may be written stay, and that it failed is recorded", async () => {
    const world = new AwsWorld(awsFleet);
    world.user = user;
    const run = await world.begin("clerk", "write-internal");
    const claims = world.claims(run);
    world.sts.answer = () => {
      world.now += 3;
      throw stsError("TimeoutError");
    };
    await expect(refused(world.broker.credentials(claims))).resolves.toEqual(["aws.unavailable"]);
    await expect(world.session("clerk")).resolves.toMatchObject({ writable: { internal: NOW + 960 } });
    expect(world.acts.map(({ event }) => event.kind)).toEqual(["aws.issued", "aws.failed"]);
    expect(world.acts[1]?.event).toEqual({
      kind: "aws.failed",
      time: NOW + 3,
      facts: {
        agent: "clerk",
        spiffeId: run.spiffeId,
        task: "write-internal",
        start: "user",
        chain: [],
        user: expect.stringMatching(/^[\w-]{43}$/),
        run: run.run,
        txn: run.txn,
        sid: run.sid,
        token: claims.jti,
        error: "temporarily_unavailable",
        codes: ["aws.unavailable"],
      },
    });
  });

  test("the refusal stands where it cannot be recorded, and that is logged", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    const down = new Error("down");
    world.sts.answer = () => {
      world.beforeCommit = () => {
        throw down;
      };
      throw stsError("AccessDenied", 403);
    };
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["aws.refused"]);
    expect(world.failures).toEqual([down]);
  });
});

describe("a session that changes meanwhile", () => {
  test("is decided on again, by what it is then", async () => {
    const world = new AwsWorld(awsFleet);
    world.user = user;
    const reading = world.claims(await world.begin("clerk", "read-restricted"));
    const writing = world.claims(await world.begin("clerk", "write-public", { fresh: false }));
    world.beforeCommit = async () => {
      world.beforeCommit = undefined;
      await world.broker.credentials(writing);
    };
    await expect(refused(world.broker.credentials(reading))).resolves.toEqual(["mark.credential-below"]);
    expect(world.acts.map(({ event }) => [event.kind, event.facts["task"]])).toEqual([
      ["aws.issued", "write-public"],
      ["mark.reserved", undefined],
      ["aws.refused", "read-restricted"],
    ]);
  });

  test("of two at once that may not both be, one gets credentials", async () => {
    const world = new AwsWorld(awsFleet);
    world.user = user;
    const reading = world.claims(await world.begin("clerk", "read-restricted"));
    const writing = world.claims(await world.begin("clerk", "write-public", { fresh: false }));
    const answers = await Promise.all([reading, writing].map((claims) => refused(world.broker.credentials(claims))));
    expect([
      [[], ["mark.above-clearance"]],
      [["mark.credential-below"], []],
    ]).toContainEqual(answers);
    expect(world.sts.asked).toHaveLength(1);
  });

  test("fails where it changes at each attempt", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    let attempts = 0;
    world.beforeCommit = async () => {
      attempts += 1;
      const session = await world.session("clerk", run.txn);
      if (session === undefined) throw new Error("no session");
      const key = sessionKey(1, { agent: "clerk", whose: `txn.${run.txn}` });
      await world.store.write([{ kind: "put", key, value: { ...session }, when: "present" }]);
    };
    await expect(refused(world.broker.credentials(world.claims(run)))).resolves.toEqual(["store.conflict"]);
    expect(attempts).toBe(6);
    expect(world.sts.asked).toEqual([]);
  });

  test("many at once for one task all get credentials in the end, or are told to try again", async () => {
    const world = new AwsWorld(awsFleet);
    const run = await world.begin("clerk", "read-internal");
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () => world.broker.credentials(world.claims(run))),
    );
    const failures = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as Refusal] : []));
    expect(failures.flatMap(({ reasons }) => reasons).filter(({ code }) => code !== "store.conflict")).toEqual([]);
    expect(world.sts.asked).toHaveLength(20 - failures.length);
    expect(failures.length).toBeLessThan(20);
  });
});

test("the token of an exchange whose clock is a minute ahead is taken", async () => {
  const world = new AwsWorld(awsFleet);
  const run = await world.begin("clerk", "read-internal");
  const claims = world.claims(run, { iat: NOW + 60, exp: NOW + 360 });
  await expect(world.broker.credentials(claims)).resolves.toMatchObject({ AccessKeyId: "ASIA1" });
});

test("a session that another agent holds is not touched", async () => {
  const world = new AwsWorld(awsFleet);
  world.user = user;
  await world.begin("chief", "hand");
  const before = await world.session("chief");
  await world.broker.credentials(world.claims(await world.begin("clerk", "read-restricted")));
  await expect(world.session("chief")).resolves.toEqual(before);
});
