import { revokeCommand } from "../../cli/revoke";
import type { RunProgram } from "../../cli/stop/function-call";
import { called, type Called } from "../support/cli";
import { ARN, EXCHANGE, operatorWorld, STOPPED } from "../support/operator-world";

const HORIZON = [{ path: "aws", seconds: 900, because: "an AWS session issued before it" }];
const world = operatorWorld();
const { asked, ran } = world;

const step = (name: string, outcome = "done", tries = 1, what = "it is so") => ({ step: name, outcome, tries, what });
/** The function could not ask the exchange, and has denied these roles */
const deaf = (roles: string) => ({
  steps: [
    step("exchange", "failed", 3, "no answer"),
    step("aws", "done", 1, `AWSDenyAll is on ${roles}; the exchange did not tell whether it has other roles`),
    step("kill-list"),
  ],
});
const WHOLE = { steps: [step("exchange"), step("aws"), step("kill-list")], horizon: HORIZON };

const revoke = (run: RunProgram, ...args: readonly string[]): Promise<Called> =>
  called([(io) => revokeCommand(io, { run })], "revoke", ...args);
const AGENT = ["agent", "support-triage", "--reason", "INC-1"];
const FUNCTION = ["--function", "ambit-prod-kill-switch"];

describe("ambit revoke", () => {
  test("has the kill switch stop an agent, and tells each step and what may still work", async () => {
    const steps = [step("exchange"), step("aws", "done", 1, "on prod.support-triage.answer"), step("kill-list")];
    const run = world.lambda({ steps, horizon: HORIZON });
    const { code, stdout } = await revoke(run, ...AGENT, ...FUNCTION, "--role", "prod.support-triage.answer");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^exchange {3}done {2}it is so\naws {8}done {2}on prod.*\nkill-list {2}done {2}it is so\n/);
    expect(stdout).toMatch(/What may still work.*\naws {2}900 s {2}\d{4}-\S+Z {2}an AWS session issued before it\n$/);
    expect(ran).toEqual([
      "aws lambda invoke --function-name ambit-prod-kill-switch",
      JSON.stringify({ kind: "agent", id: "support-triage", reason: "INC-1", roles: ["prod.support-triage.answer"] }),
    ]);
  });

  test("says which step failed and what works on, and ends with 3", async () => {
    const steps = [step("exchange"), step("aws", "failed", 3, "IAM is deaf"), step("kill-list", "done", 2)];
    const { code, stdout } = await revoke(world.lambda({ steps, horizon: HORIZON }), ...AGENT, ...FUNCTION);
    expect(code).toBe(3);
    expect(stdout).toContain("aws        failed 3×      IAM is deaf\n");
    expect(stdout).toContain("kill-list  done at try 2  it is so\n");
    expect(stdout).toContain("! aws: AWS sessions that it was given work to their end");
  });

  test("works where only the exchange is reached: it is stopped there, and the rest is told", async () => {
    world.answers = [[200, { ...STOPPED, horizon: HORIZON, roles: [ARN] }]];
    const { code, stdout } = await revoke(world.ends(1), ...AGENT, ...world.direct());
    expect(code).toBe(3);
    expect(stdout).toMatch(/exchange {3}done {7}exchange and gateway refuse from the next request on\n/);
    expect(stdout).toMatch(/aws {8}not asked {2}name --function/);
    expect(asked).toEqual([
      {
        request: "POST /operator/revocations",
        authorization: "Bearer the.id.token",
        body: '{"kind":"agent","id":"support-triage","reason":"INC-1"}',
      },
    ]);
    expect(ran).toEqual([]);
  });

  test("needs nothing at AWS for an agent without a role, and nothing but the exchange for a run", async () => {
    world.answers = [
      [200, { ...STOPPED, already: true, roles: [] }],
      [200, { ...STOPPED, kind: "run", id: "the-run" }],
    ];
    const agent = await revoke(world.ends(1), ...AGENT, ...world.direct());
    expect(agent.stdout).toMatch(/aws {8}not needed/);
    const run = await revoke(world.ends(1), "run", "the-run", "--reason", "INC-1", ...world.direct());
    expect([run.code, run.stdout]).toEqual([0, expect.stringMatching(/kill-list {2}not needed/)]);
  });

  test("says of a chain whose run is not known what is stopped, and how the right one is named", async () => {
    world.answers = [[200, { ...STOPPED, kind: "run", id: "the-run", known: false }]];
    const chain = await revoke(world.ends(1), "chain", "the-run", "--reason", "INC-1", ...world.direct());
    expect([chain.code, chain.stdout]).toEqual([1, expect.stringContaining("no run of this id is known")]);
    expect(chain.stdout).toContain("revoke the chain by txn of its records");
  });

  test("names a user by issuer and subject", async () => {
    const issuer = "https://login.acme.example";
    world.answers = [[200, { kind: "user", user: { issuer, subject: "mallory" }, revoked_at: 1, already: false }]];
    const { code, stdout } = await revoke(
      world.ends(1),
      "user",
      "mallory",
      "--issuer",
      issuer,
      "--reason",
      "INC-1",
      ...world.direct(),
    );
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("A user's subject cannot be checked for spelling: look whether it is mallory\n"),
    ]);
    expect(asked[0]?.body).toBe(`{"kind":"user","user":{"issuer":"${issuer}","subject":"mallory"},"reason":"INC-1"}`);
  });

  test("stops it where either way reaches the exchange", async () => {
    world.answers = [[200, { ...STOPPED, roles: [ARN] }]];
    const { code, stdout } = await revoke(
      world.lambda(deaf("prod.support-triage")),
      ...AGENT,
      ...FUNCTION,
      ...world.direct(),
    );
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^exchange {3}done/)]);
  });

  test("tells the function the roles that the exchange named", async () => {
    world.answers = [[200, { ...STOPPED, roles: [ARN, `${ARN}.answer`] }]];
    const run = world.lambda(deaf("prod.support-triage, prod.support-triage.answer"));
    const { code } = await revoke(run, ...AGENT, ...FUNCTION, ...world.direct());
    expect([code, JSON.parse(ran[1] ?? "")]).toEqual([
      0,
      expect.objectContaining({ roles: ["prod.support-triage", "prod.support-triage.answer"] }),
    ]);
  });

  test("names the role that the exchange told and the function did not deny, and ends with 3", async () => {
    world.answers = [[200, { ...STOPPED, roles: [ARN, `${ARN}.answer`] }]];
    const { code, stdout } = await revoke(
      world.lambda(deaf("prod.support-triage")),
      ...AGENT,
      ...FUNCTION,
      ...world.direct(),
    );
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/aws {8}failed 1× .*AWSDenyAll is not known to be on prod\.support-triage\.answer\n/),
    ]);
  });

  test("has the function stop it where the exchange does not answer", async () => {
    const { code } = await revoke(world.lambda(WHOLE), ...AGENT, ...FUNCTION, ...world.direct());
    expect([code, asked.length]).toEqual([0, 1]);
  });

  test("knows the exchange by its SPIFFE ID in place of its host name", async () => {
    const unnamed = [
      ...AGENT,
      "--exchange",
      world.address.replace("127.0.0.1", "localhost"),
      ...world.direct().slice(2),
    ];
    expect((await revoke(world.ends(1), ...unnamed)).stdout).toContain("Hostname/IP does not match");
    world.answers = [[200, { ...STOPPED, roles: [] }]];
    expect((await revoke(world.ends(1), ...unnamed, "--spiffe-id", EXCHANGE)).stdout).toMatch(/^exchange {3}done/);
    const other = await revoke(world.ends(1), ...unnamed, "--spiffe-id", `${EXCHANGE}-2`);
    expect([other.code, other.stdout]).toEqual([1, expect.stringContaining(`must show ${EXCHANGE}-2, got`)]);
  });

  test.each<readonly [what: string, answer: object]>([
    ["nothing", {}],
    ["no time", { ...STOPPED, revoked_at: undefined }],
    ["another agent", { ...STOPPED, id: "support-triage-2" }],
    ["another kind", { ...STOPPED, kind: "run" }],
  ])("takes no 200 for a stop that names %s", async (_, answer) => {
    world.answers = [[200, answer]];
    const { code, stdout } = await revoke(world.ends(1), ...AGENT, ...world.direct());
    expect([code, stdout]).toEqual([1, expect.stringContaining("does not say that agent is stopped")]);
  });

  test("takes no 200 for a stop that names another user", async () => {
    const issuer = "https://login.acme.example";
    world.answers = [[200, { kind: "user", user: { issuer, subject: "alice" }, revoked_at: 1 }]];
    const user = ["user", "mallory", "--issuer", issuer, "--reason", "INC-1"];
    expect((await revoke(world.ends(1), ...user, ...world.direct())).code).toBe(1);
  });

  test("a chain is stopped as the run that began it", async () => {
    const chain = ["chain", "a-run", "--reason", "INC-1", ...world.direct()];
    world.answers = [[200, { ...STOPPED, kind: "run", id: "first-run" }]];
    expect((await revoke(world.ends(1), ...chain)).code).toBe(0);
    world.answers = [[200, STOPPED]];
    expect((await revoke(world.ends(1), ...chain)).code).toBe(1);
  });

  test.each<readonly [what: string, steps: object]>([
    ["no steps", []],
    ["a step too few", [step("exchange"), step("aws")]],
    ["an unknown outcome", [step("exchange"), step("aws"), step("kill-list", "perhaps")]],
  ])("takes no function for the kill switch that tells %s", async (_, steps) => {
    const { code, stdout } = await revoke(world.lambda({ steps }), ...AGENT, ...FUNCTION);
    expect([code, stdout]).toEqual([1, expect.stringContaining("look whether it is the kill switch")]);
  });

  test("says first that a name is not known, asks nothing else of it, and ends with 1", async () => {
    const what = 'no agent of this name is declared, did you mean "support-triage"?';
    world.answers = [[400, { reasons: [{ code: "revocation.target-unknown", what, fix: "look" }] }]];
    const { code, stdout } = await revoke(world.lambda(WHOLE), ...AGENT, ...FUNCTION, ...world.direct());
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(
        /^agent support-triage is not known to the exchange, so nothing is stopped: .*did you mean/,
      ),
    ]);
    expect(ran).toEqual([]);
  });

  test("a name on the list that no agent has stops nothing", async () => {
    const what = "Refused: the exchange answered 400, revocation.target-unknown";
    const steps = [step("exchange", "failed", 1, what), step("aws", "failed"), step("kill-list")];
    const { code, stdout } = await revoke(world.lambda({ steps }), ...AGENT, ...FUNCTION);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^agent support-triage is not known .*nothing is stopped/),
    ]);
    expect(stdout).toContain("the name is on the list, and no declared agent has it: take it off");
  });

  test("a role that is denied is told of an agent that is not declared any more", async () => {
    const what = "Refused: the exchange answered 400, revocation.target-unknown";
    const steps = [step("exchange", "failed", 1, what), step("aws"), step("kill-list")];
    const { code, stdout } = await revoke(world.lambda({ steps }), ...AGENT, ...FUNCTION);
    expect([code, stdout]).toEqual([3, expect.stringContaining("so only what is done below is stopped")]);
  });

  test("ends with 1 where nothing is stopped, and says who was deaf", async () => {
    const { code, stdout } = await revoke(world.ends(255, "Unable to locate credentials"), ...AGENT, ...FUNCTION);
    expect(code).toBe(1);
    expect(stdout).toContain("the kill switch could not be called: Unable to locate credentials");
    expect(stdout).toContain("! exchange: exchange and gateway go on with it");
  });

  test("ends with 1 where the function ended with an error", async () => {
    const run = world.lambda({ errorMessage: "it is no order" }, { StatusCode: 200, FunctionError: "Unhandled" });
    const { code, stdout } = await revoke(run, ...AGENT, ...FUNCTION);
    expect([code, stdout]).toEqual([1, expect.stringContaining("ended with an error: it is no order")]);
  });

  test("tells what the exchange refuses for", async () => {
    const reasons = [{ code: "revocation.target-unknown", what: "no agent of this name", fix: "look" }];
    world.answers = [[400, { error: "invalid_target", reasons }]];
    const { code, stdout } = await revoke(world.ends(1), ...AGENT, ...world.direct());
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining("400, revocation.target-unknown: no agent of this name"),
    ]);
  });

  test("prints JSON", async () => {
    const { code, stdout } = await revoke(world.lambda(WHOLE), ...AGENT, ...FUNCTION, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ kind: "agent", id: "support-triage", ...WHOLE, at: expect.any(Number) });
  });

  test.each<readonly [what: string, args: readonly string[], message: string]>([
    ["no reason", ["agent", "a", ...FUNCTION], "required option '--reason <text>' not specified"],
    ["a reason of two lines", ["agent", "a", "--reason", "a\nb", ...FUNCTION], "--reason must be one line"],
    ["nothing to ask", ["agent", "a", "--reason", "x"], "name --function, --exchange, or both"],
    ["an unknown kind", ["fleet", "all", "--reason", "x", ...FUNCTION], "value 'fleet' is invalid"],
    ["a user without an issuer", ["user", "a", "--reason", "x", ...FUNCTION], "a user needs --issuer"],
    ["an issuer of an agent", [...AGENT, "--issuer", "https://a", ...FUNCTION], "--issuer is for a user, got agent"],
    ["an exchange without a token", [...AGENT, "--exchange", "https://a.example"], "--exchange needs --id-token"],
    ["an exchange over http", [...AGENT, "--exchange", "http://a", "--id-token", "x"], "must be an https address"],
    ["a token without an exchange", [...AGENT, "--id-token", "x", ...FUNCTION], "are for --exchange: name it"],
    ["a role by its ARN", [...AGENT, "--role", ARN, ...FUNCTION], "--role must be the name of a role"],
  ])("fails with 64 for %s", async (_, args, message) => {
    const { code, stderr } = await revoke(world.ends(1), ...args);
    expect([code, stderr]).toEqual([64, expect.stringContaining(message)]);
  });
});
