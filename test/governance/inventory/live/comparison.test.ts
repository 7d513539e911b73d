import type { AccessKind } from "../../../../domain/dataset-props";
import { comparisonOf } from "../../../../governance/inventory/live/comparison";
import { type DeclaredAgent, declaredIn } from "../../../../governance/inventory/live/declared";
import type { Asked, Deployed, ServiceUse } from "../../../../governance/inventory/live/deployed";
import { comparisonJson } from "../../../../governance/inventory/report/comparison-json";
import { comparisonText } from "../../../../governance/inventory/report/comparison-text";
import { agentOf, bucket } from "../../../support/domain";
import { HOSTILE, outputOf, registryOfFleet } from "../../../support/inventory/outputs";

const DAY = 86_400;
const AT = 1_800_000_000;
const ROLE = "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.triage";
const LONG_AGO = AT - 1_000 * DAY;
const same = (text: string): string => text;
const OPTIONS = { columns: 200, paint: { bold: same, dim: same, green: same, red: same, yellow: same } };

const triage = (
  change: Partial<DeclaredAgent> = {},
  accesses: readonly AccessKind[] = ["read", "write"],
): DeclaredAgent => ({
  name: "triage",
  state: "active",
  declaredAt: { file: "fleet/agents/triage.ts", line: 5 },
  workload: { namespace: "support", serviceAccount: "triage" },
  tasks: [
    {
      name: "answer",
      role: ROLE,
      data: [
        { name: "notes", kind: "table", accesses },
        { name: "tickets", kind: "external", accesses: ["read"] },
      ],
    },
  ],
  ...change,
});

const role = (uses: Asked<readonly ServiceUse[]>, createdAt = LONG_AGO, agent: string | undefined = "triage") => ({
  arn: ROLE,
  createdAt,
  ...(agent !== undefined && { agent }),
  uses,
});
const account = { namespace: "support", name: "triage", agent: "triage" };
const WHOLE: Deployed = {
  at: AT,
  aws: { known: [role({ known: [{ service: "dynamodb", last: AT, actions: [] }] })] },
  cloudtrail: { unknown: "left out" },
  kubernetes: {
    known: { serviceAccounts: [account], pods: [{ ...account, name: "triage-1", serviceAccount: "triage" }] },
  },
  registry: { known: ["triage"] },
};
const NOTHING = { known: [] };
const uses = (...known: readonly ServiceUse[]): Deployed => ({ ...WHOLE, aws: { known: [role({ known })] } });
const compare = (deployed: Deployed, agents: readonly DeclaredAgent[] = [triage()]) =>
  comparisonOf(agents, deployed, 90);

test("nothing differs where everything that is declared is deployed and nothing else", () => {
  expect(compare(WHOLE)).toMatchObject({ undeclared: [], orphans: [], missing: [], narrowings: [] });
});

