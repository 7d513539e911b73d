import type { ChangeKind } from "../../change";
import { isOpaque } from "./objects/values";

/** One thing that a principal may do, or that no protection prevents. A gain if head has it and base does not. */
export interface Fact {
  /** Equal for the same fact in two estates: it names no Terraform address */
  readonly key: string;
  readonly kind: ChangeKind;
  readonly what: string;
  readonly witness: string;
  /** Terraform address */
  readonly address: string;
  /** It holds only under these conditions: the same fact under fewer of them is wider. */
  readonly under: readonly string[];
  /** Upper bound: a larger value includes every smaller one */
  readonly atMost?: number;
  /** Why it is uncertain that it allows anything */
  readonly unknown?: string;
  /** Its subject, such as pods or one namespace */
  readonly scope: string;
  /** Counts only against a base with facts of the same scope: a new subject has no such change. */
  readonly isRelative: boolean;
  /** It gives pods a token of a service account */
  readonly isToken?: true;
}

const PODS = "pods";

type Optional = Partial<Pick<Fact, "key" | "under" | "unknown" | "scope" | "isRelative" | "isToken">>;

/** Why it is uncertain whether a value with `${…}` is allowed */
export const KNOWN_AT_APPLY = "it holds a value that is known only when it is applied";

export function fact(
  kind: ChangeKind,
  what: string,
  witness: string,
  address: string,
  { key = what, under = [], unknown, isRelative = false, scope = isRelative ? PODS : "", isToken }: Optional = {},
): Fact {
  const why = unknown ?? (isOpaque(`${key} ${under.join(" ")}`) ? KNOWN_AT_APPLY : undefined);
  const of = { key: `${kind} ${key}`, kind, what, witness, address, under, scope, isRelative };
  const found = isToken === undefined ? of : { ...of, isToken };
  return why === undefined ? found : { ...found, unknown: why };
}

/** A part that cannot be compared: new text counts as a gain. */
export function openQuestion(what: string, why: string, address: string, more: Optional = {}): Fact {
  return fact("identity", what, what, address, { key: `unknown ${what}`, ...more, unknown: why });
}
