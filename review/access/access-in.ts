import { own } from "../../domain";
import { byText } from "../../domain/by-text";
import { distinct, type Unknown } from "../change";
import { sideOf } from "../reach/declared/side";
import { concerns } from "../reach/declared/registry-problems";
import type { AwsPrincipal } from "../reach/aws/aws-principal";
import type { AwsRole } from "../reach/aws/role-access";
import type { Problem } from "../../domain/registry/problem";
import { reachOfAgent } from "../reach/declared/work";
import { type FolderReach, folderReach, problemUnknown } from "../reach/folder-reach";
import { agentsOf, type Estate } from "../read/resource";
import { type SourceLines, sourcesOf } from "../read/source-lines";
import type { PrincipalAccess } from "./principal-access";
import { awsAccess, NO_AWS } from "./aws-access";
import { type DeclaredAccess, declaredAccess } from "./declared-access";
import { clusterAccess, type ClusterAccess, NO_CLUSTER } from "./kubernetes-access";
import type { IdentityRole } from "../reach/aws/identity-roles";
import type { AwsReach } from "../reach/aws/aws-reach";
import { givenWay } from "../reach/aws/way";

const ROLE_ARN = /^arn:[^:]*:iam::\d{12}:role\/(?:.*\/)?([^/]+)$/;

/** Access of every principal in one synthesized folder; a principal's access is computed when it is asked for. */
export class AccessIn {
  /** Agents first, each by name */
  public readonly principals: readonly { readonly id: string; readonly isAgent: boolean }[];
  /** Parts that could not be read and may concern any principal */
  public readonly unknown: readonly Unknown[];
  private readonly reach: FolderReach;
  private readonly cluster: ClusterAccess;
  private readonly places: SourceLines;

  public constructor(private readonly estate: Estate) {
    this.reach = folderReach(estate);
    this.cluster = clusterAccess(estate);
    const { registry, problems, unread } = this.reach;
    this.places = sourcesOf(estate);
    this.principals = this.allPrincipals();
    this.unknown = [
      ...problems.filter(({ path }) => registry === undefined || !isOfAgent(path)).map(problemUnknown),
      ...unread,
      ...this.cluster.unknown,
    ];
  }

  public has(id: string): boolean {
    return this.principals.some((principal) => principal.id === id);
  }

  /** By name, by address, or by the ARN of a role that a single principal has */
  public idOf(called: string): string | undefined {
    if (this.has(called)) return called;
    const owners = [...this.reach.aws.principals.values()].filter(({ roles }) =>
      roles.some((role) => this.is(role, called)),
    );
    return owners.length === 1 ? owners[0]?.name : undefined;
  }

  /** If the account is unknown, the name identifies the role. */
  private is({ key, address }: AwsRole, arn: string): boolean {
    if (key === arn) return true;
    const name = ROLE_ARN.exec(arn)?.[1];
    const isOpen = key === address || key.includes("${");
    return name !== undefined && isOpen && this.estate.at(address)?.values["name"] === name;
  }

  /** @param id one of `principals` */
  public of(id: string): PrincipalAccess {
    const ways = this.waysOf(id);
    const aws = ways === undefined ? undefined : awsAccess(ways);
    const cluster = this.cluster.principals.get(id);
    const declared = this.declared(id);
    const { file } = this.places.of(id, "");
    return {
      id,
      isAgent: this.isAgent(id),
      ...(file !== undefined && { source: { address: `registry/agents.${id}`, ...this.places.of(id, "") } }),
      ...(declared.access !== undefined && { declared: declared.access }),
      aws: aws?.access ?? NO_AWS,
      kubernetes: cluster?.access ?? NO_CLUSTER,
      unknown: sorted([...(aws?.unknown ?? []), ...declared.unknown, ...(cluster?.unknown ?? [])]),
    };
  }

