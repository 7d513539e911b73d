import { allOf } from "../../../iam";
import { lastPart } from "../../../iam/sets/last-part";
import type { Estate, Resource } from "../../read/resource";
import type { AwsLayer } from "./layer";
import type { PolicyTexts } from "./policy-texts";
import { isAccount } from "./direct-grants";

/** Account and name; the account may be a reference, which may contain colons. */
const ROLE = /^arn:(?:\$\{[^}]*\}|[^:$])*:iam::((?:\$\{[^}]*\}|[^:$])*):(role\/.+)$/;

interface RoleName {
  readonly account: string;
  readonly name: string;
}

/** Undefined if the ARN is not known yet */
export function roleName(arn: string): RoleName | undefined {
  const [, account, rest] = ROLE.exec(arn) ?? [];
  const name = rest === undefined ? "" : lastPart(rest);
  return account === undefined || name === "" ? undefined : { account, name };
}

/** A reference to an unknown account may be any account. */
export function mayBeSame(account: string, other: string | undefined): boolean {
  return account === other || other === undefined || [account, other].some((one) => one.includes("${") || one === "*");
}

export function arnOf(role: Resource, estate: Estate): string {
  const arn = estate.attribute(role, "arn");
  return typeof arn === "string" ? arn : `arn:aws:iam::*:role/${role.name}`;
}

/**
 * The sessions of the role, with the condition keys that AWS sets for each: statements of other policies depend on them.
 *
 * Source: IAM user guide, reference_policies_condition-keys, aws:PrincipalArn, aws:PrincipalAccount and
 * aws:PrincipalIsAWSService.
 */
export function whoAsks(role: Resource, estate: Estate, texts: PolicyTexts): AwsLayer {
  const arn = arnOf(role, estate);
  const account = roleName(arn)?.account;
  const statement = texts.one({
    Effect: "Allow",
    Principal: { AWS: arn },
    Action: "*",
    Resource: "*",
    Condition: allOf(
      { StringEquals: { "aws:PrincipalArn": arn } },
      ...(account === undefined || account === "*" ? [] : [{ StringEquals: { "aws:PrincipalAccount": account } }]),
      { Bool: { "aws:PrincipalIsAWSService": "false" } },
    ),
  });
  return { name: "asker", statements: [{ statement, source: role.address }] };
}

/** Sessions of one role, as policies name them */
export interface Caller {
  readonly arn: string;
  /** Undefined if its account or name is unknown */
  readonly name: RoleName | undefined;
  /** Reference to its unique ID, which starts the `aws:userid` of each session; undefined if unknown */
  readonly id: string | undefined;
  /** Names for every principal in its account: the number, and the ARN of root */
  readonly accounts: readonly string[];
  /** Whether the ARN is fully known */
  readonly isWritten: boolean;
  /** Whether a name refers to another resource of the configuration */
  readonly isOther: (named: string) => boolean;
}

export function callerOf(role: Resource, estate: Estate): Caller {
  const arn = arnOf(role, estate);
  const name = roleName(arn);
  const id = estate.attribute(role, "unique_id");
  const partition = arn.slice("arn:".length, arn.indexOf(":iam::"));
  const root = (account: string): string => `arn:${partition}:iam::${account}:root`;
  return {
    arn,
    name,
    id: typeof id === "string" && role.repeats === undefined ? id : undefined,
    accounts: name === undefined ? [] : [name.account, root(name.account)].filter(isAccount),
    isWritten: isWritten(arn),
    isOther: (named) => {
      const owner = ownerOf(named, estate);
      return owner !== undefined && owner !== role;
    },
  };
}

/** The resource whose ARN or unique ID a reference is; undefined if it may be one of several, or belongs to another */
export function ownerOf(named: string, estate: Estate): Resource | undefined {
  const address = /^\$\{([^{}]+)\.(?:arn|unique_id)\}$/.exec(named)?.[1];
  const owner = address === undefined ? undefined : estate.at(address);
  return owner?.mode === "managed" && owner.repeats === undefined ? owner : undefined;
}

/** Whether an account number or root ARN may be the caller's account */
export function mayBeAccountOf({ name }: Caller, named: string): boolean {
  return mayBeSame(accountOf(named), name?.account);
}

/** The account of a number, or of the ARN of its root */
export function accountOf(named: string): string {
  return /:iam::(.*):root$/.exec(named)?.[1] ?? named;
}

/** Whether a name is fully known */
export function isWritten(name: string): boolean {
  return !/[*?]|\$\{/.test(name);
}

/** A literal unique ID: unknown which role has it. Source: IAM user guide, reference_identifiers */
export function isUniqueId(named: string): boolean {
  return /^AROA\w+$/.test(named);
}
