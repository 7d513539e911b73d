import { CONFIG_TYPES } from "../../config-texts";
import { policyTextsOf } from "../../opa-config";
import type { BlockRule } from "../../rule";

/** The default of a rule that allows, or a rule that allows without a condition, in Rego v0 and v1 */
const OPEN =
  /^[ \t]*(?:default\s+((?:\w*_)?allow(?:ed)?)\s*:?=\s*true\b|((?:\w*_)?allow(?:ed)?)\s*(?::?=\s*true)?\s*(?:if\s*)?(?:\{\s*true\s*\}|true)?[ \t]*$)/gm;

export const defaultAllow: BlockRule = {
  id: "AMBIT-OPA-DEFAULT-ALLOW",
  severity: "critical",
  what: "a policy must deny what no rule of it allows",
  why: "each request that its author did not think of is allowed, and so is each where a rule fails",
  fix: "write default allow := false, and a condition in each rule that allows",
  standards: ["sp800-207/6", "owasp-asi/ASI02", "owasp-mcp/MCP07", "sp800-53/AC-3", "maestro/L6"],
  looksAt: CONFIG_TYPES,
  *check(block, stack) {
    for (const { at, configuration } of policyTextsOf(block, stack)) {
      for (const [text, byDefault, always] of configuration.matchAll(OPEN))
        yield { what: byDefault ?? always ?? "", at, evidence: text.trim() };
    }
  },
};
