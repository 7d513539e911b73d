import { reviewOf } from "../../../review/pull-request/review-of";
import type { Estate } from "../../../review/read/resource";
import { estateOf } from "../../support/review/folders";

export const ACCOUNT = "111122223333";
export const OTHER_ACCOUNT = "444455556666";

type Json = Readonly<Record<string, unknown>>;

/** Resources of one stack, by type and name */
export type Resources = Readonly<Record<string, Readonly<Record<string, Json>>>>;

export interface Statement {
  readonly Effect?: "Allow" | "Deny";
  readonly [key: string]: unknown;
}

export function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
  });
}

export function roleArn(name: string, account = ACCOUNT): string {
  return `arn:aws:iam::${account}:role/${name}`;
}

/** A role that only the principals of `trust` may assume */
export function role(name: string, ...trust: readonly Statement[]): Json {
  const unused = { Principal: { Service: "unused.amazonaws.com" }, Action: "sts:AssumeRole" };
  return { name, assume_role_policy: policy(...(trust.length === 0 ? [unused] : trust)) };
}

export function rights(of: string, ...statements: readonly Statement[]): Json {
  return { role: of, policy: policy(...statements) };
}

export interface SmallEstate {
  readonly resources: Resources;
  /** Roles of agents, each of one task `work`; the agent is called like its role. */
  readonly agents?: readonly string[];
  /** Of the task, by agent */
  readonly sessions?: Readonly<Record<string, string>>;
  /** By agent */
  readonly expires?: Readonly<Record<string, string>>;
  /** Where each agent's pods run, by agent: `namespace/service account` */
  readonly workloads?: Readonly<Record<string, string>>;
}

/** One stack in one account and one region, but for what is of the provider `aws.other`; roles of agents are in it. */
export function smallEstate({
  resources,
  agents = [],
  sessions = {},
  expires = {},
  workloads = {},
}: SmallEstate): Estate {
  const stack = {
    provider: {
      aws: [
        { region: "eu-central-1", allowed_account_ids: [ACCOUNT] },
        { alias: "other", region: "eu-central-1", allowed_account_ids: [OTHER_ACCOUNT] },
      ],
    },
    resource: resources,
  };
  const entries = agents.map((name) => {
    const [namespace, serviceAccount] = workloads[name]?.split("/") ?? [];
    const aws = { role: roleArn(name), ...(sessions[name] !== undefined && { sessionPolicy: sessions[name] }) };
    return [
      name,
      {
        tasks: { work: { aws } },
        ...(expires[name] !== undefined && { expires: expires[name] }),
        ...(namespace !== undefined && { workload: { namespace, serviceAccount } }),
      },
    ];
  });
  return estateOf({
    "stacks/app/cdk.tf.json": JSON.stringify(stack),
    ...(agents.length > 0 && { "ambit/registry.json": JSON.stringify({ agents: Object.fromEntries(entries) }) }),
    "manifest.json": JSON.stringify({
      version: "0.21.0",
      stacks: { app: { name: "app", synthesizedStackPath: "stacks/app/cdk.tf.json", dependencies: [] } },
    }),
  });
}

/** Of one principal, in short: `kind: what`; what is unknown as `unknown: what` */
export function gainsOf(base: SmallEstate, head: SmallEstate, who: string): readonly string[] {
  return changesOf(base, head, who).gained;
}

export function lossesOf(base: SmallEstate, head: SmallEstate, who: string): readonly string[] {
  return changesOf(base, head, who).lost;
}

/** What shows each gain */
export function witnessesOf(base: SmallEstate, head: SmallEstate, who: string): readonly string[] {
  return (reviewOf(smallEstate(base), smallEstate(head)).agents.find(({ id }) => id === who)?.gains ?? []).map(
    ({ witness }) => witness,
  );
}

function changesOf(base: SmallEstate, head: SmallEstate, who: string) {
  const found = reviewOf(smallEstate(base), smallEstate(head)).agents.find(({ id }) => id === who);
  return {
    gained: [
      ...(found?.gains ?? []).map(({ kind, what }) => `${kind}: ${what}`),
      ...(found?.unknown ?? []).map(({ what }) => `unknown: ${what}`),
    ],
    lost: (found?.losses ?? []).map(({ kind, what }) => `${kind}: ${what}`),
  };
}
