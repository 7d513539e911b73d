import type { SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import type { ChainedRole } from "./chain/chains";
import type { AwsRole } from "./role-access";
import type { AwsPath } from "./way";

/** Somebody who has access to AWS: an agent by name, or a role without a declaration by address */
export interface AwsPrincipal {
  readonly name: string;
  readonly isAgent: boolean;
  /** Each a way into AWS of its own, with a name that is equal in two estates for the same way */
  readonly paths: readonly AwsPath[];
  /** Of the policies of resources, which hold on every way */
  readonly denies: readonly SourcedStatement[];
  readonly roles: readonly OwnRole[];
  /** Roles that it may become from these; their paths are among its own. */
  readonly chained: readonly ChainedRole[];
  readonly unknown: readonly Unknown[];
}

export interface OwnRole extends AwsRole {
  /** Of an agent: place of what denies the role everything, as a suspension does */
  readonly closedBy?: string | undefined;
}
