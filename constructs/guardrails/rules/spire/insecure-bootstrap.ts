import type { BlockRule } from "../../rule";
import { isAboutSpire, SPIRE_TYPES, spireConfigsOf } from "../../spire-config";
import { flagOf, textOf } from "../../value";

export const insecureBootstrap: BlockRule = {
  id: "AMBIT-SPIRE-INSECURE-BOOTSTRAP",
  severity: "critical",
  what: "an agent of SPIRE must know the server's bundle before it connects",
  why: "with insecure_bootstrap, or a bundle fetched by http, an attacker who answers first is taken for the server, and gives the pods of the node any identity",
  fix: "write trust_bundle_path, or trust_bundle_url with https",
  standards: ["sp800-207/2", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/IA-3", "maestro/L4"],
  looksAt: SPIRE_TYPES,
  isAbout: isAboutSpire,
  *check(block, stack) {
    for (const { at, configuration } of spireConfigsOf(block, stack)) {
      if (flagOf(configuration.agent ?? {}, "insecure_bootstrap", at) === true)
        yield { what: "insecure_bootstrap", at, evidence: true };
      const url = textOf(configuration.agent ?? {}, "trust_bundle_url", at) ?? "";
      if (/^http:/i.test(url)) yield { what: "trust_bundle_url", at, evidence: url };
    }
  },
};
