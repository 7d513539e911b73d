import type { Layer, SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";

/**
 * Kinds of the layers of a path: policies of the role, its boundary, the session policy, policies of KMS keys, trust policies
 * of roles that it may assume, resource policies, or the caller. Values, which code compares: `words.ts` has their text.
 */
export type LayerKind = "role" | "boundary" | "session" | "keys" | "trusts" | "resources" | "asker";

export interface AwsLayer extends Layer {
  readonly name: LayerKind;
}

/** The layers of an access path */
export interface LayeredPath {
  readonly name: string;
  readonly layers: readonly AwsLayer[];
}

export function layer(name: LayerKind, { statements }: Pick<PoliciesRead, "statements">): AwsLayer {
  return { name, statements };
}

/** Whether a layer limits every session of the role, and grants nothing by itself */
export function isLimit({ name }: AwsLayer): boolean {
  return name === "boundary" || name === "session";
}

/** Statements, and the parts that could not be read */
export interface PoliciesRead {
  readonly statements: readonly SourcedStatement[];
  readonly unknown: readonly Unknown[];
}
