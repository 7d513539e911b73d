import { type Condition, type OneOrMany, type Principal, type Statement, valuesOf } from "../../../iam";
import type { SourcedStatement } from "../../../iam/access/access";
import { keyTests } from "../../../iam/conditions/key-test";
import { groupBy } from "../../group-by";
import { type Estate, type Resource, resourcesOf } from "../../read/resource";
import { isWritten, arnOf, roleName, whoAsks } from "./caller";
import { roleOfSession } from "./direct-grants";
import type { PolicyTexts } from "./policy-texts";
import { type AwsLayer, layer } from "./layer";
import { isDeny, type RolePolicies } from "./role-policies";

/** A role of this configuration that a policy names, and the limits of grants to it */
export interface NamedRole {
  /** As named in the policy: the ARN of the role, or of one of its sessions */
  readonly principal: string;
  /** All of them must allow. A boundary does not limit a grant to one session. */
  readonly layers: readonly AwsLayer[];
  readonly denies: readonly SourcedStatement[];
}

/** Operators whose value list must match, so that a role can be removed from the list */
const LISTS = new Set(["StringEquals", "ArnEquals", "ArnLike", "StringLike"]);

/**
 * Roles of this configuration as other policies name them. A grant to one of them is void if its boundary or a Deny leaves
 * nothing of it, or if the role has no right to assume the role that trusts it.
 *
 * Source: IAM user guide, reference_policies_evaluation-logic.
 */
export class Callers {
  private readonly byArn: ReadonlyMap<string, readonly Resource[]>;
  private readonly byName: ReadonlyMap<string, readonly Resource[]>;
  private readonly limits = new Map<string, NamedRole | undefined>();
  /** Whether a role has the same policies as in another state, by that state and ARN */
  private readonly alike = new Map<Callers, Map<string, boolean>>();

  constructor(
    private readonly estate: Estate,
    private readonly policies: RolePolicies,
    private readonly texts: PolicyTexts,
    private readonly mayBecome: (from: Resource, to: Resource) => boolean,
  ) {
    const roles = resourcesOf(estate, "aws_iam_role");
    this.byArn = groupBy(roles, (role) => arnOf(role, estate));
    this.byName = groupBy(roles, (role) => roleName(arnOf(role, estate))?.name ?? "");
  }

  /** Undefined unless it is certainly a role of this configuration, with a limit */
  public named(principal: string): NamedRole | undefined {
    if (!this.limits.has(principal)) this.limits.set(principal, this.limitsOf(principal));
    return this.limits.get(principal);
  }

  private limitsOf(principal: string): NamedRole | undefined {
    const session = roleOfSession(principal);
    const role = session === undefined ? this.only(this.byArn.get(principal)) : this.ofSession(principal, session);
    if (role === undefined) return undefined;
    const boundary = this.policies.boundaryOf(role);
    const bounds = session === undefined && boundary?.unknown.length === 0 ? [layer("boundary", boundary)] : [];
    const denies = [...this.policies.identityOf(role).statements, ...(boundary?.statements ?? [])].filter(isDeny);
    if (bounds.length + denies.length === 0) return undefined;
    return { principal, layers: [...bounds, whoAsks(role, this.estate, this.texts)], denies };
  }

  private ofSession(principal: string, name: string): Resource | undefined {
    const role = this.only(this.byName.get(name));
    const account = /^arn:[^:]*:sts::(\d{12}):/.exec(principal)?.[1];
    return role !== undefined && roleName(arnOf(role, this.estate))?.account === account ? role : undefined;
  }

  private only(roles: readonly Resource[] | undefined): Resource | undefined {
    const [role] = roles ?? [];
    return roles?.length === 1 && role?.repeats === undefined ? role : undefined;
  }

  /** A trust policy without the named roles that certainly cannot assume the role */
  public admitted(to: Resource, trust: readonly SourcedStatement[]): readonly SourcedStatement[] {
    const called = new Set(trust.flatMap(({ statement }) => callersIn(statement)));
    const idle = new Set([...called].filter((arn) => this.isIdle(arn, to)));
    return idle.size === 0 ? trust : trust.flatMap((one) => this.without(one, idle));
  }

  /** Whether every role that a trust policy names has the same policies as before: the same ones may ask. */
  public areAsBefore(trust: readonly SourcedStatement[], before: Callers): boolean {
    return trust.flatMap(({ statement }) => callersIn(statement)).every((arn) => this.isAsBefore(arn, before));
  }

  private isAsBefore(arn: string, before: Callers): boolean {
    const known = this.alike.get(before) ?? new Map<string, boolean>();
    this.alike.set(before, known);
    const isAlike = known.get(arn) ?? areSame(this.standing(arn), before.standing(arn));
    known.set(arn, isAlike);
    return isAlike;
  }

  /** Everything that decides whether a role may ask; equal texts are one statement. */
  private standing(arn: string): readonly unknown[] {
    const role = this.only(this.byArn.get(arn));
    if (role === undefined) return [];
    const read = [this.policies.identityOf(role), this.policies.boundaryOf(role)];
    return read.flatMap((one) => [
      one === undefined,
      one?.unknown.length,
      ...(one?.statements ?? []).map(({ statement }) => statement),
    ]);
  }

  private isIdle(arn: string, to: Resource): boolean {
    const role = isWritten(arn) || arn.startsWith("${") ? this.only(this.byArn.get(arn)) : undefined;
    return role !== undefined && !this.mayBecome(role, to);
  }

  private without({ statement, source }: SourcedStatement, idle: ReadonlySet<string>): readonly SourcedStatement[] {
    if (statement.Effect !== "Allow") return [{ statement, source }];
    const principal = principalWithout(statement.Principal, idle);
    const condition = conditionWithout(statement.Condition, idle);
    if (principal === undefined || condition === undefined) return [];
    const { Principal: _, Condition: __, ...rest } = statement;
    const left = { ...rest, Principal: principal, ...(Object.keys(condition).length > 0 && { Condition: condition }) };
    return [{ statement: this.texts.one(left), source }];
  }
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, at) => one === others[at]);
}

function callersIn({ Effect, Principal: principal, Condition: condition }: Statement): readonly string[] {
  if (Effect !== "Allow" || principal === undefined) return [];
  const named = principal === "*" ? [] : valuesOf(principal["AWS"] ?? []);
  return [...named, ...keyTests(condition).flatMap((test) => (isCallerList(test) ? test.values : []))];
}

function isCallerList({ name, operator }: { readonly name: string; readonly operator: string }): boolean {
  return name === "aws:principalarn" && LISTS.has(operator);
}

/** Undefined if no principal is left */
function principalWithout(principal: Principal | undefined, idle: ReadonlySet<string>): Principal | undefined {
  if (principal === undefined || principal === "*") return principal;
  const { AWS: named, ...others } = principal;
  const kept = named === undefined ? [] : valuesOf(named).filter((one) => !idle.has(one));
  const left = { ...others, ...(kept.length > 0 && { AWS: kept }) };
  return Object.keys(left).length === 0 ? undefined : left;
}

/** Undefined if no value is left */
function conditionWithout(condition: Condition | undefined, idle: ReadonlySet<string>): Condition | undefined {
  const left = new Map<string, Record<string, OneOrMany>>();
  for (const { key, name, operator, values } of keyTests(condition)) {
    const kept = isCallerList({ name, operator }) ? values.filter((one) => !idle.has(one)) : values;
    if (kept.length === 0 && values.length > 0) return undefined;
    left.set(operator, { ...left.get(operator), [key]: kept });
  }
  return Object.fromEntries(left);
}
