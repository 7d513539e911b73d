import { isAboutOpa, OPA_TYPES, opaConfigsOf } from "../../opa-config";
import type { BlockRule } from "../../rule";
import { flagOf, isObject } from "../../value";

/** A block without a service takes the first service. What discovery delivers is seen where it is made. */
export const unlogged: BlockRule = {
  id: "AMBIT-OPA-UNLOGGED",
  severity: "medium",
  what: "OPA must log its decisions",
  why: "without them no one can say afterwards what an agent was allowed to do, and why",
  fix: "write decision_logs with console true, or with a service",
  standards: [
    "sp800-207/7",
    "owasp-nhi/NHI1",
    "owasp-asi/ASI10",
    "owasp-mcp/MCP08",
    "sp800-53/AU-2",
    "sp800-53/AU-12",
    "maestro/L5",
  ],
  looksAt: OPA_TYPES,
  isAbout: isAboutOpa,
  *check(block, stack) {
    for (const { at, configuration } of opaConfigsOf(block, stack)) {
      const logs = configuration["decision_logs"] ?? null;
      if (isObject(configuration["discovery"]) && logs === null) continue;
      const place = `${at}.decision_logs`;
      const isOn =
        isObject(logs) &&
        (flagOf(logs, "console", place) === true ||
          (logs["service"] ?? logs["plugin"] ?? null) !== null ||
          (configuration["services"] ?? null) !== null);
      if (!isOn) yield { what: "decision_logs", at: place, evidence: logs };
    }
  },
};
