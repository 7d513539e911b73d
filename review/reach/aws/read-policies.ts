import type { SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";

/** Statements, and what could not be read of them */
export interface PoliciesRead {
  readonly statements: readonly SourcedStatement[];
  readonly unknown: readonly Unknown[];
}
