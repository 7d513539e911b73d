import type { SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import type { ChainedRole } from "./chain/chains";
import type { AwsRole } from "./role-access";
import type { AwsPath } from "./way";

/** A principal with access to AWS: an agent by name, or a role without a declaration by address */
export interface AwsPrincipal {
  readonly name: string;
  readonly isAgent: boolean;
  /** Its ways into AWS; the same way has the same name in two estates */
  readonly paths: readonly AwsPath[];
  /** Denies of resource policies, which hold on every way */
  readonly denies: readonly SourcedStatement[];
  readonly roles: readonly OwnRole[];
  /** Roles that it may assume from these; their paths are among its own. */
  readonly chained: readonly ChainedRole[];
  readonly unknown: readonly Unknown[];
}

export interface OwnRole extends AwsRole {
  /** For an agent: the place of a statement that denies its role everything, as a suspension does */
  readonly closedBy?: string | undefined;
}
