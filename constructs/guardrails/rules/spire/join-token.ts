import { CONFIG_TYPES } from "../../config-texts";
import type { BlockRule } from "../../rule";
import { isAboutSpire, spireConfigsOf } from "../../spire-config";

export const joinToken: BlockRule = {
  id: "AMBIT-SPIRE-JOIN-TOKEN",
  severity: "high",
  what: "agents of SPIRE must be attested by what their platform signs, and not by a join token",
  why: "an attacker who has the token before the agent does is taken for the node, and gets the identities of its pods",
  fix: "attest by k8s_psat on Kubernetes, or aws_iid on an instance of EC2",
  standards: ["owasp-nhi/NHI4", "owasp-nhi/NHI2", "owasp-asi/ASI03", "sp800-53/IA-3", "maestro/L4"],
  looksAt: CONFIG_TYPES,
  isAbout: isAboutSpire,
  *check(block, stack) {
    for (const { at, configuration } of spireConfigsOf(block, stack)) {
      for (const { kind, name } of configuration.plugins)
        if (kind === "NodeAttestor" && name === "join_token")
          yield { what: `${kind}::${name}`, at, evidence: [kind, name] };
      if ((configuration.agent?.["join_token"] ?? null) !== null)
        yield { what: "agent::join_token", at, evidence: "join_token" };
    }
  },
};
