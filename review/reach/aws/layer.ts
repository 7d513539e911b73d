import type { Layer, SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";

/**
 * What a layer of a path holds: policies of the role, its boundary, the session policy, policies of KMS keys, trust policies
 * of the roles that it may become, policies of resources, or who asks. Values, which are compared: `words.ts` has the text.
 */
export type LayerKind = "role" | "boundary" | "session" | "keys" | "trusts" | "resources" | "asker";

export interface AwsLayer extends Layer {
  readonly name: LayerKind;
}

/** Layers of an access path that {@link AwsLayer} makes up */
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

/** Statements, and what could not be read of them */
export interface PoliciesRead {
  readonly statements: readonly SourcedStatement[];
  readonly unknown: readonly Unknown[];
}
