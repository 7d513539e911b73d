import type { Rule } from "../rule";
import { actionWildcard } from "./iam/action-wildcard";
import { assumeAnyRole } from "./iam/assume-any-role";
import { boundaryMissing } from "./iam/boundary-missing";
import { boundaryRemoval } from "./iam/boundary-removal";
import { escalation } from "./iam/escalation";
import { broadManagedPolicy } from "./iam/managed-policy";
import { notAction } from "./iam/not-action";
import { passRole } from "./iam/pass-role";
import { resourceWildcard } from "./iam/resource-wildcard";
import { unreadablePolicy } from "./iam/unreadable-policy";

export const IAM_RULES: readonly Rule[] = [
  actionWildcard,
  assumeAnyRole,
  boundaryMissing,
  boundaryRemoval,
  escalation,
  broadManagedPolicy,
  notAction,
  passRole,
  resourceWildcard,
  unreadablePolicy,
];
