import { askedOf, UnknownEvent } from "../../../runtime/kill-switch/asked";
import { AgentRoles } from "../../../runtime/kill-switch/agent-roles";

const roles = new AgentRoles({ roles: { platform: "prod", partition: "aws" } });
const of = (event: unknown) => askedOf(event, (role) => roles.ownerOf(role));

/** As GuardDuty sends it, as far as it is read */
const finding = (key: object) => ({
  source: "aws.guardduty",
  "detail-type": "GuardDuty Finding",
  detail: {
    id: "f1",
    type: "Exfiltration:S3/AnomalousBehavior",
    severity: 8,
    resource: { resourceType: "AccessKey", accessKeyDetails: { accessKeyId: "ASIA", principalId: "AROA:s", ...key } },
  },
});

const alarm = (dimensions: readonly object[], value = "ALARM") => ({
  source: "aws.cloudwatch",
  alarmArn: "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:runs-wild",
  alarmData: {
    alarmName: "runs-wild",
    state: { value, reason: "Threshold Crossed" },
    configuration: {
      metrics: dimensions.map((each, id) => ({
        id: `m${id}`,
        metricStat: { metric: { namespace: "Ambit", name: "Refusals", dimensions: each }, period: 60, stat: "Sum" },
      })),
    },
  },
});

test("a command stops an agent, and names its roles for when the exchange is deaf", () => {
  expect(of({ kind: "agent", id: "support-triage", reason: "INC-1", roles: ["prod.support-triage"] })).toEqual({
    order: { kind: "agent", id: "support-triage", reason: "INC-1" },
    agent: "support-triage",
    roles: ["prod.support-triage"],
    isWaiting: true,
  });
});

test("a command stops a user, or a run: neither has roles", () => {
  const user = { issuer: "https://login.acme.example", subject: "mallory" };
  expect(of({ kind: "user", user, reason: "INC-1" })).toMatchObject({ order: { user }, agent: undefined, roles: [] });
  expect(of({ kind: "run", id: "r1", reason: "INC-1" })).toMatchObject({ order: { id: "r1" }, agent: undefined });
});

test("a finding on the role of an agent stops that agent, and its role is denied even if the exchange fails", () => {
  expect(of(finding({ userType: "AssumedRole", userName: "prod.ledger-reconciler.reconcile" }))).toEqual({
    order: {
      kind: "agent",
      id: "ledger-reconciler",
      reason: "GuardDuty Exfiltration:S3/AnomalousBehavior, finding f1",
    },
    agent: "ledger-reconciler",
    roles: ["prod.ledger-reconciler.reconcile"],
    isWaiting: false,
  });
});

test("an alarm whose metric names an agent stops it, and one that is over asks for nothing", () => {
  const event = alarm([{ Agent: "support-triage" }, { Agent: "support-triage", Tool: "crm" }]);
  expect(of(event)).toMatchObject({
    order: { kind: "agent", id: "support-triage", reason: "CloudWatch alarm runs-wild" },
    isWaiting: false,
  });
  expect(of(alarm([{ Agent: "support-triage" }], "OK"))).toBeUndefined();
});

test.each<readonly [what: string, event: unknown]>([
  ["nothing", undefined],
  ["a text", "kill support-triage"],
  ["no reason", { kind: "agent", id: "support-triage" }],
  ["a restoration", { kind: "restore", id: "support-triage", reason: "x" }],
  ["a member that is not known", { kind: "agent", id: "a", reason: "x", force: true }],
  ["roles of a run", { kind: "run", id: "a", reason: "x", roles: [7] }],
  ["a role by its ARN", { kind: "agent", id: "a", reason: "x", roles: ["arn:aws:iam::1:role/x"] }],
  ["a finding on a person", finding({ userType: "IAMUser", userName: "alice" })],
  ["a finding on another role", finding({ userType: "AssumedRole", userName: "staging.support-triage" })],
  ["a finding on the platform itself", finding({ userType: "AssumedRole", userName: "prod." })],
  ["an alarm about no agent", alarm([{ Tool: "crm" }])],
  ["an alarm about two agents", alarm([{ Agent: "a" }, { Agent: "b" }])],
  ["another service's event", { source: "aws.s3", detail: {} }],
])("fails when the event is %s", (_, event) => {
  expect(() => of(event)).toThrow(UnknownEvent);
});

test("a role whose name was cut behind the agent's part tells of the agent", () => {
  const role = `prod.support-triage.${"a".repeat(35)}-0123abcd`;
  expect(role).toHaveLength(64);
  expect(of(finding({ userType: "AssumedRole", userName: role }))).toMatchObject({
    agent: "support-triage",
    roles: [role],
  });
});

test("a finding on a role whose name was cut within the agent's part is about the role alone", () => {
  const role = `prod.${"a".repeat(50)}-0123abcd`;
  expect(of(finding({ userType: "AssumedRole", userName: role }))).toEqual({
    role,
    reason: "GuardDuty Exfiltration:S3/AnomalousBehavior, finding f1",
  });
});

test("a role whose name was cut tells of no agent, and an agent whose role's would be has none by its name", () => {
  expect(roles.ownerOf(`prod.${"a".repeat(59)}`)).toEqual({ agent: undefined });
  expect(roles.ownerOf(`prod.${"a".repeat(58)}`)).toEqual({ agent: "a".repeat(58) });
  expect(roles.of("a".repeat(59))).toBe(`prod.${"a".repeat(59)}`);
  expect(roles.of("a".repeat(60))).toBeUndefined();
});