describe("orphans", () => {
  const OTHER = `${ROLE}-old`;
  const pod = { ...account, name: "triage-2", serviceAccount: "triage" };
  test.each<[string, Partial<Deployed>, string, readonly string[]]>([
    [
      "a role of an agent that is not declared",
      { aws: { known: [role(NOTHING), { ...role(NOTHING), arn: OTHER, agent: "ghost" }] } },
      `role ${OTHER}: no agent ghost is declared`,
      ["ghost"],
    ],
    [
      "a further role of a declared agent",
      { aws: { known: [role(NOTHING), { ...role(NOTHING), arn: OTHER }] } },
      `role ${OTHER}: triage declares no such role`,
      [],
    ],
    [
      "a role without tag",
      { aws: { known: [role(NOTHING), { arn: OTHER, createdAt: 0, uses: NOTHING }] } },
      `role ${OTHER}: no agent declares the role, and it has no tag of one`,
      [],
    ],
    [
      "a declared role with the tag of another agent",
      { aws: { known: [role(NOTHING, 0, "ghost")] } },
      `role ${ROLE}: it is declared for triage, and tagged as ghost's`,
      ["ghost"],
    ],
    [
      "a declared role without tag",
      { aws: { known: [{ arn: ROLE, createdAt: 0, uses: NOTHING }] } },
      `role ${ROLE}: it is declared for triage, and tagged with no agent`,
      [],
    ],
    [
      "a service account of an agent that is not declared",
      {
        kubernetes: { known: { serviceAccounts: [account, { ...account, name: "ghost", agent: "ghost" }], pods: [] } },
      },
      "service account support/ghost: no agent ghost is declared",
      ["ghost"],
    ],
    [
      "a service account of that name in another namespace",
      { kubernetes: { known: { serviceAccounts: [account, { ...account, namespace: "other" }], pods: [] } } },
      "service account other/triage: triage declares no such service account other/triage",
      [],
    ],
    [
      "a pod that runs by another service account",
      { kubernetes: { known: { serviceAccounts: [account], pods: [{ ...pod, serviceAccount: "default" }] } } },
      "pod support/triage-2: triage declares no such service account support/default",
      [],
    ],
    [
      "a pod of that service account in another namespace",
      { kubernetes: { known: { serviceAccounts: [account], pods: [{ ...pod, namespace: "other" }] } } },
      "pod other/triage-2: triage declares no such service account other/triage",
      [],
    ],
    [
      "a published agent",
      { registry: { known: ["triage", "ghost"] } },
      "registry entry ghost: no agent ghost is declared",
      ["ghost"],
    ],
  ])("%s is one", (_, change, text, undeclared) => {
    const found = compare({ ...WHOLE, ...change });
    expect(found.orphans.map(({ kind, name, because }) => `${kind} ${name}: ${because}`)).toEqual([text]);
    expect([found.undeclared, found.missing]).toEqual([undeclared, []]);
  });
});

describe("missing", () => {
  const none = { serviceAccounts: [], pods: [] };
  const BARE: Deployed = {
    at: AT,
    aws: NOTHING,
    cloudtrail: { unknown: "left out" },
    kubernetes: { known: none },
    registry: NOTHING,
  };

  test("names what an active agent declares and no source has", () => {
    expect(compare(BARE).missing).toEqual([
      { kind: "role", name: ROLE, agent: "triage" },
      { kind: "service account", name: "support/triage", agent: "triage" },
      { kind: "registry entry", name: "triage", agent: "triage" },
    ]);
  });

  test.each(["suspended", "expired"] as const)("names nothing of an agent that is %s", (state) => {
    expect(compare(BARE, [triage({ state })]).missing).toEqual([]);
  });

  test("names nothing of sources that were not asked, and says so", () => {
    const why = { unknown: "left out" };
    const found = compare({ at: AT, aws: why, cloudtrail: why, kubernetes: why, registry: why });
    expect([found.missing, found.orphans, found.narrowings]).toEqual([[], [], []]);
    expect(found.notAsked).toEqual({
      aws: "left out",
      cloudtrail: "left out",
      kubernetes: "left out",
      registry: "left out",
    });
    expect(found.unknown.map(({ data, because }) => `${data}: ${because}`)).toEqual([
      "notes: left out",
      "notes: left out",
      "tickets: it is kept behind a tool, so AWS does not see its use",
    ]);
  });

  test("names a service account that bears the label of another agent", () => {
    const known = { serviceAccounts: [{ ...account, agent: "ghost" }], pods: [] };
    expect(compare({ ...WHOLE, kubernetes: { known } }).missing).toEqual([
      { kind: "service account", name: "support/triage", agent: "triage" },
    ]);
  });
});

