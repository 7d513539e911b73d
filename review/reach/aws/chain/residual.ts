import { type Condition, type OneOrMany, type Principal, type Statement, valuesOf } from "../../../../iam";
import { isNegated, type KeyTest, keyTests } from "../../../../iam/conditions/key-test";
import { Glob } from "../../../../iam/sets/glob";
import { mayBeAbout } from "../statement-scope";
import { isAccount, openSession, roleOfSession } from "../direct-grants";
import { type Caller, isUniqueId, isWritten, mayBeAccountOf } from "../caller";
import { holds } from "../../../../iam/conditions/holds";
import { lastPart } from "../../../../iam/sets/last-part";

/** The caller, and the role that it asks for */
export interface Question {
  readonly caller: Caller;
  /** ARN of the role */
  readonly target: string;
  /** Whether the ARN is fully known */
  readonly isWritten: boolean;
}

const ASSUME = "sts:AssumeRole";
/** The residual of statements that apply to every question, by effect */
export const ALWAYS = {
  Allow: Object.freeze<Statement>({ Effect: "Allow", Action: ASSUME }),
  Deny: Object.freeze<Statement>({ Effect: "Deny", Action: ASSUME }),
} as const;

// Both are memos on frozen values: the same statement always gives the same index.
const PRINCIPALS = new WeakMap<Statement, NamedPrincipals>();
const RESOURCES = new WeakMap<Statement, NamedResources>();

/**
 * The conditions of a statement that remain once caller and target are known; undefined if it does not apply. Exact: the
 * residual applies to the same requests of this caller for this role.
 */
export function residual(statement: Statement, { caller, target, isWritten }: Question): Statement | undefined {
  if (!mayBeAbout(statement, ASSUME)) return undefined;
  const left: Partial<Record<keyof Statement, unknown>> = {};
  const { Principal: principal, NotPrincipal: notPrincipal, Resource: resource, NotResource: notResource } = statement;
  if (principal !== undefined) {
    const about = namedPrincipals(statement, principal).about(caller);
    if (about !== true && about.length === 0) return undefined;
    if (about !== true) left.Principal = { AWS: about.map(opaque) };
  }
  if (notPrincipal !== undefined) {
    const about = namedPrincipals(statement, notPrincipal).about(caller);
    if (about === true) return undefined;
    if (about.length > 0) left.NotPrincipal = { AWS: about.map(opaque) };
  }
  const named = resource ?? notResource;
  if (named !== undefined) {
    const about = namedResources(statement, named).about(target, isWritten);
    const isNot = resource === undefined;
    if (about === true ? isNot : about.length === 0 && !isNot) return undefined;
    if (about !== true && about.length > 0) left[isNot ? "NotResource" : "Resource"] = about;
  }
  const condition = conditionLeft(statement.Condition, caller);
  if (condition === false) return undefined;
  if (condition !== true) left.Condition = condition;
  const action = actionLeft(statement);
  if (action === undefined && Object.keys(left).length === 0) return ALWAYS[statement.Effect];
  return { Effect: statement.Effect, ...(action ?? { Action: ASSUME }), ...left } as Statement;
}

/** A literal unique ID belongs to some role, and an account may be unknown: either may be the caller's. */
function opaque(named: string): string {
  if (isAccount(named) && isWritten(named)) return `\${${named}}`;
  return isUniqueId(named) ? `\${${named}}` : openSession(named);
}

/** Undefined if it certainly covers `sts:AssumeRole` */
function actionLeft({ Action, NotAction }: Statement): Pick<Statement, "Action" | "NotAction"> | undefined {
  if (Action !== undefined && !valuesOf(Action).some((one) => Glob.of(one, "action").matches(ASSUME)))
    return { Action };
  if (NotAction !== undefined && valuesOf(NotAction).some((one) => Glob.of(one, "action").isOpaque))
    return { NotAction };
  return undefined;
}

/** Decides tests of the caller as far as it is known: true if none is left, false if one fails. */
function conditionLeft(condition: Condition | undefined, caller: Caller): Condition | boolean {
  const left = new Map<string, [key: string, values: OneOrMany][]>();
  for (const test of keyTests(condition)) {
    const verdict = holdsFor(test, caller);
    if (verdict === false) return false;
    if (verdict === undefined) left.set(test.operator, [...(left.get(test.operator) ?? []), [test.key, test.values]]);
  }
  if (left.size === 0) return true;
  return Object.fromEntries([...left].map(([operator, tests]) => [operator, Object.fromEntries(tests)]));
}

function namedPrincipals(statement: Statement, principal: Principal): NamedPrincipals {
  const known = PRINCIPALS.get(statement) ?? new NamedPrincipals(principal);
  PRINCIPALS.set(statement, known);
  return known;
}

