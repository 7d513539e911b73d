import { byText } from "../../../../domain/by-text";
import { allOf, type Statement, valuesOf } from "../../../../iam";
import type { AccessPath, Layer, SourcedStatement } from "../../../../iam/access/access";
import { literalPattern } from "../../../../iam/sets/literal-pattern";
import type { Estate, Resource } from "../../../read/resource";
import { mayBeAbout } from "../statement-scope";
import type { IamIndex } from "../iam-index";
import type { PolicyTexts } from "../policy-texts";
import { isLimit, type LayeredPath } from "../layer";
import type { RoleAccess } from "../role-access";
import { arnOf, mayBeSame, whoAsks, type Caller, callerOf, isWritten, ownerOf } from "../caller";
import { Admittance, isAllow, type Verdict } from "./admittance";
import { TrustIndex, Trusts } from "./trust-index";

/** Sessions of one role may assume another */
export interface Edge {
  readonly to: Resource;
  /** Undefined if certain */
  readonly unknown?: string;
}

export interface Edges {
  readonly edges: readonly Edge[];
  /** Number of roles beyond the limit, which were not evaluated */
  readonly unasked: number;
}

const ASSUME = "sts:AssumeRole";
/** Most roles evaluated for one way into AWS */
const MOST_ASKED = 200;
/** Most questions of one estate that need a full decision; each may take as long as a thousand others. */
const MOST_HARD = 20_000;

/**
 * Roles that sessions may assume by `sts:AssumeRole`.
 *
 * In one account, a trust policy that names a role or a session is enough; one that names the account also needs the caller's
 * own policies. Across accounts both are needed. A boundary and a session policy limit a grant to a role, not a grant to
 * one session or to every principal.
 *
 * Source: IAM user guide, reference_policies_evaluation-logic and reference_policies_evaluation-logic-cross-account.
 */
export class RoleEdges {
  private readonly index: TrustIndex;
  private readonly admitted: Admittance;
  private readonly trusts: Trusts;
  private readonly callers = new Map<Resource, Caller>();
  /** For shared policies, such as a boundary */
  private readonly assuming = new Map<Layer["statements"], Layer["statements"]>();

  constructor(
    private readonly estate: Estate,
    { roles }: IamIndex,
    access: Pick<RoleAccess, "trustOf">,
    private readonly texts: PolicyTexts,
  ) {
    const written = new Set(roles.map((role) => arnOf(role, estate)).filter(isWritten));
    this.index = new TrustIndex(
      roles,
      (role) => access.trustOf(role),
      (named) => written.has(named) || ownerOf(named, estate) !== undefined,
    );
    this.admitted = new Admittance(texts);
    this.trusts = new Trusts(estate, access, texts);
  }

  /** Number of questions that needed a full decision */
  public get hard(): number {
    return this.admitted.hard;
  }

  /**
   * The role itself included: if it may assume itself, it renews its own sessions.
   *
   * @param paths of the role, certain ones first, then those with unread parts
   * @param mayNameItself true if its own trust policy cannot be read and may name it
   */
  public from(
    role: Resource,
    paths: readonly LayeredPath[],
    isWanted: (to: Resource) => boolean,
    mayNameItself = false,
  ): Edges {
    const caller = this.callerOf(role);
    const ways = paths.map((path) => this.assumingOnly(path));
    const itself = mayNameItself && this.trusts.of(role).isUnread ? [role] : [];
    const candidates = new Set([...this.index.naming(caller), ...this.asked(ways, caller), ...itself]);
    const isItself = (one: Resource): number => Number(one === role);
    const wanted = [...candidates]
      .filter(isWanted)
      .sort((one, other) => isItself(other) - isItself(one) || byText(one.address, other.address));
    const asked = this.hard < MOST_HARD ? wanted.slice(0, MOST_ASKED) : [];
    return {
      edges: asked.flatMap((one) => this.edge(caller, role, one, ways, itself.includes(one))),
      unasked: wanted.length - asked.length,
    };
  }

  /** Whether sessions of a role may assume another on one of these ways, or this is undecided */
  public mayBecome(role: Resource, paths: readonly LayeredPath[], to: Resource): boolean {
    const ways = paths.map((path) => this.assumingOnly(path));
    return this.edge(this.callerOf(role), role, to, ways, this.trusts.of(to).isUnread).length > 0;
  }

  private callerOf(role: Resource): Caller {
    const known = this.callers.get(role) ?? callerOf(role, this.estate);
    this.callers.set(role, known);
    return known;
  }

  /** Roles that these rights name, and whose trust policies admit a caller with such rights */
  private asked(ways: readonly LayeredPath[], caller: Caller): readonly Resource[] {
    const asking = ways.filter(({ layers }) => layers.every(({ statements }) => statements.some(isAllow)));
    if (asking.length === 0) return [];
    const named = asking.flatMap(({ layers: [rights] }) => (rights?.statements ?? []).filter(isAllow)).map(resourcesOf);
    const only = named.includes(undefined)
      ? undefined
      : new Set((named as readonly Set<string>[]).flatMap((one) => [...one]));
    const admitting = [...this.index.admitting(caller)];
    if (only === undefined) return admitting;
    return admitting.filter((role) => !this.trusts.of(role).isWritten || only.has(this.trusts.of(role).arn));
  }

