import { byText } from "../../../domain/by-text";
import { type DeclaredAgent, declaredRoles, type DeclaredTask } from "./declared";
import type { Asked, Deployed, DeployedRole, OtherPlatform } from "./deployed";
import { type InUse, judged, type Narrowing, type Reasoned } from "./narrowing";
import { type Found, missingOf, type Orphan, orphansOf } from "./placement";

export const SOURCES = ["aws", "cloudtrail", "trail", "kubernetes", "registry"] as const;
export type Source = (typeof SOURCES)[number];

/** What is declared beside what is deployed */
export interface Comparison {
  /** When it was asked (RFC 3339, UTC) */
  readonly at: string;
  readonly unusedDays: number;
  /** Sources that were not or could not be asked, and why */
  readonly notAsked: Readonly<Partial<Record<Source, string>>>;
  /** Agents that are deployed and not declared, by the names that roles, accounts, pods and the registry give */
  readonly undeclared: readonly string[];
  /** Deployed, and declared by no agent, or for another one */
  readonly orphans: readonly Orphan[];
  /** Platforms of the same account whose roles are not compared, by path */
  readonly otherPlatforms: readonly OtherPlatform[];
  /** Declared for an active agent, and not deployed */
  readonly missing: readonly Found[];
  readonly narrowings: readonly Narrowing[];
  /** Accesses that a source shows in use, by the sessions of the whole role */
  readonly used: readonly InUse[];
  /** Accesses of which no source says whether they are used */
  readonly unknown: readonly Reasoned[];
}

const DAY = 86_400;

/**
 * Compares what is declared with what is deployed. What a source did not tell is unknown: it makes nothing missing and nothing unused.
 *
 * @param unusedDays days without an attempt after which an access counts as unused
 */
export function comparisonOf(declared: readonly DeclaredAgent[], deployed: Deployed, unusedDays: number): Comparison {
  const names = new Set(declared.map(({ name }) => name));
  const orphans = orphansOf(declared, deployed);
  const window = { from: deployed.at - unusedDays * DAY, days: unusedDays };
  const roleOf = rolesIn(declared, deployed);
  const all = declared.map((agent) =>
    judged(agent, roleOf, { history: deployed.cloudtrail, trail: deployed.trail, at: deployed.at }, window),
  );
  const undeclared = new Set(orphans.flatMap(({ agent }) => (agent === undefined || names.has(agent) ? [] : [agent])));
  return {
    at: new Date(deployed.at * 1000).toISOString(),
    unusedDays,
    notAsked: Object.fromEntries(
      SOURCES.flatMap((source) => {
        const asked: Asked<unknown> | undefined = deployed[source];
        return asked && "unknown" in asked ? [[source, asked.unknown]] : [];
      }),
    ),
    undeclared: [...undeclared].sort(byText),
    orphans,
    otherPlatforms: deployed.otherPlatforms ?? [],
    missing: missingOf(declared, deployed),
    narrowings: all.flatMap(({ narrowings }) => narrowings),
    used: all.flatMap(({ used }) => used),
    unknown: all.flatMap(({ unknown }) => unknown),
  };
}

function rolesIn(declared: readonly DeclaredAgent[], { aws }: Deployed): (task: DeclaredTask) => Asked<DeployedRole> {
  if ("unknown" in aws) return () => aws;
  const owners = declaredRoles(declared);
  const roles = new Map(aws.known.map((role) => [role.arn, role]));
  return ({ role: arn }) => {
    const role = arn === undefined ? undefined : roles.get(arn);
    if (role === undefined) return { unknown: "its role is not deployed" };
    const isOwn = role.agent === undefined || role.agent === owners.get(role.arn);
    return isOwn ? { known: role } : { unknown: "its role is tagged as another agent's" };
  };
}
