import { type Statement, valuesOf } from "../../iam";

/** One of those that a statement names */
export interface NamedPrincipal {
  /** `AWS`, `Service`, `Federated` or `CanonicalUser`; `*` for everyone */
  readonly type: string;
  readonly value: string;
}

/** Who may act by a statement. Everyone but some is everyone. */
export function principalsOf({ Principal, NotPrincipal }: Statement): readonly NamedPrincipal[] {
  if (NotPrincipal !== undefined || Principal === "*") return [{ type: "*", value: "*" }];
  return Object.entries(Principal ?? {}).flatMap(([type, values]) =>
    valuesOf(values).map((value) => ({ type, value })),
  );
}

/** Whether it is everyone: `*`, of AWS or of any kind */
export function isAnyone({ value }: NamedPrincipal): boolean {
  return /^\*+$/.test(value);
}

/** The account whose principals it means all together: its number, or its root; undefined for one principal */
export function wholeAccount({ type, value }: NamedPrincipal): string | undefined {
  if (type !== "AWS") return undefined;
  return /^(\d{12})$/.exec(value)?.[1] ?? /^arn:[^:]*:iam::(.*):root$/.exec(value)?.[1];
}

/** The account of a principal of AWS, where it is written */
export function accountOf({ type, value }: NamedPrincipal): string | undefined {
  if (type !== "AWS") return undefined;
  return /^(\d{12})$/.exec(value)?.[1] ?? /^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(value)?.[1];
}
