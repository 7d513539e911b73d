import type { Rule } from "../rule";
import { adminBinding } from "./rbac/admin-binding";
import { escalation } from "./rbac/escalation";
import { mintedIdentity } from "./rbac/minted-identity";
import { publicBinding } from "./rbac/public-binding";
import { secrets } from "./rbac/secrets";
import { wildcard } from "./rbac/wildcard";

export const RBAC_RULES: readonly Rule[] = [adminBinding, escalation, mintedIdentity, publicBinding, secrets, wildcard];