describe("unused", () => {
  const dynamodb = (last: number | undefined, ...actions: ServiceUse["actions"]): ServiceUse => ({
    service: "dynamodb",
    ...(last !== undefined && { last }),
    actions,
  });
  const put = (last?: number) => ({ name: "PutItem", ...(last !== undefined && { last }) });
  const update = { name: "dynamodb:updateitem" };
  const OLD = AT - 91 * DAY;

  test.each<[string, ServiceUse, string]>([
    ["the service was never used", dynamodb(undefined), "dynamodb never used"],
    ["the service was last used before", dynamodb(OLD), "dynamodb last used 2026-10-16"],
  ])("is all of a service where %s", (_, use, because) => {
    const [one, ...more] = compare(uses(use)).narrowings;
    expect(more).toEqual([]);
    expect(one?.unused.map((access) => `${access.data}:${access.access}: ${access.because}`)).toEqual([
      `notes:read: ${because}`,
      `notes:write: ${because}`,
    ]);
    expect(one).toMatchObject({
      agent: "triage",
      task: "answer",
      declaredAt: { file: "fleet/agents/triage.ts", line: 5 },
      before: "data: [notes.readWrite(), tickets.read()]",
      after: "data: [tickets.read()]",
    });
  });

  test("is one access where AWS reports each of its actions, and none is used", () => {
    const found = compare(uses(dynamodb(AT, put(OLD), update)));
    expect(found.narrowings).toMatchObject([
      {
        before: "data: [notes.readWrite(), tickets.read()]",
        after: "data: [notes.read(), tickets.read()]",
        unused: [{ access: "write", because: "PutItem, UpdateItem last used 2026-10-16" }],
      },
    ]);
    expect(found.unknown.map(({ access, because }) => `${access}: ${because}`)).toContain(
      "read: dynamodb is used, and AWS does not report the use of BatchGetItem, GetItem, Query by itself",
    );
  });

  test("is nothing of what is in use, which is listed with its last use and the source", () => {
    const found = compare(uses(dynamodb(AT, put(OLD), { ...update, last: AT - DAY })));
    expect([found.narrowings, found.used]).toEqual([
      [],
      [
        {
          ...{ agent: "triage", task: "answer", data: "notes", access: "write" },
          ...{ by: "access advisor", because: "a session of its role tried PutItem or UpdateItem" },
          lastUsed: "2027-01-14T08:00:00.000Z",
        },
      ],
    ]);
    expect(comparisonText(found, OPTIONS)).toContain(
      "in use, by sessions of the role\n  triage, task answer: notes:write: last 2027-01-14 (access advisor)\n",
    );
  });

  test.each<[string, Deployed]>([
    ["an attempt is just as old as the days", uses(dynamodb(AT - 90 * DAY))],
    ["one of its actions is not reported", uses(dynamodb(AT, put()))],
    ["one of its actions is used", uses(dynamodb(AT, put(), { ...update, last: AT }))],
    ["an action was used after what the service says", uses(dynamodb(undefined, put(AT), update))],
    ["AWS says two things of the service", uses(dynamodb(undefined), dynamodb(AT))],
    ["AWS reports other services alone", uses({ service: "s3", actions: [] })],
    ["AWS reports nothing", uses()],
    ["its use could not be asked", { ...WHOLE, aws: { known: [role({ unknown: "throttled" })] } }],
    ["its role is younger", { ...WHOLE, aws: { known: [role({ known: [dynamodb(undefined)] }, AT - 89 * DAY)] } }],
    ["its role's age is no number", { ...WHOLE, aws: { known: [role({ known: [dynamodb(undefined)] }, NaN)] } }],
    ["its role is not deployed", { ...WHOLE, aws: NOTHING }],
    ["its role is another agent's", { ...WHOLE, aws: { known: [role({ known: [dynamodb(undefined)] }, 0, "ghost")] } }],
    ["AWS was not asked", { ...WHOLE, aws: { unknown: "left out" } }],
  ])("is nothing where %s", (_, deployed) => {
    expect(compare(deployed).narrowings).toEqual([]);
  });

  test.each(["suspended", "expired"] as const)("is nothing of an agent that is %s, which cannot act", (state) => {
    const found = compare(uses(dynamodb(undefined)), [triage({ state })]);
    expect([found.narrowings, found.unknown[0]?.because]).toEqual([[], `the agent is ${state}`]);
  });

  test("is nothing of data that the registry does not know, or whose kind has no such access", () => {
    const data = [{ name: "lost", accesses: ["read"] }] as const;
    const [task] = triage().tasks;
    const lost = triage({ tasks: [{ ...task!, data }] });
    expect(compare(uses(dynamodb(undefined)), [lost]).unknown).toMatchObject([
      { because: "the registry does not know the dataset" },
    ]);
    expect(compare(uses(dynamodb(undefined)), [triage({}, ["list"])]).unknown).toMatchObject([
      { because: "data of kind table has no access list" },
      {},
    ]);
  });
});

