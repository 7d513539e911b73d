import type { Condition, Statement } from "../../iam";
import { valuesOf } from "../../iam";
import { matches } from "./action-patterns";
import { isBroad } from "./managed-policies";
import { isWide } from "./wide-patterns";
import { oncePer } from "./private/once-per";

/** One test of a condition: all of them must hold */
export interface ConditionTest {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** The tests of a condition on a key; names of keys have no case */
export function testsOf(condition: Condition | undefined, key: RegExp): readonly ConditionTest[] {
  return condition === undefined ? [] : testsIn(condition).filter(({ key: name }) => key.test(name));
}

/** Keys that name a workload: the subject of its token, or of its certificate at Roles Anywhere */
export const SUBJECT = /:sub$|^aws:PrincipalTag\/x509SAN\/URI$/i;

/** Each rule about one of the keys asks. */
const testsIn = oncePer((condition: Condition): readonly ConditionTest[] =>
  Object.entries(condition).flatMap(([operator, tests]) =>
    Object.entries(tests).map(([key, values]) => ({ operator, key, values: valuesOf(values) })),
  ),
);

/**
 * Operators that hold only where the key is there, and has one of the values.
 *
 * `…IfExists`, `ForAllValues:` and the negated ones also hold without the key.
 */
const NARROWING = /^(?:ForAnyValue:)?(?:String(?:Equals|EqualsIgnoreCase|Like)|Arn(?:Equals|Like))$/;

/** Whether a test by this operator holds only where the key is there, and has one of the values */
export function isNarrowing(operator: string): boolean {
  return NARROWING.test(operator);
}

/**
 * Whether a statement holds for some values of the key alone: it tests it, and no value is a mere wildcard.
 *
 * @param tooWide values that narrow nothing; `*` by default
 */
export function isNarrowedBy(statement: Statement, key: RegExp, tooWide: Pick<RegExp, "test"> = /^[*?]*$/): boolean {
  return testsOf(statement.Condition, key).some(
    ({ operator, key: name, values }) =>
      isNarrowing(operator) &&
      values.length > 0 &&
      !values.some((value) => tooWide.test(value) || isAnyOf(name, value)),
  );
}

/** Keys of an account or an organisation */
const NUMBERED =
  /^(?:aws:(?:(?:Principal|Resource|Source)(?:Account|OrgID)|SourceOwner)|kms:CallerAccount|s3:DataAccessPointAccount)$/i;

/** The id that IAM makes of a role or a user stands first, before a session's name: AROA or AIDA, and letters and digits. */
const USER_ID = /^aws:userid$/i;

/** The organisation stands first. */
const ORG_PATHS = /^aws:(?:Principal|Resource|Source)OrgPaths$/i;

/** Whether a value stands for everything that the key may be, or for what each account may make */
export function isAnyOf(key: string, value: string): boolean {
  // A key has always the value that it has.
  if (value.toLowerCase() === `\${${key.toLowerCase()}}`) return true;
  if (NUMBERED.test(key)) return /[*?]/.test(value);
  if (OF_POLICY.test(key)) return isAnyPolicy(value);
  if (USER_ID.test(key)) return /^[^:]*[*?]/.test(value);
  if (ORG_PATHS.test(key)) return /^[^/]*[*?]/.test(value);
  if (!/^aws:(?:Principal|Source)Arn$/i.test(key)) return false;
  const [, , , , account, ...resource] = value.split(":");
  if (account === undefined) return /[*?]/.test(value);
  // A bucket of S3 has no account in its ARN, and its whole name is of one account alone.
  return account === "" ? /^[^/]*[*?]/.test(resource.join(":")) : /[*?]/.test(account);
}

/** Keys whose value is the ARN of a policy that is attached, or that bounds */
const OF_POLICY = /^iam:(?:PolicyARN|PermissionsBoundary)$/i;

/** Policies of AWS that a pattern for one service's policies does not stand for */
const ADMINISTRATING = ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"];

/** Whether a pattern stands for all policies, for those of an account, or for one of AWS that allows all that a service can do */
function isAnyPolicy(value: string): boolean {
  const pattern = value.replace(/^arn:[^:]*:/, "arn:aws:");
  const ofAws = /:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(pattern)?.[1];
  if (ofAws !== undefined && isBroad(ofAws)) return true;
  return isWide(pattern) || ADMINISTRATING.some((name) => matches(pattern, `arn:aws:iam::aws:policy/${name}`));
}
