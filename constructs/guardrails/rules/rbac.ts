import type { Rule } from "../rule";
import { adminBinding } from "./rbac/admin-binding";
import { eksAdmin } from "./rbac/eks-admin";
import { eksCreator } from "./rbac/eks-creator";
import { escalation } from "./rbac/escalation";
import { guardRemoval } from "./rbac/guard-removal";
import { mintedIdentity } from "./rbac/minted-identity";
import { publicBinding } from "./rbac/public-binding";
import { secrets } from "./rbac/secrets";
import { wildcard } from "./rbac/wildcard";

export const RBAC_RULES: readonly Rule[] = [
  adminBinding,
  eksAdmin,
  eksCreator,
  escalation,
  guardRemoval,
  mintedIdentity,
  publicBinding,
  secrets,
  wildcard,
];