describe("reports", () => {
  const ghostly = compare({ ...uses({ service: "dynamodb", actions: [] }), registry: { known: ["ghost"] } });

  test("the text has a sentence, and the proposed narrowing as a diff with its line", () => {
    expect(comparisonText(ghostly, OPTIONS)).toBe(
      `declared and deployed, compared at 2027-01-15T08:00:00.000Z: 1 undeclared agent, 1 orphan, 1 missing, 2 accesses without use in 90 days, 0 in use, 1 of which the use is not known

not asked, and so not known
  cloudtrail: left out

agents that are not declared
  ghost

orphans: deployed, and not declared so
  registry entry ghost: no agent ghost is declared

missing: declared, and not deployed
  registry entry triage of triage

proposed narrowing: look when each was declared first
  fleet/agents/triage.ts:5: agent triage, task answer
    notes:read: dynamodb never used (access advisor)
    notes:write: dynamodb never used (access advisor)
  - data: [notes.readWrite(), tickets.read()],
  + data: [tickets.read()],

use not known
  triage, task answer: tickets:read: it is kept behind a tool, so AWS does not see its use
`,
    );
  });

  test("the text tells once why AWS was not asked, and not again for each access", () => {
    const text = comparisonText(compare({ ...WHOLE, aws: { unknown: "no credentials" } }), OPTIONS);
    expect(text.match(/no credentials/g)).toHaveLength(1);
    expect(text).toContain(", 0 in use, 3 of which the use is not known\n");
    expect(text).toContain("triage, task answer: tickets:read: it is kept behind a tool");
  });

  test("JSON says its version, and holds the comparison as it is", () => {
    expect(JSON.parse(comparisonJson(ghostly))).toEqual({ version: "ambit.inventory.live/1", ...ghostly });
  });

  test("the text shows no character of a deployed name that a terminal acts on", () => {
    const hostile = compare({
      at: AT,
      aws: { known: [{ arn: HOSTILE, agent: HOSTILE, createdAt: 0, uses: NOTHING }] },
      cloudtrail: { unknown: HOSTILE },
      kubernetes: {
        known: { serviceAccounts: [{ namespace: HOSTILE, name: HOSTILE, agent: HOSTILE }], pods: [] },
      },
      registry: { unknown: HOSTILE },
    });
    const text = comparisonText(hostile, { ...OPTIONS, columns: 20_000 });
    expect(text).toContain("\\u{1b}[2J");
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });
});

test("what is declared comes from the registry, with the line of each agent", () => {
  const spec = { tasks: { answer: { startedBy: "user", data: [bucket("logs").read()] } } } as const;
  expect(declaredIn(outputOf(registryOfFleet(agentOf(spec), agentOf({ suspended: true }, "idle"))))).toMatchObject([
    { name: "idle", state: "suspended" },
    {
      name: "triage",
      state: "active",
      declaredAt: { file: "fleet/agents/triage.ts", line: 5 },
      workload: { namespace: "support", serviceAccount: "triage" },
      tasks: [{ name: "answer", data: [{ name: "logs", kind: "bucket", accesses: ["read"] }] }],
    },
  ]);
});
