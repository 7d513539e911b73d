import { inventoryCommand } from "../../../cli/inventory";
import type { RunProgram } from "../../../cli/stop/function-call";
import { own } from "../../../domain/own";
import type { Comparison } from "../../../governance/inventory/live/comparison";
import { called } from "../cli";

export const NOW = 1_800_000_000;
export const ROOT = "arn:aws:iam::111122223333:role/";
export const PATH = `${ROOT}ambit/agents/prod/`;
const WORKLOADS = {
  "build-watcher": "build",
  "ledger-reconciler": "finance",
  "press-watcher": "communications",
  "press-writer": "communications",
  "refund-clerk": "finance",
  "release-scribe": "build",
  researcher: "research",
  "support-triage": "support",
  "web-reader": "research",
};
export const ROLES = {
  "prod.build-watcher.prune": "build-watcher",
  "prod.build-watcher.summarise": "build-watcher",
  "prod.ledger-reconciler": "ledger-reconciler",
  "prod.researcher": "researcher",
  "prod.support-triage": "support-triage",
};
const CREATED = "2024-01-01T00:00:00+00:00";
export const RECENT = "2027-01-14T08:00:00+00:00";
export const roleNamed = (name: string, more: object = {}) => ({
  Arn: `${PATH}${name}`,
  CreateDate: CREATED,
  RoleLastUsed: { LastUsedDate: RECENT, Region: "eu-central-1" },
  Tags: [
    { Key: "ambit:owner", Value: "x" },
    { Key: "ambit.internal/agent", Value: ROLES[name as keyof typeof ROLES] ?? "ghost" },
  ],
  ...more,
});
/** A role as another platform of the account makes it */
export const STAGE = roleNamed("x", { Arn: `${ROOT}ambit/agents/stage/stage.ghost` });
/** What IAM tells of these roles, and of others */
export const listing = (names: readonly string[], ...others: readonly object[]): Printed => ({
  [LISTING]: { Roles: [...names.map((name) => roleNamed(name)), ...others] },
});
export const LISTING = "aws iam get-account-authorization-details";
export const item = (agent: string, namespace: string, more: object = {}) => ({
  metadata: { name: agent, namespace, labels: { "ambit.internal/agent": agent } },
  ...more,
});
export const used = (ServiceNamespace: string, more: object = { LastAuthenticated: RECENT }) => ({
  ServiceNamespace,
  ...more,
});
export const COMPLETED = {
  JobStatus: "COMPLETED",
  ServicesLastAccessed: ["s3", "dynamodb", "secretsmanager"].map((service) => used(service)),
};

export const RECONCILER = `${PATH}prod.ledger-reconciler`;
export const eventOf = (change: object = {}) => ({
  EventName: "GetSecretValue",
  EventTime: 1_799_900_000.0,
  CloudTrailEvent: JSON.stringify({
    eventTime: "2027-01-14T04:13:20Z",
    eventSource: "secretsmanager.amazonaws.com",
    eventName: "GetSecretValue",
    userIdentity: {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/prod.ledger-reconciler/5f0c6a52",
      sessionContext: { sessionIssuer: { type: "Role", arn: RECONCILER }, sourceIdentity: "ledger-reconciler" },
    },
    requestParameters: { secretId: "finance/erp-readonly" },
    ...change,
  }),
});

/** What programs print, by the first words of the call: JSON, or `rows` as lines; a text is what they fail with */
export type Printed = Readonly<Record<string, object | string | ((args: readonly string[]) => object | string)>>;
const DEPLOYED: Printed = {
  [LISTING]: { IsTruncated: null, Roles: Object.keys(ROLES).map((name) => roleNamed(name)) },
  "aws iam generate-service-last-accessed-details": (args) => ({ JobId: args[2]?.split(".").at(-1) }),
  "aws iam get-service-last-accessed-details": COMPLETED,
  "aws cloudtrail lookup-events": { Events: [eventOf()] },
  "kubectl get serviceaccounts": { items: Object.entries(WORKLOADS).map(([agent, place]) => item(agent, place)) },
  "kubectl get pods": { rows: ["support  support-triage-1  support-triage  support-triage"] },
};

/** The example of `dir`, deployed as `DEPLOYED` has it but for these answers */
export function liveWorld(
  { dir, published }: { readonly dir: string; readonly published: readonly string[] },
  change: Printed = {},
  account = "111122223333",
) {
  const ran: string[] = [];
  const waited: number[] = [];
  const answers = { ...DEPLOYED, ...change };
  const run: RunProgram = async (program, args) => {
    ran.push([program, ...args].join(" "));
    const answer = { code: 0, tail: "" };
    if (args[0] === "sts") return { ...answer, stdout: `${account}\n` };
    if (args[0] === "config") return { ...answer, stdout: "prod-cluster\n" };
    const printed = answers[[program, ...args.slice(0, 2)].join(" ")];
    const said = typeof printed === "function" ? printed(args) : printed;
    if (typeof said === "string") return { code: 254, stdout: "", tail: said };
    const rows = said && own(said as Readonly<Record<string, unknown>>, "rows");
    return { ...answer, stdout: Array.isArray(rows) ? `${rows.join("\n")}\n` : JSON.stringify(said) };
  };
  const parts = { run, wait: async (milliseconds: number) => void waited.push(milliseconds), now: () => NOW };
  const live = (...args: readonly string[]) =>
    called([(io) => inventoryCommand(io, parts)], "inventory", "--live", "--dir", dir, ...args);
  const compared = async (...args: readonly string[]) =>
    JSON.parse((await live("--json", ...published, ...args)).stdout) as Comparison;
  return { ran, live, compared, waited };
}
