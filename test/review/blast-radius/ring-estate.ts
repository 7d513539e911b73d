import { BlastRadii } from "../../../review/blast-radius/blast-radii";
import type { BlastRadius, ReachedThing } from "../../../review/blast-radius/blast-radius";
import { smallRegistry } from "../../support/review/declared-fleet";
import { estateOf } from "../../support/review/folders";
import {
  ACCOUNT,
  type Resources,
  rights,
  role,
  roleArn,
  type SmallEstate,
  smallEstate,
  type Statement,
} from "../aws/small-estate";

export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

export function trusts(...named: readonly string[]): Statement {
  const arns = named.map((name) => (/[:$]/.test(name) ? name : roleArn(name)));
  return { Principal: { AWS: arns }, Action: "sts:AssumeRole" };
}

export function read(bucket: string): Statement {
  return { Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` };
}

export function assume(...names: readonly string[]): Statement {
  return { Action: "sts:AssumeRole", Resource: names.map((name) => roleArn(name)) };
}

export function denies(one: Statement): Statement {
  return { ...one, Effect: "Deny" };
}

/** Trust policy of a role, and its rights beside reading the bucket that is called like it */
export type Role = readonly [trust: readonly Statement[], rights?: readonly Statement[]];
export type Roles = Readonly<Record<string, Role>>;

/** @param more resources */
export function resourcesOf(roles: Roles, more: Resources = {}): Resources {
  const entries = Object.entries({ bot: [[]] as Role, ...roles });
  return {
    ...more,
    aws_iam_role: {
      ...Object.fromEntries(entries.map(([name, [trust]]) => [name, role(name, ...trust)])),
      ...more["aws_iam_role"],
    },
    aws_iam_role_policy: Object.fromEntries(
      entries.map(([name, [, own = []]]) => [name, rights(name, read(name), ...own)]),
    ),
  };
}

/** Blast radius of `bot`, whose role is among these, or of the named principal */
export function radiusOf(
  roles: Roles,
  { who = "bot", more = {}, agents = ["bot"] }: { who?: string; more?: Resources; agents?: readonly string[] } = {},
): BlastRadius {
  const estate: SmallEstate = { agents, resources: resourcesOf(roles, more) };
  return new BlastRadii(smallEstate(estate)).of(who) as BlastRadius;
}

/** What who controls the agent `clerk` gets, to whose tasks the exchange gives the role `bot` with a session policy */
export function brokeredRadius(roles: Roles, session: string): BlastRadius {
  const registry = smallRegistry();
  for (const one of Object.values(registry.agents["clerk"]?.tasks ?? {})) {
    if (one["aws"] !== undefined) one["aws"] = { role: roleArn("bot"), sessionPolicy: session };
  }
  const stack = {
    provider: { aws: [{ region: "eu-central-1", allowed_account_ids: [ACCOUNT] }] },
    resource: resourcesOf(roles),
  };
  const estate = estateOf({
    "stacks/app/cdk.tf.json": JSON.stringify(stack),
    "ambit/registry.json": JSON.stringify(registry),
    "manifest.json": JSON.stringify({
      version: "0.21.0",
      stacks: { app: { name: "app", synthesizedStackPath: "stacks/app/cdk.tf.json", dependencies: [] } },
    }),
  });
  return new BlastRadii(estate).of("clerk") as BlastRadius;
}

export function at({ reached }: BlastRadius, bucket: string): readonly ReachedThing[] {
  return reached.filter(({ target }) => target === `arn:aws:s3:::${bucket}/*`);
}

/** Of each row of a bucket, seconds after a kill, and `?` where that is only possible */
export function lasts(radius: BlastRadius, bucket: string): readonly string[] {
  return at(radius, bucket).map(lastsOf);
}

export function lastsOf({ lasting: { seconds }, unknown }: ReachedThing): string {
  return `${seconds ?? "no end"}${unknown === undefined ? "" : "?"}`;
}

export function because(radius: BlastRadius, bucket: string): string | undefined {
  return at(radius, bucket).at(-1)?.lasting.because;
}
