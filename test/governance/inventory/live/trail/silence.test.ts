import { comparisonOf } from "../../../../../governance/inventory/live/comparison";
import type { DeclaredAgent } from "../../../../../governance/inventory/live/declared";
import type { DeployedCall, DeployedRole } from "../../../../../governance/inventory/live/deployed";
import type { TrailRecord } from "../../../../../governance/inventory/live/trail/record";
import type { Selector } from "../../../../../governance/inventory/live/trail/selectors";

const [HOUR, DAY] = [3_600, 86_400];
const AT = 1_800_000_000;
const DAYS = 60;
const FROM = AT - DAYS * DAY;
const ROLE = "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.triage";
const TRAIL = "agents";
const REGION = "eu-central-1";

const agent: DeclaredAgent = {
  name: "triage",
  state: "active",
  workload: { namespace: "support", serviceAccount: "triage" },
  tasks: [
    {
      name: "answer",
      role: ROLE,
      data: [
        { name: "articles", kind: "bucket", place: "acme-kb/articles/", accesses: ["read", "write"] },
        { name: "notes", kind: "table", place: "notes", account: "111122223333", accesses: ["read"] },
      ],
    },
  ],
};
const selector = (type: string, change: Partial<Selector> = {}): Selector => ({
  ...{ type, isRead: true, isWritten: true, arns: undefined },
  ...change,
});
const OBJECTS = selector("AWS::S3::Object");
const SELECTORS = [OBJECTS, selector("AWS::DynamoDB::Table")];
const RECORD: TrailRecord = {
  trail: TRAIL,
  regions: new Map([[REGION, { from: FROM, until: AT - HOUR }]]),
  selections: [{ since: FROM, selectors: SELECTORS }],
  tablesIn: [REGION],
  bucketsIn: new Map([["acme-kb", { known: REGION }]]),
};
const USES = ["s3", "dynamodb"].map((service) => ({ service, last: AT - DAY, actions: [] }));
const call = (action: string, target: string, change: Partial<DeployedCall> = {}): DeployedCall => ({
  ...{ role: ROLE, action, target, at: AT - DAY },
  ...change,
});
/** The role works, on other data. */
const ELSEWHERE = ["s3:*", "dynamodb:*"].map((action) => call(action, "", { at: AT - 2 * DAY }));

interface Change {
  readonly record?: Partial<TrailRecord>;
  readonly calls?: readonly DeployedCall[];
  readonly role?: Partial<DeployedRole>;
  readonly agents?: readonly DeclaredAgent[];
}

function compared({ record = {}, calls = [], role = {}, agents = [agent] }: Change) {
  const not = { unknown: "left out" };
  const known = { arn: ROLE, agent: "triage", createdAt: 0, uses: { known: USES }, ...role };
  const trail = { known: { calls: [...ELSEWHERE, ...calls], record: { known: { ...RECORD, ...record } } } };
  const deployed = { at: AT, aws: { known: [known] }, cloudtrail: not, trail, kubernetes: not, registry: not };
  const found = comparisonOf(agents, deployed, DAYS);
  return {
    ...found,
    unused: found.narrowings.flatMap(({ unused }) => unused.map(({ data, access, by }) => `${data}:${access} ${by}`)),
    reasons: found.unknown.map(({ data, access, because }) => `${data}:${access}: ${because}`),
  };
}
const ALL = ["articles:read trail", "articles:write trail", "notes:read trail"];

test("an access is unused that a whole trail writes down, and does not show", () => {
  const { unused, narrowings, reasons } = compared({ calls: [call("s3:GetObject", "acme-kb/articles/")] });
  expect([unused, reasons]).toEqual([["articles:write trail", "notes:read trail"], []]);
  expect(narrowings).toMatchObject([
    { before: "data: [articles.readWrite(), notes.read()]", after: "data: [articles.read()]" },
  ]);
  expect(narrowings[0]?.unused[0]?.because).toBe(
    `AbortMultipartUpload, PutObject not called on it since 2026-11-16, by the digests of ${TRAIL}`,
  );
});

test("a call before the days says when the last one was", () => {
  const { narrowings } = compared({ calls: [call("s3:GetObject", "acme-kb/articles/", { at: FROM - 2 * DAY })] });
  expect(narrowings[0]?.unused[0]?.because).toContain("GetObject not called on it after 2026-11-14, by the digests");
});

