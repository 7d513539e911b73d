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
    world.answers = [
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
});
