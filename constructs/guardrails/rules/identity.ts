import type { Rule } from "../rule";
import { agentEnd } from "./identity/agent-end";
import { agentOwner } from "./identity/agent-owner";
import { handedRole } from "./identity/handed-role";
import { sessionDuration } from "./identity/session-duration";
import { sharedRole } from "./identity/shared-role";
import { sharedTrust } from "./identity/shared-trust";

export const IDENTITY_RULES: readonly Rule[] = [
  agentEnd,
  agentOwner,
  handedRole,
  sessionDuration,
  sharedRole,
  sharedTrust,
];
