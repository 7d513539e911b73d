import { mayConfigure } from "../../config-texts";
import { OPA_TYPES, policyTextsOf } from "../../opa-config";
import { constantsIn, holds, isAlwaysTrue } from "../../private/always-true";
import type { BlockRule } from "../../rule";

const NAME = "(?:\\w*_)?(?:allow(?:ed)?|authori[sz]ed|permit(?:ted)?)";

// Each run of spaces is read by one part of a pattern alone: two that share it try each way to divide it.

/** The default of a rule that allows, or a rule that allows without a condition, in Rego v0 and v1 */
const OPEN = new RegExp(
  `^[ \\t]*(?:default\\s+(${NAME})\\s*:?=\\s*true\\b|(${NAME})(?:\\s*:?=\\s*true)?(?:\\s*if\\b)?(?:\\s*\\{\\s*true\\s*\\}|\\s*true)?[ \\t]*$)`,
  "gm",
);

/** What stands within braces, objects and sets in it too */
const WITHIN = "[^{}]*(?:\\{[^{}]*\\}[^{}]*)*";
const ALLOWS = `\\{[^{}]*(?:\\{[^{}]*\\}[^{}]*)*?"${NAME}"\\s*:\\s*true\\b`;

/** A decision of several values that allows, by default or without a condition */
const OPEN_OBJECT = new RegExp(
  `^[ \\t]*(?:default\\s+(\\w+)\\s*:?=\\s*${ALLOWS}|(\\w+)\\s*:?=\\s*${ALLOWS}${WITHIN}\\}[ \\t]*$)`,
  "gm",
);

/** A rule with a body, in braces or on its line. One that assigns false refuses. */
const RULE = new RegExp(
  `^[ \\t]*(${NAME})(?:\\s*:?=\\s*(?!false\\b)\\w+)?(?:\\s*(?:if\\s*)?\\{(${WITHIN})\\}|\\s*if[ \\t]+([^{}\\n]+))`,
  "gm",
);

/** What is decided where the bodies before do not hold */
const ELSE = new RegExp(
  `^[ \\t]*(${NAME})\\b[^{}\\n]*(?<!\\s)(?:\\s*\\{${WITHIN}\\})?(?:\\s*else\\b[^{}\\n]*\\{${WITHIN}\\})*\\s*else\\s*:?=\\s*true\\b[ \\t]*(?:(?:if\\s*)?\\{(${WITHIN})\\}|if[ \\t]+([^{}\\n]+))?`,
  "gm",
);

/** A rule that is as its value */
const VALUE = new RegExp(`^[ \\t]*(${NAME})[ \\t]*:?=[ \\t]*([^\\s=].*)$`, "gm");

/** Told from the text: what a rule reads from other rules and data is not evaluated. */
export const defaultAllow: BlockRule = {
  id: "AMBIT-OPA-DEFAULT-ALLOW",
  severity: "critical",
  what: "a policy must deny what no rule of it allows",
  why: "each request that its author did not think of is allowed, and so is each where a rule fails",
  fix: "write default allow := false, and a condition in each rule that allows",
  standards: ["sp800-207/6", "owasp-asi/ASI02", "owasp-mcp/MCP07", "sp800-53/AC-3", "maestro/L6"],
  looksAt: OPA_TYPES,
  isAbout: mayConfigure,
  *check(block, stack) {
    for (const { at, configuration } of policyTextsOf(block, stack)) {
      const told = new Set<string>();
      for (const [name, evidence] of openIn(configuration)) {
        if (told.has(evidence)) continue;
        told.add(evidence);
        yield { what: name, at, evidence };
      }
    }
  },
};

function* openIn(policy: string): Generator<readonly [string, string]> {
  for (const pattern of [OPEN, OPEN_OBJECT])
    for (const [text, byDefault, always] of policy.matchAll(pattern)) yield [byDefault ?? always ?? "", text.trim()];
  const isApi = /^package\s+system\.authz\s*$/m.test(policy);
  const constants = constantsIn(policy);
  for (const pattern of [RULE, ELSE])
    for (const [text, name = "", body, line] of policy.matchAll(pattern))
      if (isAlwaysTrue(body ?? line ?? "", isApi, constants)) yield [name, text.trim()];
  for (const [text, name = "", value = ""] of policy.matchAll(VALUE))
    if (holds(value, constants)) yield [name, text.trim()];
}
