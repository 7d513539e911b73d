import { isAccount } from "../direct-grants";
import { mayBeSame, type RoleName, roleName } from "../who-asks";

/** Sessions of one role, as policies name them */
export interface Caller {
  readonly arn: string;
  /** Undefined where nobody knows its account or its name */
  readonly name: RoleName | undefined;
  /** What stands for everybody in its account, by number and by root */
  readonly accounts: readonly string[];
  /** Whether every letter of the ARN is known */
  readonly isWritten: boolean;
}

export function callerOf(arn: string): Caller {
  const name = roleName(arn);
  const partition = arn.slice("arn:".length, arn.indexOf(":iam::"));
  const root = (account: string): string => `arn:${partition}:iam::${account}:root`;
  const accounts = name === undefined ? [] : [name.account, root(name.account)].filter(isAccount);
  return { arn, name, accounts, isWritten: isWritten(arn) };
}

/** Whether what stands for an account, by number or by root, may stand for the caller's */
export function mayBeAccountOf({ name }: Caller, named: string): boolean {
  return mayBeSame(/:iam::(.*):root$/.exec(named)?.[1] ?? named, name?.account);
}

/** Whether every letter of a name is known */
export function isWritten(name: string): boolean {
  return !/[*?]|\$\{/.test(name);
}
