import { CONFIG_TYPES } from "../../config-texts";
import { envoyConfigsOf, hasEnvoyConfig, messagesIn } from "../../envoy-config";
import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

export const failOpen: BlockRule = {
  id: "AMBIT-ENVOY-FAIL-OPEN",
  severity: "critical",
  what: "a filter of Envoy that asks another program must refuse where it gets no answer",
  why: "an attacker who keeps the authorizer busy, or makes it fail, passes undecided",
  fix: "leave failure_mode_allow out",
  standards: ["sp800-207/6", "owasp-asi/ASI02", "owasp-mcp/MCP07", "sp800-53/AC-3", "maestro/L6"],
  looksAt: CONFIG_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      for (const { at, type, body } of messagesIn(configuration, file))
        if (flagOf(body, "failure_mode_allow", `${at}.failure_mode_allow`) === true)
          yield { what: type, at: `${at}.failure_mode_allow`, evidence: true };
    }
  },
};
