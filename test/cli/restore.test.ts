import { restoreCommand } from "../../cli/restore";
import type { RunProgram } from "../../cli/stop/function-call";
import { called, type Called } from "../support/cli";
import { ARN, operatorWorld, STOPPED } from "../support/operator-world";

const world = operatorWorld();
const { asked, ran } = world;

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
  const why = (): readonly string[] => ["--reason", "fixed", ...world.direct()];
  const again = { code: "restoration.ordered-again", what: "it was ordered stopped again", fix: "read the list" };
  const ORDERED_AGAIN = { error: "access_denied", reasons: [again] };
  const RESTORED = { ...STOPPED, restored: true };
  const ORDERED = NOW - 9_000;
  const stopped = (at: number) => ({
    kind: "agent",
    id: "support-triage",
    reason: "INC-7: sends what it should not",
    by: "olga of https://login.acme.example",
    revoked_at: NOW - 9_500,
    restorable_at: at,
    now: NOW,
    last_ordered_at: ORDERED,
    roles: [ARN],
  });

  test("detaches, takes it off the list, and last of all lets it act at the exchange", async () => {
    world.answers = [
      [200, { revocations: [{ kind: "agent", id: "other" }], next: "bmV4dA" }],
      [200, { revocations: [stopped(NOW)] }],
      [200, RESTORED],
    ];
    const { code, stdout, stderr } = await restore(signedIn(), ...why());
    expect([code, stdout]).toEqual([0, expect.stringContaining("AWSDenyAll is off prod.support-triage")]);
    expect(stderr).toContain("list of killed agents is changed: prod-cluster\n");
    expect(stderr).toContain(
      "agent support-triage is stopped since 2027-01-15T05:21:40.000Z; the latest order is of 2027-01-15T05:30:00.000Z, " +
        "by olga of https://login.acme.example, because: INC-7: sends what it should not\n",
    );
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
      world.answers = [[200, { revocations: [{ ...stopped(NOW), ...change }] }]];
      const { code, stderr } = await restore(signedIn(), ...why());
      expect([code, stderr]).toEqual([1, expect.stringContaining("does not say when the agent may be restored")]);
      expect(ran).toEqual([]);
    },
  );

  test("names no order where the exchange tells of none", async () => {
    world.answers = [
      [200, { revocations: [{ ...stopped(NOW), last_ordered_at: undefined }] }],
      [200, { kind: "agent", id: "support-triage", restored: true }],
    ];
    expect((await restore(signedIn(), ...why())).code).toBe(0);
    expect(JSON.parse(asked.at(-1)?.body ?? "")).not.toHaveProperty("last_ordered_at");
  });

  test("asks neither AWS nor the cluster with --exchange-only, and says that what was done there stays", async () => {
    world.answers = [
      [200, { revocations: [stopped(NOW)] }],
      [200, RESTORED],
    ];
    const { code, stdout } = await restore(signedIn(), "--exchange-only", ...why());
    expect([code, ran]).toEqual([0, []]);
    expect(stdout).toMatch(/aws +not asked: what the kill switch did there stays\n.*kill-list +not asked/);
    expect(stdout).toMatch(/exchange +it may act again/);
  });

  test.each([
    ["it is too early", [], [[200, { revocations: [stopped(NOW + 1)] }]], 4, "cannot be restored before"],
    [
      "a role is named, which is not asked for",
      ["--role", "prod.x"],
      [],
      64,
      "--role is for AWS, which --exchange-only",
    ],
    [
      "the exchange refuses in the end",
      [],
      [
        [200, { revocations: [stopped(NOW)] }],
        [403, { error: "access_denied", reasons: [] }],
      ],
      1,
      "agent support-triage stays stopped: the exchange answered 403",
    ],
  ] as const)("with --exchange-only, fails where %s", async (_, args, answers, code, said) => {
    world.answers = [...answers] as typeof world.answers;
    const ended = await restore(signedIn(), "--exchange-only", ...args, ...why());
    expect([ended.code, ended.stderr, ran]).toEqual([code, expect.stringContaining(said), []]);
    expect(ended.stderr).not.toContain("AWSDenyAll is off");
  });

  test("does nothing where it is too early, says until when, and ends with 4", async () => {
    world.answers = [[200, { revocations: [stopped(NOW + 1)] }]];
    const { code, stderr } = await restore(signedIn(), ...why());
    expect([code, stderr]).toEqual([4, expect.stringContaining("cannot be restored before 2027-01-15T08:00:01.000Z")]);
    expect(ran).toEqual([]);
  });

  test("does nothing where the exchange has not revoked it: what was given to it may be good", async () => {
    world.answers = [[200, { revocations: [] }]];
    const { code, stderr } = await restore(signedIn(), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("the exchange has not revoked agent support-triage")]);
    expect(ran).toEqual([]);
  });

  test("leaves it stopped at the exchange where AWS or the cluster did not follow", async () => {
    world.answers = [[200, { revocations: [stopped(NOW)] }]];
    const { code, stderr } = await restore(world.ends(255, "AccessDenied"), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("so the agent stays stopped: AccessDenied")]);
    expect(asked).toHaveLength(1);
  });

  test("says what is off already, and how it is attached again, where the exchange refuses in the end", async () => {
    const reasons = [{ code: "restoration.too-early", what: "it may still be good", fix: "wait" }];
    world.answers = [
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

  test("shows the new reason where the agent was ordered stopped again meanwhile", async () => {
    world.answers = [
      [200, { revocations: [stopped(NOW)] }],
      [409, ORDERED_AGAIN],
      [200, { revocations: [{ ...stopped(NOW), last_ordered_at: NOW, reason: "INC-8: does it again", by: "omar" }] }],
    ];
    const { code, stderr } = await restore(signedIn(), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("AWSDenyAll is off its roles")]);
    expect(stderr).toMatch(
      /409, restoration\.ordered-again: .*; the latest order is of 2027-01-15T08:00:00\.000Z, by omar, because: INC-8: does it again\n$/,
    );
  });

  test("says that it was ordered again also where the exchange does not tell the new reason", async () => {
    world.answers = [
      [200, { revocations: [stopped(NOW)] }],
      [409, ORDERED_AGAIN],
    ];
    const { code, stderr } = await restore(signedIn(), "--exchange-only", ...why());
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/support-triage stays stopped: the exchange answered 409, restoration\.ordered-again: /),
    ]);
  });

  test("takes no 200 for a restoration that names no agent", async () => {
    world.answers = [
      [200, { revocations: [stopped(NOW)] }],
      [200, { restored: true }],
    ];
    const { code, stderr } = await restore(signedIn(), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("does not say that agent may act again")]);
    world.answers = [[200, {}]];
    expect((await restore(signedIn(), ...why())).stderr).toContain("does not say what is stopped");
  });

  test("fails where IAM knows no such role", async () => {
    world.answers = [[200, { revocations: [stopped(NOW)] }]];
    const tail = "(NoSuchEntity) The role with name prod.support-triage cannot be found.";
    const { code, stderr } = await restore(signedIn("111122223333", { code: 254, tail }), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("so the agent stays stopped: (NoSuchEntity) The role")]);
    expect(asked).toHaveLength(1);
  });

  test("fails where the rights at AWS are of another account than the agent's roles", async () => {
    world.answers = [[200, { revocations: [stopped(NOW)] }]];
    const { code, stderr } = await restore(signedIn("444455556666"), ...why());
    expect([code, stderr]).toEqual([1, expect.stringContaining("in account 111122223333, got rights in 444455556666")]);
    expect(ran.filter((each) => /detach|patch/.test(each))).toEqual([]);
  });

  test("goes on where the last time got to: what is detached already is no failure", async () => {
    world.answers = [
      [200, { revocations: [stopped(NOW)] }],
      [200, RESTORED],
    ];
    const said = "(NoSuchEntity) Policy arn:aws:iam::aws:policy/AWSDenyAll was not found.";
    const run = signedIn("111122223333", { code: 254, tail: said });
    expect((await restore(run, ...why())).code).toBe(0);
  });

  test("fails with 64 without the exchange, which alone knows whether it is too early", async () => {
    const { code, stderr } = await restore(world.ends(0), "--reason", "fixed");
    expect([code, stderr]).toEqual([64, expect.stringContaining("name --exchange")]);
  });

  test("fails with 64 for a role by its ARN, as ambit revoke does", async () => {
    const { code, stderr } = await restore(signedIn(), "--role", ARN, ...why());
    expect([code, stderr, asked]).toEqual([
      64,
      expect.stringContaining("--role must be the name of a role, got arn:"),
      [],
    ]);
  });

  describe("user", () => {
    const user = { issuer: "https://login.acme.example", subject: "mallory" };
    const MALLORY = { ...stopped(NOW), id: undefined, roles: undefined, kind: "user", user };
    const OTHERS = [
      { ...MALLORY, user: { ...user, issuer: "https://other.example" }, last_ordered_at: 1 },
      { ...MALLORY, user: { ...user, subject: "ana" }, last_ordered_at: 2 },
    ];
    const ISSUER = ["--issuer", user.issuer];
    const restoreUser = (...args: readonly string[]): Promise<Called> =>
      called([(io) => restoreCommand(io, { run: signedIn() })], "restore", "user", "mallory", ...args);

    test("is let act at the exchange, which alone stopped it, by the order that was listed", async () => {
      world.answers = [
        [200, { revocations: OTHERS, next: "bmV4dA" }],
        [200, { revocations: [MALLORY] }],
        [200, { kind: "user", user, restored: true }],
      ];
      const { code, stdout, stderr } = await restoreUser(...ISSUER, ...why());
      expect([code, stdout]).toEqual([0, "exchange  it may act again\n"]);
      expect(stderr).toContain("user mallory of https://login.acme.example is stopped since ");
      expect(ran).toEqual([]);
      expect(asked.map(({ request }) => request)).toEqual([
        expect.stringMatching(/^GET \/operator\/revocations\?kind=user&digest=[\w-]{43}$/),
        "GET /operator/revocations?kind=user&after=bmV4dA",
        "POST /operator/restorations",
      ]);
      expect(JSON.parse(asked.at(-1)?.body ?? "")).toEqual({
        kind: "user",
        user,
        reason: "fixed",
        last_ordered_at: ORDERED,
      });
    });

    test("is told in JSON", async () => {
      world.answers = [
        [200, { revocations: [MALLORY] }],
        [200, { kind: "user", user, restored: true }],
      ];
      const { stdout } = await restoreUser(...ISSUER, "--json", ...why());
      expect(JSON.parse(stdout)).toEqual({ kind: "user", user, restored: true });
    });

    test.each<readonly [why: string, answers: typeof world.answers, code: number, said: string]>([
      [
        "it is too early",
        [[200, { revocations: [{ ...MALLORY, restorable_at: NOW + 1 }] }]],
        4,
        "before 2027-01-15T08:00:01",
      ],
      [
        "the exchange has stopped other users alone",
        [[200, { revocations: OTHERS }]],
        1,
        "has not revoked user mallory of",
      ],
      [
        "the answer names another user",
        [
          [200, { revocations: [MALLORY] }],
          [200, { kind: "user", user: { ...user, subject: "ana" }, restored: true }],
        ],
        1,
        "user mallory of https://login.acme.example stays stopped: the answer is 200 and does not say that user may act again",
      ],
      [
        "it was ordered stopped again meanwhile",
        [
          [200, { revocations: [MALLORY] }],
          [409, ORDERED_AGAIN],
          [200, { revocations: [{ ...MALLORY, reason: "INC-9" }] }],
        ],
        1,
        "because: INC-9\n",
      ],
    ])("stays stopped where %s", async (_, answers, code, said) => {
      world.answers = answers;
      const ended = await restoreUser(...ISSUER, ...why());
      expect([ended.code, ended.stderr, ended.stdout]).toEqual([code, expect.stringContaining(said), ""]);
    });

    test.each<readonly [what: string, args: readonly string[], message: string]>([
      ["no issuer", [], "a user needs --issuer"],
      ["a role", [...ISSUER, "--role", "prod.x"], "--role is for an agent, got user: leave it out"],
      ["--exchange-only", [...ISSUER, "--exchange-only"], "--exchange-only is for an agent, got user: leave it out"],
    ])("fails with 64 for %s", async (_, args, message) => {
      const { code, stderr } = await restoreUser(...args, ...why());
      expect([code, stderr, asked]).toEqual([64, expect.stringContaining(message), []]);
    });
  });

  test.each(["session", "run", "chain", "token"])("fails with 64 for a %s, which ends by itself", async (kind) => {
    const { code, stderr } = await called([(io) => restoreCommand(io)], "restore", kind, "x", ...why());
    expect([code, stderr]).toEqual([64, expect.stringContaining(`value '${kind}' is invalid`)]);
  });
});
