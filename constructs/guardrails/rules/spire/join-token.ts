import type { BlockRule } from "../../rule";
import { isAboutSpire, SPIRE_TYPES, spireConfigsOf } from "../../spire-config";

export const joinToken: BlockRule = {
  id: "AMBIT-SPIRE-JOIN-TOKEN",
  severity: "high",
  what: "agents of SPIRE must be attested by what their platform signs for this node, and not by a join token, a token of any pod or a name",
  why: "an attacker who has the token, or answers at the name, is taken for the node, and gets the identities of its pods",
  fix: "attest by k8s_psat on Kubernetes, or aws_iid on an instance of EC2",
  standards: ["owasp-nhi/NHI4", "owasp-nhi/NHI2", "owasp-asi/ASI03", "sp800-53/IA-3", "maestro/L4"],
  looksAt: SPIRE_TYPES,
  isAbout: isAboutSpire,
  *check(block, stack) {
    for (const { at, configuration } of spireConfigsOf(block, stack)) {
      for (const { kind, name } of configuration.plugins)
        if (kind === "NodeAttestor" && WEAK.has(name)) yield { what: `${kind}::${name}`, at, evidence: [kind, name] };
      if ((configuration.agent?.["join_token"] ?? null) !== null)
        yield { what: "agent::join_token", at, evidence: "join_token" };
    }
  },
};

/** `k8s_sat` takes the token of a service account that lives for ever and is bound to no node; `http_challenge` proves who answers at a name. */
const WEAK = new Set(["join_token", "k8s_sat", "http_challenge"]);
