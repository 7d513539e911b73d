import type { Access, AccessPath, Layer, SourcedStatement } from "../../../../iam/access/access";
import { difference } from "../../../../iam/access/difference";
import { literalPattern } from "../../../../iam/sets/literal-pattern";
import type { Estate, Resource } from "../../../read/resource";
import { mayBeAbout } from "../about";
import { isAccount, roleOfSession, to } from "../direct-grants";
import type { IamIndex } from "../iam-index";
import type { PolicyTexts } from "../policy-texts";
import { BOUNDARY, type RoleAccess, SESSION_POLICY, WHO_ASKS } from "../role-access";
import { arnOf, roleName } from "../who-asks";
import { mayBeSame, TrustIndex } from "./trust-index";

/** That sessions of one role may become another */
export interface Edge {
  readonly to: Resource;
  /** Undefined where it is certain */
  readonly unknown?: string;
}

export interface Edges {
  readonly edges: readonly Edge[];
  /** Roles that were not asked about, because there are too many */
  readonly unasked: number;
}

const ASSUME = "sts:AssumeRole";
/** Roles that are asked about for one way into AWS, and for one estate */
const MOST_ASKED = 200;
const MOST_ASKED_IN_ALL = 100_000;

/**
 * Which roles sessions may become by `sts:AssumeRole`.
 *
 * In one account, a trust policy that names a role or a session is enough; one that names the account needs the caller's
 * own policies too. Between accounts both are needed. A boundary and a session policy limit what is granted to a role,
 * and not what is granted to one session, or to everybody.
 *
 * Source: IAM user guide, reference_policies_evaluation-logic and reference_policies_evaluation-logic-cross-account.
 */
export class RoleEdges {
  private readonly trusts: TrustIndex;
  private asked = 0;

  constructor(
    private readonly estate: Estate,
    { roles }: IamIndex,
    private readonly access: RoleAccess,
    private readonly texts: PolicyTexts,
  ) {
    this.trusts = new TrustIndex(roles, (role) => access.trustOf(role));
  }

  /** @param paths of the role, certain first, then with what cannot be read */
  public from(role: Resource, paths: readonly AccessPath[], isWanted: (to: Resource) => boolean): Edges {
    const arn = arnOf(role, this.estate);
    const name = roleName(arn);
    const ways = paths.map((path) => assumingOnly(path));
    const mayAsk = ways.some(({ layers }) => layers.every(({ statements }) => statements.some(isAllow)));
    const candidates = mayAsk ? this.trusts.admitting(arn, name) : this.trusts.naming(arn, name);
    const wanted = [...candidates].filter((one) => one !== role && isWanted(one)).sort(byAddress);
    const asked = wanted.slice(0, Math.min(MOST_ASKED, Math.max(0, MOST_ASKED_IN_ALL - this.asked)));
    this.asked += asked.length;
    const edges = asked.flatMap((one) => this.edge(role, one, ways));
    return { edges, unasked: wanted.length - asked.length };
  }

  private edge(from: Resource, target: Resource, ways: readonly AccessPath[]): readonly Edge[] {
    const [sure, ...others] = ways;
    if (sure === undefined) return [];
    const accounts = [from, target].map((role) => roleName(arnOf(role, this.estate))?.account);
    const isSame = accounts[0] !== undefined && accounts[0] === accounts[1];
    const known = this.decided(target, sure, isSame);
    if (known === true) return [{ to: target }];
    if (known !== undefined) return [{ to: target, unknown: known }];
    if (!isSame && mayBeSame(accounts[0] ?? "*", accounts[1])) {
      const reason = "it depends on whether both roles are in one account";
      if (this.decided(target, sure, true) === true) return [{ to: target, unknown: reason }];
    }
    const unread = this.access.trustOf(target).unknown.length > 0;
    const open = unread ? [sure, ...others] : others;
    const isOpen = open.some((way) => this.decided(target, way, isSame, unread) !== undefined);
    return isOpen ? [{ to: target, unknown: "it depends on a policy that cannot be read" }] : [];
  }

  /** True where it is certain, undefined where it is certain not; else what it depends on */
  private decided(target: Resource, way: AccessPath, isSame: boolean, isUnread = false): true | string | undefined {
    const paths = this.ways(target, way, isSame, isUnread);
    const { gained, undecided } = difference({ paths: [] }, { paths } satisfies Access);
    if (gained.some(({ certain }) => certain)) return true;
    const [one] = gained;
    if (one !== undefined) return `it depends on ${one.unknown.join(" and ")}`;
    return undecided[0]?.why;
  }

  private ways(target: Resource, { layers }: AccessPath, isSame: boolean, isUnread: boolean): readonly AccessPath[] {
    const { statements } = this.access.trustOf(target);
    const asks = this.asking(target);
    const layered = (name: string, parts: readonly Layer[], trust: readonly SourcedStatement[]): AccessPath => ({
      name,
      layers: [asks, ...parts, { name: "trust", statements: trust }],
    });
    const admits = isUnread ? [...statements, this.everybody(target)] : statements;
    const byRights = layered("by its own policies", layers, admits);
    if (!isSame) return [byRights];
    const limits = layers.filter(({ name }) => [BOUNDARY, SESSION_POLICY, WHO_ASKS].includes(name));
    const who = layers.filter(({ name }) => name === WHO_ASKS);
    const toRoles = statements.flatMap((one) => to(one, isRole, this.texts)).filter(isNamed);
    const toSessions = statements.flatMap((one) => to(one, isSessionOrAny, this.texts));
    return [byRights, layered("by trust", limits, toRoles), layered("by trust in sessions", who, toSessions)];
  }

  private asking(target: Resource): Layer {
    const resource = literalPattern(arnOf(target, this.estate));
    const statement = this.texts.one({ Effect: "Allow", Action: ASSUME, Resource: resource });
    return { name: "what is asked", statements: [{ statement, source: target.address }] };
  }

  private everybody({ address }: Resource): SourcedStatement {
    const statement = this.texts.one({ Effect: "Allow", Principal: "*", Action: ASSUME });
    return { statement, source: address };
  }
}

/** Only what may be about becoming a role: most is not. */
function assumingOnly({ name, layers }: AccessPath): AccessPath {
  return {
    name,
    layers: layers.map((layer) => ({
      name: layer.name,
      statements: layer.statements.filter(({ statement }) => mayBeAbout(statement, ASSUME)),
    })),
  };
}

function isAllow({ statement }: SourcedStatement): boolean {
  return statement.Effect === "Allow";
}

function isRole(named: string): boolean {
  return named !== "*" && !isAccount(named) && roleOfSession(named) === undefined;
}

function isSessionOrAny(named: string): boolean {
  return named === "*" || roleOfSession(named) !== undefined;
}

/** Not everybody */
function isNamed({ statement }: SourcedStatement): boolean {
  return statement.Principal !== undefined && statement.Principal !== "*";
}

function byAddress(one: Resource, other: Resource): number {
  return one.address < other.address ? -1 : 1;
}