  private edge(
    caller: Caller,
    from: Resource,
    target: Resource,
    ways: readonly LayeredPath[],
    isNamed: boolean,
  ): readonly Edge[] {
    const [sure, ...others] = ways;
    if (sure === undefined) return [];
    const { account, isUnread } = this.trusts.of(target);
    const isSame = target === from || (caller.name !== undefined && caller.name.account === account);
    const decided = (way: LayeredPath, same: boolean, unread = false): Verdict =>
      this.decided({ caller, from, target, way, isSame: same, isUnread: unread, isNamed: unread && isNamed });
    const known = decided(sure, isSame);
    if (known === true) return [{ to: target }];
    if (known !== undefined) return [{ to: target, unknown: known }];
    if (!isSame && mayBeSame(caller.name?.account ?? "*", account)) {
      const reason = "it depends on whether both roles are in one account";
      if (decided(sure, true) !== undefined) return [{ to: target, unknown: reason }];
    }
    const open = isUnread ? [sure, ...others] : others;
    const isOpen = open.some((way) => decided(way, isSame, isUnread) !== undefined);
    return isOpen ? [{ to: target, unknown: "it depends on a policy that cannot be read" }] : [];
  }

  private decided(asked: Asked): Verdict {
    const { caller, from, target } = asked;
    const { arn, isWritten } = this.trusts.of(target);
    return this.admitted.verdict(this.ways(asked), { caller, target: arn, isWritten }, () => ({
      asks: this.asking(target),
      who: this.whoAsks(from, caller),
    }));
  }

  private ways({ target, way: { layers }, isSame, isUnread, isNamed }: Asked): readonly AccessPath[] {
    const { statements, toRoles, toSessions } = this.trusts.of(target);
    const layered = (name: string, parts: readonly Layer[], trust: readonly SourcedStatement[]): AccessPath => ({
      name,
      layers: [...parts, { name: "trust", statements: trust }],
    });
    const admits = isUnread ? [...statements, this.anyPrincipal(target)] : statements;
    const byRights = layered("by its own policies", layers, admits);
    if (!isSame) return [byRights];
    const limits = layers.filter(isLimit);
    const inSessions = isNamed ? [...toSessions, this.anyPrincipal(target)] : toSessions;
    return [byRights, layered("by trust", limits, toRoles), layered("by trust in sessions", [], inSessions)];
  }

  /** Only statements that may cover `sts:AssumeRole`: most do not. */
  private assumingOnly({ name, layers }: LayeredPath): LayeredPath {
    const limiting = layers.filter(({ name }) => name !== "asker" && name !== "trusts");
    return { name, layers: limiting.map((one) => ({ name: one.name, statements: this.aboutAssuming(one) })) };
  }

  private aboutAssuming({ statements }: Layer): Layer["statements"] {
    const known = this.assuming.get(statements) ?? statements.filter(({ statement }) => mayBeAbout(statement, ASSUME));
    this.assuming.set(statements, known);
    return known;
  }

  private asking(target: Resource): Layer {
    const resource = literalPattern(arnOf(target, this.estate));
    const statement = this.texts.one({ Effect: "Allow", Action: ASSUME, Resource: resource });
    return { name: "what is asked", statements: [{ statement, source: target.address }] };
  }

  /** Sessions of the role, with the ID that AWS assigned to it */
  private whoAsks(from: Resource, { id }: Caller): Layer {
    const { name, statements } = whoAsks(from, this.estate, this.texts);
    if (id === undefined) return { name, statements };
    const userId = { StringLike: { "aws:userid": `${id}:*` } };
    const withId = (statement: Statement): Statement =>
      this.texts.one({ ...statement, Condition: allOf(statement.Condition ?? {}, userId) });
    return { name, statements: statements.map(({ statement, source }) => ({ statement: withId(statement), source })) };
  }

  private anyPrincipal({ address }: Resource): SourcedStatement {
    const statement = this.texts.one({ Effect: "Allow", Principal: "*", Action: ASSUME });
    return { statement, source: address };
  }
}

/** One question: whether one way of one role leads to another */
interface Asked {
  readonly caller: Caller;
  readonly from: Resource;
  readonly target: Resource;
  readonly way: LayeredPath;
  readonly isSame: boolean;
  readonly isUnread: boolean;
  /** Whether an unread part may name the caller */
  readonly isNamed: boolean;
}

/** ARNs, if the statement names nothing else; every statement of a layer of rights has resources. */
function resourcesOf({ statement: { Resource: resource } }: SourcedStatement): Set<string> | undefined {
  const named = valuesOf(resource ?? ["*"]);
  return named.every(isWritten) ? new Set(named) : undefined;
}