function namedResources(statement: Statement, named: OneOrMany): NamedResources {
  const known = RESOURCES.get(statement) ?? new NamedResources(named);
  RESOURCES.set(statement, known);
  return known;
}

/**
 * Whether a test holds for every request of a caller; undefined if the session decides, or it is unknown.
 *
 * Source: IAM user guide, reference_policies_condition-keys, aws:PrincipalArn, aws:PrincipalAccount and aws:userid.
 */
function holdsFor(test: KeyTest, caller: Caller): boolean | undefined {
  if (test.quantifier !== "one" || !/^(?:String|Arn)/.test(test.base)) return undefined;
  if (test.name === "aws:userid")
    return holdsFrom(test, (value) => isUserId(value, caller, test.base.endsWith("Like")));
  if (test.name === "aws:principalarn") {
    const known = test.type === "text" && caller.isWritten ? holds(test, [caller.arn]) : undefined;
    return known ?? holdsFrom(test, (value) => (caller.isOther(value) ? false : undefined));
  }
  const isKnown = test.name === "aws:principalaccount" && test.type === "text" && caller.isWritten;
  return isKnown && caller.name !== undefined ? holds(test, [caller.name.account]) : undefined;
}

/** One matching value is enough; with "Not" none may match. */
function holdsFrom(test: KeyTest, matches: (value: string) => boolean | undefined): boolean | undefined {
  const verdicts = test.values.map(matches);
  if (verdicts.includes(true)) return !isNegated(test);
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === false) ? isNegated(test) : undefined;
}

/** For all sessions of the caller, or none: role ID, colon, session name */
function isUserId(value: string, { id, isOther }: Caller, hasWildcards: boolean): boolean | undefined {
  if (hasWildcards && (value === "*" || value === `${id}:*`)) return true;
  return isOther(value.replace(/:[^{}]*$/, "")) ? false : undefined;
}

/** True if a part of a statement covers the question; otherwise the patterns that may cover it */
export type About = true | readonly string[];

const ANY_PRINCIPAL = "*";

/** Principals of a statement, indexed by the end of their names: a trust policy may name hundreds. */
class NamedPrincipals {
  private readonly names: ReadonlySet<string>;
  /** By the text after the last slash; for a session, by its role */
  private readonly byEnd = new Map<string, string[]>();
  private readonly accounts: readonly string[];
  /** Names without a known end */
  private readonly open: readonly string[];

  constructor(principal: Principal) {
    const named = principal === ANY_PRINCIPAL ? [ANY_PRINCIPAL] : valuesOf(principal["AWS"] ?? []);
    this.names = new Set(named);
    this.accounts = named.filter(isAccount);
    this.open = named.filter((one) => !isAccount(one) && endOf(one) === undefined);
    for (const one of named) {
      const end = isAccount(one) ? undefined : endOf(one);
      if (end !== undefined) this.byEnd.set(end, [...(this.byEnd.get(end) ?? []), one]);
    }
  }

  public about(caller: Caller): About {
    const known = [ANY_PRINCIPAL, caller.arn, ...caller.accounts, ...(caller.id === undefined ? [] : [caller.id])];
    if (known.some((one) => this.names.has(one))) return true;
    const end = endOf(caller.arn);
    const alike = end === undefined ? [...this.byEnd.values()].flat() : (this.byEnd.get(end) ?? []);
    return [
      ...alike,
      ...this.accounts.filter((one) => mayBeAccountOf(caller, one)),
      ...this.open.filter((one) => !caller.isOther(one)),
    ];
  }
}

/** Undefined if it is not a literal */
function endOf(name: string): string | undefined {
  const end = roleOfSession(name) ?? lastPart(name);
  return end === name || /[${}*?]/.test(end) ? undefined : end;
}

/** The resources of a statement */
class NamedResources {
  private readonly written: ReadonlySet<string>;
  private readonly others: readonly Glob[];

  constructor(patterns: OneOrMany) {
    const all = valuesOf(patterns);
    this.written = new Set(all.filter(isWritten));
    this.others = all.filter((pattern) => !isWritten(pattern)).map((pattern) => Glob.of(pattern, "arn"));
  }

  /** @param isKnown whether the ARN is fully known */
  public about(arn: string, isKnown: boolean): About {
    if (this.written.has(arn) || this.others.some((glob) => glob.matches(arn))) return true;
    const open = this.others.filter(({ isOpaque }) => isOpaque || !isKnown).map(({ pattern }) => pattern);
    return isKnown ? open : [...this.written, ...open];
  }
}
