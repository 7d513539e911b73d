import type { Rule } from "../rule";
import { delegationUnbounded } from "./agents/delegation-unbounded";
import { highImpactUncontrolled } from "./agents/high-impact-uncontrolled";
import { observedHighImpact } from "./agents/observed-high-impact";
import { sharedMemory } from "./agents/shared-memory";
import { toolUnpinned } from "./agents/tool-unpinned";
import { toxicCombination } from "./agents/toxic-combination";
import { untrustedCallers } from "./agents/untrusted-callers";

/** What a registry says of an agent */
export const AGENT_RULES: readonly Rule[] = [
  delegationUnbounded,
  highImpactUncontrolled,
  observedHighImpact,
  sharedMemory,
  toolUnpinned,
  toxicCombination,
  untrustedCallers,
];
