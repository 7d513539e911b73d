import { comparisonOf } from "../../../../governance/inventory/live/comparison";
import type { DeclaredAgent } from "../../../../governance/inventory/live/declared";
import type { Asked, CallHistory, DeployedCall, ServiceUse } from "../../../../governance/inventory/live/deployed";

const DAY = 86_400;
const AT = 1_800_000_000;
const DAYS = 60;
const SINCE = AT - DAYS * DAY;
const ROLE = "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.triage";
const ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:";
const GET = "secretsmanager:GetSecretValue";

const agent: DeclaredAgent = {
  name: "triage",
  state: "active",
  workload: { namespace: "support", serviceAccount: "triage" },
  tasks: [
    {
      name: "answer",
      role: ROLE,
      data: [
        { name: "login", kind: "secret", place: "erp/login", accesses: ["read"] },
        { name: "token", kind: "secret", place: "erp/token", accesses: ["read"] },
        { name: "notes", kind: "table", accesses: ["read"] },
      ],
    },
  ],
};

const call = (target: string | undefined, change: Partial<DeployedCall> = {}): DeployedCall => ({
  role: ROLE,
  action: GET,
  ...(target !== undefined && { target }),
  at: AT - DAY,
  ...change,
});
const secrets = (last = AT - DAY, ...actions: ServiceUse["actions"]): ServiceUse => ({
  service: "secretsmanager",
  last,
  actions,
});
const notes: ServiceUse = { service: "dynamodb", last: AT, actions: [] };

function compared(
  calls: Asked<CallHistory> | readonly DeployedCall[],
  uses: Asked<readonly ServiceUse[]> = { known: [secrets(), notes] },
  { since = SINCE, createdAt = 0 } = {},
) {
  const cloudtrail: Asked<CallHistory> = "known" in calls || "unknown" in calls ? calls : { known: { since, calls } };
  const not = { unknown: "left out" };
  const aws = { known: [{ arn: ROLE, agent: "triage", createdAt, uses }] };
  return comparisonOf([agent], { at: AT, aws, cloudtrail, kubernetes: not, registry: not }, DAYS);
}
const unusedIn = (found: ReturnType<typeof compared>) =>
  found.narrowings.flatMap(({ unused }) => unused.map(({ data, by, because }) => `${data}: ${because} (${by})`));
const unknownIn = (found: ReturnType<typeof compared>) =>
  found.unknown.map(({ data, because }) => `${data}: ${because}`);

test("a secret that no session called is unused, though the role read another one", () => {
  const found = compared([call("erp/login")]);
  expect(unusedIn(found)).toEqual(["token: GetSecretValue not called on it since 2026-11-16 (CloudTrail)"]);
  expect(found.narrowings).toMatchObject([
    { before: "data: [login.read(), token.read(), notes.read()]", after: "data: [login.read(), notes.read()]" },
  ]);
});

test("a secret that a session called is in use, with the last call", () => {
  expect(compared([call("erp/login", { at: AT - 3 * DAY }), call("erp/login")]).used).toEqual([
    {
      ...{ agent: "triage", task: "answer", data: "login", access: "read", by: "CloudTrail" },
      because: "a session of its role called GetSecretValue on it",
      lastUsed: "2027-01-14T08:00:00.000Z",
    },
  ]);
});

test("a call before the days says when the last one was", () => {
  const found = compared([call("erp/login"), call("erp/token", { at: SINCE - DAY })], undefined, {
    since: SINCE - 9 * DAY,
  });
  expect(unusedIn(found)).toEqual(["token: GetSecretValue not called on it after 2026-11-15 (CloudTrail)"]);
});

test("what access advisor says of the whole service needs no event", () => {
  expect(unusedIn(compared({ unknown: "denied" }, { known: [secrets(0), notes] }))).toEqual([
    "login: secretsmanager last used 1970-01-01 (access advisor)",
    "token: secretsmanager last used 1970-01-01 (access advisor)",
  ]);
});

test("CloudTrail alone can tell it where access advisor does not answer", () => {
  const found = compared([call("erp/login")], { unknown: "AccessDenied" });
  expect(unusedIn(found)).toEqual(["token: GetSecretValue not called on it since 2026-11-16 (CloudTrail)"]);
  expect(unknownIn(found)).toEqual(["notes: AccessDenied"]);
});

describe("a secret is used where a session of the role called it", () => {
  const other = call("erp/login");
  test.each<[string, DeployedCall]>([
    ["by its name", call("erp/token")],
    ["by its ARN", call(`${ARN}erp/token-a1B2c3`)],
    ["by its ARN without the suffix", call(`${ARN}erp/token`)],
    ["just as long ago as the days", call("erp/token", { at: SINCE })],
    ["and the event does not say which", call(undefined)],
    ["and the event does not say which role", { action: GET, target: "erp/token", at: AT }],
  ])("%s", (_, one) => {
    expect(unusedIn(compared([other, one]))).toEqual([]);
    // Also where access advisor lags behind: what one source shows, another's silence does not take away.
    expect(unusedIn(compared([other, one], { known: [secrets(0), notes] }))).toEqual([]);
  });

  test.each<[string, DeployedCall]>([
    ["a longer name", call("erp/token-of-another")],
    ["a shorter name", call("erp/toke")],
    ["another role", call("erp/token", { role: `${ROLE}-old` })],
    ["another action", call("erp/token", { action: "secretsmanager:DescribeSecret" })],
  ])("and not by a call of %s", (_, one) => {
    expect(unusedIn(compared([other, one]))).toHaveLength(1);
  });
});

describe("silence of CloudTrail makes nothing unused", () => {
  test.each<[string, ReturnType<typeof compared>, string]>([
    ["where it was not asked", compared({ unknown: "denied" }, { unknown: "throttled" }), "token: throttled; denied"],
    [
      "where its history begins within the days",
      compared([], { unknown: "throttled" }, { since: SINCE + 1 }),
      "token: throttled; CloudTrail's event history is known since 2026-11-16 alone",
    ],
    [
      "of a role that is younger than the days",
      compared([call("erp/login")], undefined, { createdAt: SINCE + 1 }),
      "token: its role exists for less than 60 days",
    ],
    [
      "of items of a table, which it never holds",
      compared([], { known: [notes] }),
      "notes: dynamodb is used, and AWS does not report the use of BatchGetItem, GetItem, Query by itself",
    ],
  ])("%s", (_, found, because) => {
    expect(unusedIn(found).filter((one) => one.startsWith(because.split(":")[0]!))).toEqual([]);
    expect(unknownIn(found)).toContain(because);
  });

  test.each<[string, readonly DeployedCall[], ServiceUse]>([
    ["no call at all", [], secrets(AT - 5 * DAY)],
    ["only earlier calls", [call("erp/login", { at: AT - 9 * DAY })], secrets(AT - 5 * DAY)],
    [
      "only earlier calls than of the action",
      [call("erp/login", { at: AT - 9 * DAY })],
      secrets(0, { name: "GetSecretValue", last: AT - 5 * DAY }),
    ],
  ])("where access advisor reports a use and it shows %s", (_, calls, use) => {
    expect(unusedIn(compared(calls, { known: [use, notes] }))).toEqual([]);
  });

  test("though the use that access advisor reports may be a day later than the event", () => {
    expect(unusedIn(compared([call("erp/login")], { known: [secrets(AT), notes] }))).toHaveLength(1);
  });
});
