import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { DevelopmentAuthority } from "../../cli/dev/development-authority";
import type { RunProgram } from "../../cli/stop/function-call";
import { restoreCommand } from "../../cli/restore";
import { revokeCommand } from "../../cli/revoke";
import { called, type Called, scratch } from "../support/cli";

const files = scratch("revoke");
const authority = new DevelopmentAuthority("prod.acme.example");
const ca = files.put("ca.pem", authority.bundle);
const idToken = files.put("token.jwt", "the.id.token\n");
const EXCHANGE = "spiffe://prod.acme.example/exchange";
const ARN = "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage";
const HORIZON = [{ path: "aws", seconds: 900, because: "an AWS session issued before it" }];

/** Answers as the exchange does, one after another; each by method and path */
let answers: (readonly [status: number, body: object])[] = [];
const asked: { readonly request: string; readonly authorization: unknown; readonly body: string }[] = [];
let server: Server;
const address = (): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  const names = { dnsNames: [], ipAddresses: ["127.0.0.1"] };
  const { certificate: cert, key } = authority.x509Svid(EXCHANGE, names);
  server = createServer({ cert, key }, (incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => void parts.push(part));
    incoming.on("end", () => {
      const { method, url, headers } = incoming;
      const body = Buffer.concat(parts).toString();
      asked.push({ request: `${method} ${url}`, authorization: headers.authorization, body });
      const [status, answer] = answers.shift() ?? [500, {}];
      outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterAll(() => new Promise((done) => server.close(done)));
beforeEach(() => {
  answers = [];
  asked.splice(0);
  ran.splice(0);
});

/** Programs that were run, and what each ends with */
const ran: string[] = [];
const ends = (code: number, tail = "", stdout = "{}"): RunProgram =>
  (async (program, args) => {
    ran.push([program, ...args].join(" "));
    return { code, stdout, tail };
  }) satisfies RunProgram;

/** The kill switch's function, as the aws command line calls it */
const lambda = (answer: object, said: object = { StatusCode: 200 }): RunProgram =>
  (async (program, args) => {
    ran.push([program, ...args.slice(0, 4)].join(" "));
    ran.push(args[args.indexOf("--payload") + 1] ?? "");
    writeFileSync(args.at(-1) as string, JSON.stringify(answer));
    return { code: 0, stdout: JSON.stringify(said), tail: "" };
  }) satisfies RunProgram;

const step = (name: string, outcome = "done", tries = 1, what = "it is so") => ({ step: name, outcome, tries, what });
/** As the exchange answers, once it is stopped there */
const STOPPED = { kind: "agent", id: "support-triage", revoked_at: 1_800_000_000, already: false };
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
const direct = (): readonly string[] => ["--exchange", address(), "--ca", ca, "--id-token", idToken];

describe("ambit revoke", () => {
  test("has the kill switch stop an agent, and tells each step and what may still work", async () => {
    const steps = [step("exchange"), step("aws", "done", 1, "on prod.support-triage.answer"), step("kill-list")];
    const run = lambda({ steps, horizon: HORIZON });
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
    const { code, stdout } = await revoke(lambda({ steps, horizon: HORIZON }), ...AGENT, ...FUNCTION);
    expect(code).toBe(3);
    expect(stdout).toContain("aws        failed 3×      IAM is deaf\n");
    expect(stdout).toContain("kill-list  done at try 2  it is so\n");
    expect(stdout).toContain("! aws: AWS sessions that it was given work to their end");
  });

  test("works where only the exchange is reached: it is stopped there, and the rest is told", async () => {
    answers = [[200, { ...STOPPED, horizon: HORIZON, roles: [ARN] }]];
    const { code, stdout } = await revoke(ends(1), ...AGENT, ...direct());
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
    answers = [
      [200, { ...STOPPED, already: true, roles: [] }],
      [200, { ...STOPPED, kind: "run", id: "the-run" }],
    ];
    const agent = await revoke(ends(1), ...AGENT, ...direct());
    expect(agent.stdout).toMatch(/aws {8}not needed/);
    const run = await revoke(ends(1), "run", "the-run", "--reason", "INC-1", ...direct());
    expect([run.code, run.stdout]).toEqual([0, expect.stringMatching(/kill-list {2}not needed/)]);
  });

  test("names a user by issuer and subject", async () => {
    const issuer = "https://login.acme.example";
    answers = [[200, { kind: "user", user: { issuer, subject: "mallory" }, revoked_at: 1, already: false }]];
    const { code, stdout } = await revoke(
      ends(1),
      "user",
      "mallory",
      "--issuer",
      issuer,
      "--reason",
      "INC-1",
      ...direct(),
    );
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("A user's subject cannot be checked for spelling: look whether it is mallory\n"),
    ]);
    expect(asked[0]?.body).toBe(`{"kind":"user","user":{"issuer":"${issuer}","subject":"mallory"},"reason":"INC-1"}`);
  });

  test("stops it where either way reaches the exchange", async () => {
    answers = [[200, { ...STOPPED, roles: [ARN] }]];
    const { code, stdout } = await revoke(lambda(deaf("prod.support-triage")), ...AGENT, ...FUNCTION, ...direct());
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^exchange {3}done/)]);
  });

  test("tells the function the roles that the exchange named", async () => {
    answers = [[200, { ...STOPPED, roles: [ARN, `${ARN}.answer`] }]];
    const run = lambda(deaf("prod.support-triage, prod.support-triage.answer"));
    const { code } = await revoke(run, ...AGENT, ...FUNCTION, ...direct());
    expect([code, JSON.parse(ran[1] ?? "")]).toEqual([
      0,
      expect.objectContaining({ roles: ["prod.support-triage", "prod.support-triage.answer"] }),
    ]);
  });

  test("names the role that the exchange told and the function did not deny, and ends with 3", async () => {
    answers = [[200, { ...STOPPED, roles: [ARN, `${ARN}.answer`] }]];
    const { code, stdout } = await revoke(lambda(deaf("prod.support-triage")), ...AGENT, ...FUNCTION, ...direct());
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/aws {8}failed 1× .*AWSDenyAll is not known to be on prod\.support-triage\.answer\n/),
    ]);
  });

  test("has the function stop it where the exchange does not answer", async () => {
    const { code } = await revoke(lambda(WHOLE), ...AGENT, ...FUNCTION, ...direct());
    expect([code, asked.length]).toEqual([0, 1]);
  });

  test("knows the exchange by its SPIFFE ID in place of its host name", async () => {
    const unnamed = [...AGENT, "--exchange", address().replace("127.0.0.1", "localhost"), ...direct().slice(2)];
    expect((await revoke(ends(1), ...unnamed)).stdout).toContain("Hostname/IP does not match");
    answers = [[200, { ...STOPPED, roles: [] }]];
    expect((await revoke(ends(1), ...unnamed, "--spiffe-id", EXCHANGE)).stdout).toMatch(/^exchange {3}done/);
    const other = await revoke(ends(1), ...unnamed, "--spiffe-id", `${EXCHANGE}-2`);
    expect([other.code, other.stdout]).toEqual([1, expect.stringContaining(`must show ${EXCHANGE}-2, got`)]);
  });

  test.each<readonly [what: string, answer: object]>([
    ["nothing", {}],
    ["no time", { ...STOPPED, revoked_at: undefined }],
    ["another agent", { ...STOPPED, id: "support-triage-2" }],
    ["another kind", { ...STOPPED, kind: "run" }],
  ])("takes no 200 for a stop that names %s", async (_, answer) => {
    answers = [[200, answer]];
    const { code, stdout } = await revoke(ends(1), ...AGENT, ...direct());
    expect([code, stdout]).toEqual([1, expect.stringContaining("does not say that agent is stopped")]);
  });

  test("takes no 200 for a stop that names another user", async () => {
    const issuer = "https://login.acme.example";
    answers = [[200, { kind: "user", user: { issuer, subject: "alice" }, revoked_at: 1 }]];
    const user = ["user", "mallory", "--issuer", issuer, "--reason", "INC-1"];
    expect((await revoke(ends(1), ...user, ...direct())).code).toBe(1);
  });

  test("a chain is stopped as the run that began it", async () => {
    const chain = ["chain", "a-run", "--reason", "INC-1", ...direct()];
    answers = [[200, { ...STOPPED, kind: "run", id: "first-run" }]];
    expect((await revoke(ends(1), ...chain)).code).toBe(0);
    answers = [[200, STOPPED]];
    expect((await revoke(ends(1), ...chain)).code).toBe(1);
  });

  test.each<readonly [what: string, steps: object]>([
    ["no steps", []],
    ["a step too few", [step("exchange"), step("aws")]],
    ["an unknown outcome", [step("exchange"), step("aws"), step("kill-list", "perhaps")]],
  ])("takes no function for the kill switch that tells %s", async (_, steps) => {
    const { code, stdout } = await revoke(lambda({ steps }), ...AGENT, ...FUNCTION);
    expect([code, stdout]).toEqual([1, expect.stringContaining("look whether it is the kill switch")]);
  });

  test("says first that a name is not known, asks nothing else of it, and ends with 1", async () => {
    const what = 'no agent of this name is declared, did you mean "support-triage"?';
    answers = [[400, { reasons: [{ code: "revocation.target-unknown", what, fix: "look" }] }]];
    const { code, stdout } = await revoke(lambda(WHOLE), ...AGENT, ...FUNCTION, ...direct());
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
    const { code, stdout } = await revoke(lambda({ steps }), ...AGENT, ...FUNCTION);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^agent support-triage is not known .*nothing is stopped/),
    ]);
    expect(stdout).toContain("the name is on the list, and no declared agent has it: take it off");
  });

  test("a role that is denied is told of an agent that is not declared any more", async () => {
    const what = "Refused: the exchange answered 400, revocation.target-unknown";
    const steps = [step("exchange", "failed", 1, what), step("aws"), step("kill-list")];
    const { code, stdout } = await revoke(lambda({ steps }), ...AGENT, ...FUNCTION);
    expect([code, stdout]).toEqual([3, expect.stringContaining("so only what is done below is stopped")]);
  });

  test("ends with 1 where nothing is stopped, and says who was deaf", async () => {
    const { code, stdout } = await revoke(ends(255, "Unable to locate credentials"), ...AGENT, ...FUNCTION);
    expect(code).toBe(1);
    expect(stdout).toContain("the kill switch could not be called: Unable to locate credentials");
    expect(stdout).toContain("! exchange: exchange and gateway go on with it");
  });

  test("ends with 1 where the function ended with an error", async () => {
    const run = lambda({ errorMessage: "it is no order" }, { StatusCode: 200, FunctionError: "Unhandled" });
    const { code, stdout } = await revoke(run, ...AGENT, ...FUNCTION);
    expect([code, stdout]).toEqual([1, expect.stringContaining("ended with an error: it is no order")]);
  });

  test("tells what the exchange refuses for", async () => {
    const reasons = [{ code: "revocation.target-unknown", what: "no agent of this name", fix: "look" }];
    answers = [[400, { error: "invalid_target", reasons }]];
    const { code, stdout } = await revoke(ends(1), ...AGENT, ...direct());
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining("400, revocation.target-unknown: no agent of this name"),
    ]);
  });

  test("prints JSON", async () => {
    const { code, stdout } = await revoke(lambda(WHOLE), ...AGENT, ...FUNCTION, "--json");
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
    const { code, stderr } = await revoke(ends(1), ...args);
    expect([code, stderr]).toEqual([64, expect.stringContaining(message)]);
  });
});