test("what access advisor tells of an action on any data keeps no right on this data", () => {
  const uses = [
    { service: "s3", last: AT - DAY, actions: [{ name: "GetObject", last: AT - DAY }] },
    USES[1] ?? USES[0],
  ];
  expect(compared({ role: { uses: { known: uses as typeof USES } } }).unused).toEqual(ALL);
});

describe("an access stays where it may have been used:", () => {
  test.each<[string, DeployedCall, readonly string[]]>([
    ["another action of the service", call("s3:*", "acme-kb/articles/"), ["articles:read", "articles:write"]],
    ["a call that may be on it", call("s3:PutObject", "acme-kb/articles/", { isPerhaps: true }), ["articles:write"]],
    ["a call of which the role is not told", { action: "dynamodb:*", target: "notes", at: AT - DAY }, ["notes:read"]],
    ["a call of which the table is not told", { role: ROLE, action: "dynamodb:*", at: AT - DAY }, ["notes:read"]],
  ])("%s", (_, made, kept) => {
    const { unused, reasons } = compared({ calls: [made] });
    expect(unused).toEqual(ALL.filter((one) => !kept.some((each) => one.startsWith(each))));
    expect(reasons).toEqual(
      kept.map((one) => `${one}: the trail shows a call on 2027-01-14 that may be such an access`),
    );
  });

  test("also where access advisor says that its service was never used", () => {
    const uses = { known: [{ service: "dynamodb", actions: [] }] };
    const { unused } = compared({
      calls: [call("dynamodb:*", "notes")],
      role: { uses },
      record: { regions: new Map() },
    });
    expect(unused).toEqual([]);
  });
});

const TABLES = [OBJECTS, selector("AWS::DynamoDB::Table")];
describe("nothing is unused", () => {
  test.each<[string, Change, string]>([
    ["of a region without digests", { record: { regions: new Map() } }, "the trail has no digests of eu-central-1"],
    [
      "where digests begin after the days do",
      { record: { regions: new Map([[REGION, { from: FROM + 1, until: AT }]]) } },
      "the trail's digests of eu-central-1 are whole since 2026-11-16T08:00:01Z alone",
    ],
    [
      "where digests end too early",
      { record: { regions: new Map([[REGION, { from: FROM, until: AT - 4 * HOUR - 1 }]]) } },
      "the trail's digests of eu-central-1 end at 2027-01-15T03:59:59Z",
    ],
    [
      "where it is not known what the trail writes down",
      { record: { selections: [] } },
      `what the trail ${TRAIL} writes down is not known`,
    ],
    [
      "where the trail was changed within the days",
      { record: { selections: [{ since: FROM + 1, selectors: SELECTORS }] } },
      `what the trail ${TRAIL} writes down is known since 2026-11-16T08:00:01Z alone`,
    ],
    [
      "where the trail writes down something else now",
      { record: { selections: [...RECORD.selections, { since: AT - DAY, selectors: [] }] } },
      `the trail ${TRAIL} does not write down`,
    ],
    [
      "where the trail wrote down something else within the days",
      {
        record: {
          selections: [
            { since: FROM - DAY, selectors: [] },
            { since: FROM + 1, selectors: TABLES },
          ],
        },
      },
      `the trail ${TRAIL} did not always write down`,
    ],
    [
      "where access advisor reports a use that the trail does not show",
      { role: { uses: { known: USES.map((use) => ({ ...use, last: AT })) } } },
      "access advisor reports a use of",
    ],
    ["of a new role", { role: { createdAt: FROM + 1 } }, "its role exists for less than 60 days"],
    ["of a role that is no ARN", {}, "where it is kept is not known"],
  ])("%s", (what, change, why) => {
    const isOdd = what.includes("no ARN");
    const agents = isOdd ? [{ ...agent, tasks: agent.tasks.map((task) => ({ ...task, role: "triage" })) }] : [agent];
    const role = isOdd ? { arn: "triage", uses: { unknown: "left out" } } : {};
    const { unused, reasons } = compared({ agents, ...change, role: { ...role, ...change.role } });
    expect(unused).toEqual([]);
    expect(reasons.map((reason) => reason.includes(why))).toEqual([true, true, true]);
  });
});

