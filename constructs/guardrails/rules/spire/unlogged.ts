import { placeOf } from "../../private/spire-places";
import type { BlockRule } from "../../rule";
import { isAboutSpire, SPIRE_TYPES, spireConfigsOf } from "../../spire-config";
import { flagOf } from "../../value";

/** SPIRE logs no audit events where the setting is left out. */
export const unlogged: BlockRule = {
  id: "AMBIT-SPIRE-UNLOGGED",
  severity: "medium",
  what: "a server of SPIRE must log who writes and asks for identities",
  why: "an entry that was added for a minute, or an SVID that was minted, leaves no record",
  fix: "write audit_log_enabled = true in the server's block",
  standards: ["sp800-207/7", "owasp-asi/ASI10", "sp800-53/AU-2", "sp800-53/AU-12"],
  looksAt: SPIRE_TYPES,
  isAbout: isAboutSpire,
  *check(block, stack) {
    for (const { at, configuration } of spireConfigsOf(block, stack)) {
      const { server } = configuration;
      if (
        server !== undefined &&
        "trust_domain" in server &&
        flagOf(server, "audit_log_enabled", placeOf(at, "audit_log_enabled")) !== true
      )
        yield { what: "audit_log_enabled", at, evidence: server["audit_log_enabled"] ?? null };
    }
  },
};
