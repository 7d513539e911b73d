import { comparisonOf } from "../../../../governance/inventory/live/comparison";
import type { DeclaredAgent } from "../../../../governance/inventory/live/declared";
import type { ServiceUse } from "../../../../governance/inventory/live/deployed";

const HOUR = 3_600;
const DAY = 24 * HOUR;
const AT = 1_800_000_000;
const DAYS = 60;
const ROLE = "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.triage";

const agent: DeclaredAgent = {
  name: "triage",
  state: "active",
  workload: { namespace: "support", serviceAccount: "triage" },
  tasks: [{ name: "answer", role: ROLE, data: [{ name: "notes", kind: "table", accesses: ["read"] }] }],
};

/** What is told of the agent's table, whose service was last used long ago */
function told(lastUsed: number | undefined, ...others: readonly ServiceUse[]) {
  const not = { unknown: "left out" };
  const known = [{ service: "dynamodb", last: AT - 100 * DAY, actions: [] }, ...others];
  const role = { arn: ROLE, agent: "triage", createdAt: 0, uses: { known } };
  const aws = { known: [{ ...role, ...(lastUsed !== undefined && { lastUsed }) }] };
  const deployed = { at: AT, aws, cloudtrail: not, kubernetes: not, registry: not };
  const { narrowings, unknown } = comparisonOf([agent], deployed, DAYS);
  return [...narrowings.flatMap(({ unused }) => unused), ...unknown].map(({ because }) => because);
}

const UNUSED = ["dynamodb last used 2026-10-07"];

test("an access is not unused while access advisor does not report the role's last use at any service", () => {
  expect(told(AT - 2 * HOUR)).toEqual([
    "its role was used on 2027-01-15, and access advisor does not yet report at which service",
  ]);
});

test.each<[string, readonly unknown[]]>([
  ["the role's last use was at another service", told(AT - HOUR, { service: "s3", last: AT - HOUR, actions: [] })],
  [
    "the role's last use was another action, dated minutes apart",
    told(AT - HOUR, { service: "s3", actions: [{ name: "ListBucket", last: AT - HOUR - 600 }] }),
  ],
  ["the role's last use is before the days", told(AT - 61 * DAY)],
  ["the role has no use", told(undefined)],
])("an access is unused where %s", (_, because) => {
  expect(because).toEqual(UNUSED);
});