describe("only what concerns it keeps a right:", () => {
  const kept = (change: Change) => ALL.filter((one) => !compared(change).unused.includes(one));
  test.each<[string, Change, readonly string[]]>([
    [
      "a bucket in a region without digests",
      { record: { bucketsIn: new Map([["acme-kb", { known: "us-east-1" }]]) } },
      ["articles:read trail", "articles:write trail"],
    ],
    [
      "a bucket whose region AWS does not tell",
      { record: { bucketsIn: new Map([["acme-kb", { unknown: "denied" }]]) } },
      ["articles:read trail", "articles:write trail"],
    ],
    [
      "a bucket whose region was not asked for",
      { record: { bucketsIn: new Map() } },
      ["articles:read trail", "articles:write trail"],
    ],
    [
      "a table that may be in a region without digests",
      { record: { tablesIn: [REGION, "us-east-1"] } },
      ["notes:read trail"],
    ],
    ["a table whose region is not known", { record: { tablesIn: [] } }, ["notes:read trail"]],
    [
      "reads that are not written down",
      { record: { selections: [{ since: FROM, selectors: [selector("AWS::S3::Object", { isRead: false })] }] } },
      ["articles:read trail", "notes:read trail"],
    ],
    [
      "selectors that were replaced before the days",
      {
        record: {
          selections: [
            { since: FROM - DAY, selectors: [] },
            { since: FROM, selectors: TABLES },
          ],
        },
      },
      [],
    ],
    ["a call of another role", { calls: [call("s3:GetObject", "acme-kb/articles/", { role: `${ROLE}-other` })] }, []],
    ["a call on other data", { calls: [call("s3:GetObject", "acme-kb/digests/")] }, []],
  ])("%s", (_, change, accesses) => {
    expect(kept(change)).toEqual(accesses);
  });

  test("a read, where a copy to other data of its role may not be written down", () => {
    const other = { name: "drafts", kind: "bucket", place: "acme-drafts/", accesses: ["write"] } as const;
    const read = { ...agent.tasks[0]?.data[0], name: "articles", accesses: ["read"] } as const;
    const tasks = [ROLE, `${ROLE}-other`].map((role) => [
      { name: "answer", role: ROLE, data: [read] },
      { name: "draft", role, data: [other] },
    ]);
    const [own, apart] = tasks.map((some) => compared({ agents: [{ ...agent, tasks: some }] }));
    expect([own?.unused, apart?.unused]).toEqual([[], ["articles:read trail"]]);
    expect(own?.reasons[0]).toMatch(
      /: a copy to drafts reads it too: the region of the bucket acme-drafts is not known$/,
    );
    const selectors = [selector("AWS::S3::Object", { isWritten: false })];
    const unwritten = compared({ record: { selections: [{ since: FROM, selectors }] } });
    expect(unwritten.unused).toEqual([]);
    expect(unwritten.reasons[0]).toMatch(
      /: a copy to articles reads it too: the trail agents does not write down PutObject/,
    );
  });

  test("data of another account", () => {
    const data = agent.tasks[0]?.data.map((one) => ({ ...one, account: "999900001111" })) ?? [];
    const { unused, reasons } = compared({ agents: [{ ...agent, tasks: [{ name: "answer", role: ROLE, data }] }] });
    expect([unused, reasons.filter((one) => one.endsWith("it is kept in account 999900001111"))]).toEqual([
      [],
      reasons,
    ]);
  });
});

test("files that are not proven say so of each access", () => {
  const not = { unknown: "left out" };
  const aws = { known: [{ arn: ROLE, agent: "triage", createdAt: 0, uses: { known: USES } }] };
  const trail = { known: { calls: ELSEWHERE, record: { unknown: "a digest is forged" } } };
  const deployed = { at: AT, aws, cloudtrail: not, trail, kubernetes: not, registry: not };
  const { narrowings, unknown } = comparisonOf([agent], deployed, DAYS);
  expect([narrowings, unknown.length]).toEqual([[], 3]);
  expect(unknown[0]?.because).toBe(
    "s3 is used, and AWS does not report the use of GetObject by itself; the trail shows no use, which is no proof: a digest is forged",
  );
});
