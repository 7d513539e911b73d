import type { Rule } from "../rule";
import { actionWildcard } from "./iam/action-wildcard";
import { agentGrant } from "./iam/agent-grant";
import { agentPolicy } from "./iam/agent-policy";
import { assumeAnyRole } from "./iam/assume-any-role";
import { boundaryAttached } from "./iam/boundary-attached";
import { boundaryEscape } from "./iam/boundary-escape";
import { boundaryMissing } from "./iam/boundary-missing";
import { boundaryRemoval } from "./iam/boundary-removal";
import { componentPolicy } from "./iam/component-policy";
import { escalation } from "./iam/escalation";
import { broadManagedPolicy } from "./iam/managed-policy";
import { membership } from "./iam/membership";
import { notAction } from "./iam/not-action";
import { oversight } from "./iam/oversight";
import { passRole } from "./iam/pass-role";
import { resourceWildcard } from "./iam/resource-wildcard";
import { share } from "./iam/share";
import { takeover } from "./iam/takeover";
import { unreadablePolicy } from "./iam/unreadable-policy";
import { unjudgedPolicy } from "./iam/unjudged-policy";

export const IAM_RULES: readonly Rule[] = [
  actionWildcard,
  agentGrant,
  agentPolicy,
  assumeAnyRole,
  boundaryAttached,
  boundaryEscape,
  boundaryMissing,
  boundaryRemoval,
  componentPolicy,
  escalation,
  broadManagedPolicy,
  membership,
  notAction,
  oversight,
  passRole,
  resourceWildcard,
  share,
  takeover,
  unreadablePolicy,
  unjudgedPolicy,
];