  /** Undefined if it has no way into AWS */
  public waysOf(id: string): AwsPrincipal | undefined {
    const { aws, identityRoles } = this.reach;
    const accounts = this.cluster.principals.get(id)?.accounts ?? [];
    return withIdentityRoles({ id, isAgent: this.isAgent(id) }, aws, identityRoles.of({ name: id, accounts }));
  }

  private isAgent(id: string): boolean {
    return this.principals.some((principal) => principal.id === id && principal.isAgent);
  }

  private allPrincipals(): AccessIn["principals"] {
    const agents = new Map<string, boolean>(Object.keys(agentsOf(this.estate.registry)).map((name) => [name, true]));
    for (const [name, { isAgent }] of [...this.reach.aws.principals, ...this.cluster.principals]) {
      agents.set(name, isAgent || agents.get(name) === true);
    }
    return [...agents]
      .map(([id, isAgent]) => ({ id, isAgent }))
      .sort((one, other) => Number(other.isAgent) - Number(one.isAgent) || byText(one.id, other.id));
  }

  private declared(id: string): { readonly access?: DeclaredAccess; readonly unknown: readonly Unknown[] } {
    const { registry, problems } = this.reach;
    if (registry === undefined) {
      const isNamed = Object.hasOwn(agentsOf(this.estate.registry), id);
      return { unknown: isNamed ? problems.map(problemUnknown) : [] };
    }
    const agent = own(registry.agents, id);
    if (agent === undefined) return { unknown: [] };
    const reach = reachOfAgent(registry, id);
    const side = sideOf(registry, id, agent, reach);
    return {
      access: declaredAccess(side),
      unknown: [
        ...problems.filter((problem) => concerns(problem, side)).map(problemUnknown),
        ...(reach.isWhole ? [] : [endless(id)]),
      ],
    };
  }
}

/** Reported with the agent */
function isOfAgent([kind, name]: Problem["path"]): boolean {
  return kind === "agents" && name !== undefined;
}

function endless(agent: string): Unknown {
  return {
    what: "what it has other agents do",
    why: "its delegations make more chains than are followed: hand work to fewer tasks, or less deep",
    source: { address: `registry/agents.${agent}` },
  };
}

/** Without duplicates, sorted by text */
function sorted(unknown: readonly Unknown[]): readonly Unknown[] {
  const byWords = new Map(unknown.map((one) => [JSON.stringify([one.what, one.why, one.source.address]), one]));
  return [...byWords.values()].sort((one, other) => byText(one.what, other.what) || byText(one.why, other.why));
}

/** A principal with the roles of others that its own identity may assume; undefined if it has no way into AWS */
function withIdentityRoles(
  { id: name, isAgent }: { readonly id: string; readonly isAgent: boolean },
  { principals, become }: AwsReach,
  roles: readonly IdentityRole[],
): AwsPrincipal | undefined {
  const own = principals.get(name);
  const ways = [...once(roles)].flatMap((one) => {
    const becomes = become(one.role.address, givenWay("identity", one.role.key, one.unknown));
    return becomes === undefined ? [] : [{ ...becomes, unknown: [...doubtOf(one), ...becomes.unknown] }];
  });
  const [first] = ways;
  if (first === undefined) return own;
  return {
    ...(own ?? { name, isAgent, paths: [], denies: first.denies, roles: [], chained: [], unknown: [] }),
    paths: [...(own?.paths ?? []), ...ways.flatMap(({ paths }) => paths)],
    unknown: distinct([...(own?.unknown ?? []), ...ways.flatMap(({ unknown }) => unknown)]),
  };
}

/** Several agents may share a role. */
function once(roles: readonly IdentityRole[]): Iterable<IdentityRole> {
  return new Map(roles.map((one) => [one.role.address, one])).values();
}

function doubtOf({ role: { address }, unknown, address: at }: IdentityRole): readonly Unknown[] {
  if (unknown === undefined) return [];
  return [{ what: `whether it becomes ${address} by its own identity`, why: unknown, source: { address: at } }];
}
