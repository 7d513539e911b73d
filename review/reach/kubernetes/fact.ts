import type { ChangeKind } from "../../change";
import { isOpaque } from "./objects/values";

/** One thing that a principal may do, or that no protection forbids it. Gained where head has it and base has not. */
export interface Fact {
  /** Equal for the same fact in two estates: it names no Terraform address */
  readonly key: string;
  readonly kind: ChangeKind;
  readonly what: string;
  readonly witness: string;
  /** Terraform address */
  readonly address: string;
  /** It holds only under these: the same fact under fewer of them is more. */
  readonly under: readonly string[];
  /** Upper bound: a larger value includes every smaller one */
  readonly atMost?: number;
  /** Why it is not certain that it allows anything */
  readonly unknown?: string;
  /** What it is about, such as pods or one namespace */
  readonly scope: string;
  /** Says something only against a base that says something of the same scope: what is new has no such change. */
  readonly isRelative: boolean;
}

const PODS = "pods";

type Optional = Partial<Pick<Fact, "key" | "under" | "unknown" | "scope" | "isRelative">>;

/** Why it is not certain whether something with `${…}` is allowed */
export const KNOWN_AT_APPLY = "it holds a value that is known only when it is applied";

export function fact(
  kind: ChangeKind,
  what: string,
  witness: string,
  address: string,
  { key = what, under = [], unknown, isRelative = false, scope = isRelative ? PODS : "" }: Optional = {},
): Fact {
  const why = unknown ?? (isOpaque(`${key} ${under.join(" ")}`) ? KNOWN_AT_APPLY : undefined);
  const found = { key: `${kind} ${key}`, kind, what, witness, address, under, scope, isRelative };
  return why === undefined ? found : { ...found, unknown: why };
}

/** Something that stands there and cannot be compared: new words count as a gain. */
export function openQuestion(what: string, why: string, address: string, more: Optional = {}): Fact {
  return fact("identity", what, what, address, { key: `unknown ${what}`, ...more, unknown: why });
}
