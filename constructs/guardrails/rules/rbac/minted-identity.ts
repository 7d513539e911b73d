import { reaches, ROLE_TYPES, roleRulesOf, verbsIn } from "../../private/role-rules";
import type { BlockRule } from "../../rule";

const GROUP = "spire.spiffe.io";

/** SPIRE's controller manager reads registrations and writes their status; entries of its own come from Terraform. */
export const mintedIdentity: BlockRule = {
  id: "AMBIT-RBAC-MINTED-IDENTITY",
  severity: "critical",
  what: "no role may write registrations of SPIRE",
  why: "the right to write a ClusterSPIFFEID or ClusterStaticEntry is the right to mint every identity of the trust domain",
  fix: "leave it to the pipeline that deploys, and give others get, list and watch",
  standards: [
    "owasp-nhi/NHI4",
    "owasp-nhi/NHI5",
    "owasp-asi/ASI03",
    "owasp-asi/ASI10",
    "sp800-53/AC-6",
    "sp800-53/IA-9",
  ],
  looksAt: ROLE_TYPES,
  *check(block) {
    for (const rule of roleRulesOf(block)) {
      for (const kind of ["clusterspiffeids", "clusterstaticentries", "clusterfederatedtrustdomains"]) {
        if (!reaches(rule, GROUP, kind)) continue;
        for (const verb of verbsIn(rule, "create", "patch", "update"))
          yield { what: `${kind}::${verb}`, at: rule.at, evidence: rule.written };
      }
    }
  },
};
