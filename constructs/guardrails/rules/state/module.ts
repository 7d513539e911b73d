import { surroundingsOf } from "../../private/surroundings";
import type { BlockRule } from "../../rule";

/** A module's resources stand elsewhere; no rule and no review sees them. */
export const unjudgedModule: BlockRule = {
  id: "AMBIT-STATE-MODULE",
  severity: "medium",
  what: "no module of Terraform may be called",
  why: "what the module makes is judged by no rule, and changes with its source",
  fix: "write its resources in the stack, or acknowledge the module in the version that was read",
  standards: ["owasp-asi/ASI04", "sp800-53/SR-3"],
  looksAt: ["module"],
  *check(block, stack) {
    const { source = null, version = null } = block.body;
    yield { what: block.name, at: "source", evidence: [source, version, surroundingsOf(block, stack)] };
  },
};
