import { type OneOrMany, type Principal, valuesOf } from "../../../../iam";
import { Glob } from "../../../../iam/sets/glob";
import { lastPart } from "../../../../iam/sets/last-part";
import { isAccount, roleOfSession } from "../direct-grants";
import { type Caller, isWritten, mayBeAccountOf } from "./caller";

/** Whether a part of a statement is about all that is asked; else what of it may be */
export type About = true | readonly string[];

const EVERYBODY = "*";

/** Principals that a statement names, indexed by the end of their names: a trust policy may name hundreds. */
export class NamedPrincipals {
  private readonly names: ReadonlySet<string>;
  /** By what follows the last slash; of a session, by its role */
  private readonly byEnd = new Map<string, string[]>();
  private readonly accounts: readonly string[];
  /** Names whose end is not known */
  private readonly open: readonly string[];

  constructor(principal: Principal) {
    const named = principal === EVERYBODY ? [EVERYBODY] : valuesOf(principal["AWS"] ?? []);
    this.names = new Set(named);
    this.accounts = named.filter(isAccount);
    this.open = named.filter((one) => !isAccount(one) && endOf(one) === undefined);
    for (const one of named) {
      const end = isAccount(one) ? undefined : endOf(one);
      if (end !== undefined) this.byEnd.set(end, [...(this.byEnd.get(end) ?? []), one]);
    }
  }

  public about(caller: Caller): About {
    const known = [EVERYBODY, caller.arn, ...caller.accounts, ...(caller.id === undefined ? [] : [caller.id])];
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

/** Undefined where it is not written out */
function endOf(name: string): string | undefined {
  const end = roleOfSession(name) ?? lastPart(name);
  return end === name || /[${}*?]/.test(end) ? undefined : end;
}

/** The resources that a statement names */
export class NamedResources {
  private readonly written: ReadonlySet<string>;
  private readonly others: readonly Glob[];

  constructor(patterns: OneOrMany) {
    const all = valuesOf(patterns);
    this.written = new Set(all.filter(isWritten));
    this.others = all.filter((pattern) => !isWritten(pattern)).map((pattern) => Glob.of(pattern, "arn"));
  }

  /** @param isKnown whether every letter of the ARN is known */
  public about(arn: string, isKnown: boolean): About {
    if (this.written.has(arn) || this.others.some((glob) => glob.matches(arn))) return true;
    const open = this.others.filter(({ isOpaque }) => isOpaque || !isKnown).map(({ pattern }) => pattern);
    return isKnown ? open : [...this.written, ...open];
  }
}