describe("ambit restore", () => {
  const NOW = 1_800_000_000;
  const restore = (run: RunProgram, ...args: readonly string[]): Promise<Called> =>
    called([(io) => restoreCommand(io, { run })], "restore", "agent", "support-triage", ...args);
  /** With rights of an account, and what detaching ends with */
  const signedIn =
    (account = "111122223333", detaching: { readonly code: number; readonly tail: string } = { code: 0, tail: "" }) =>
    async (...[program, args]: Parameters<RunProgram>) => {
      ran.push([program, ...args].join(" "));
      const answer = { code: 0, stdout: "", tail: "" };
      if (args[0] === "sts") return { ...answer, stdout: `${account}\n` };
      if (args[0] === "config") return { ...answer, stdout: "prod-cluster\n" };
      return program === "aws" ? { ...answer, ...detaching } : answer;
    };
  const why = (): readonly string[] => ["--reason", "fixed", ...direct()];
  const RESTORED = { ...STOPPED, restored: true };
  const ORDERED = NOW - 9_000;
  const stopped = (at: number) => ({
    kind: "agent",
    id: "support-triage",
    restorable_at: at,
    now: NOW,
    last_ordered_at: ORDERED,
    roles: [ARN],
  });

  test("detaches, takes it off the list, and last of all lets it act at the exchange", async () => {
    answers = [
      [200, { revocations: [{ kind: "agent", id: "other" }], next: "bmV4dA" }],
      [200, { revocations: [stopped(NOW)] }],
      [200, RESTORED],
    ];
    const { code, stdout, stderr } = await restore(signedIn(), ...why());
    expect([code, stdout]).toEqual([0, expect.stringContaining("AWSDenyAll is off prod.support-triage")]);
    expect(stderr).toContain("list of killed agents is changed: prod-cluster\n");
    expect(ran).toEqual([
      "kubectl config current-context",
      "aws sts get-caller-identity --query Account --output text",
      "aws iam detach-role-policy --role-name prod.support-triage --policy-arn arn:aws:iam::aws:policy/AWSDenyAll",
      'kubectl -n ambit-system patch configmap ambit-killed-agents --type merge -p {"data":{"support-triage":null}}',
    ]);
    expect(asked.map(({ request }) => request)).toEqual([
      "GET /operator/revocations?kind=agent",
      "GET /operator/revocations?kind=agent&after=bmV4dA",
      "POST /operator/restorations",
    ]);
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toEqual({
      kind: "agent",
      id: "support-triage",
      reason: "fixed",
      last_ordered_at: ORDERED,
    });
  });

  test.each([{ now: undefined }, { restorable_at: undefined }])(
    "does nothing, and does not say that it is early, where the exchange does not tell the times: %j",
    async (change) => {
      answers = [[200, { revocations: [{ ...stopped(NOW), ...change }] }]];
      const { code, stderr } = await restore(signedIn(), ...why());
      expect([code, stderr]).toEqual([1, expect.stringContaining("does not say when the agent may be restored")]);
      expect(ran).toEqual([]);
    },
  );

  test("names no order where the exchange tells of none", async () => {
    answers = [
      [200, { revocations: [{ ...stopped(NOW), last_ordered_at: undefined }] }],
      [200, { kind: "agent", id: "support-triage", restored: true }],
    ];
    expect((await restore(signedIn(), ...why())).code).toBe(0);
    expect(JSON.parse(asked.at(-1)?.body ?? "")).not.toHaveProperty("last_ordered_at");
  });

  test("does nothing where it is too early, says until when, and ends with 4", async () => {
    answers = [[200, { revocations: [stopped(NOW + 1)] }]];
    const { code, stderr } = await restore(signedIn(), ...why());
    expect([code, stderr]).toEqual([4, expect.stringContaining("cannot be restored before 2027-01-15T08:00:01.000Z")]);
    expect(ran).toEqual([]);
  });

  test("does nothing where the exchange has not revoked it: what was given to it may be good", async () => {
    answers = [[200, { revocations: [] }]];
    const { code, stderr } = await restore(signedIn(), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("the exchange has not revoked agent support-triage")]);
    expect(ran).toEqual([]);
  });

  test("leaves it stopped at the exchange where AWS or the cluster did not follow", async () => {
    answers = [[200, { revocations: [stopped(NOW)] }]];
    const { code, stderr } = await restore(ends(255, "AccessDenied"), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("so the agent stays stopped: AccessDenied")]);
    expect(asked).toHaveLength(1);
  });

  test("says what is off already, and how it is attached again, where the exchange refuses in the end", async () => {
    const reasons = [{ code: "restoration.too-early", what: "it may still be good", fix: "wait" }];
    answers = [
      [200, { revocations: [stopped(NOW)] }],
      [403, { error: "access_denied", reasons, retry_after: 5 }],
    ];
    const { code, stderr } = await restore(signedIn(), ...why());
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("attaches and lists it again: the exchange answered 403, restoration.too"),
    ]);
    expect(stderr).toContain("AWSDenyAll is off its roles and its name is off the list of killed agents already");
    expect(stderr).not.toContain("stays stopped");
  });

  test("takes no 200 for a restoration that names no agent", async () => {
    answers = [
      [200, { revocations: [stopped(NOW)] }],
      [200, { restored: true }],
    ];
    const { code, stderr } = await restore(signedIn(), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("does not say that agent may act again")]);
    answers = [[200, {}]];
    expect((await restore(signedIn(), ...why())).stderr).toContain("does not say what is stopped");
  });

  test("fails where IAM knows no such role", async () => {
    answers = [[200, { revocations: [stopped(NOW)] }]];
    const tail = "(NoSuchEntity) The role with name prod.support-triage cannot be found.";
    const { code, stderr } = await restore(signedIn("111122223333", { code: 254, tail }), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("so the agent stays stopped: (NoSuchEntity) The role")]);
    expect(asked).toHaveLength(1);
  });

  test("fails where the rights at AWS are of another account than the agent's roles", async () => {
    answers = [[200, { revocations: [stopped(NOW)] }]];
    const { code, stderr } = await restore(signedIn("444455556666"), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("in account 111122223333, got rights in 444455556666")]);
    expect(ran.filter((each) => /detach|patch/.test(each))).toEqual([]);
  });

  test("goes on where the last time got to: what is detached already is no failure", async () => {
    answers = [
      [200, { revocations: [stopped(NOW)] }],
      [200, RESTORED],
    ];
    const said = "(NoSuchEntity) Policy arn:aws:iam::aws:policy/AWSDenyAll was not found.";
    const run = signedIn("111122223333", { code: 254, tail: said });
    expect((await restore(run, ...why())).code).toBe(0);
  });

  test("fails with 64 without the exchange, which alone knows whether it is too early", async () => {
    const { code, stderr } = await restore(ends(0), "--reason", "fixed");
    expect([code, stderr]).toEqual([64, expect.stringContaining("name --exchange")]);
  });
});
