import type { BlockRule } from "../../rule";
import { isAboutSpire, SPIRE_TYPES, spireConfigsOf } from "../../spire-config";

/**
 * A server with a file as its database is one server, for one cluster without a cloud: its keys lie beside that file. The keys of an agent
 * live as long as its node: memory is right there.
 */
export const keyManager: BlockRule = {
  id: "AMBIT-SPIRE-KEY-MANAGER",
  severity: "high",
  what: "a server of SPIRE must keep its signing keys in a key management service",
  why: "an attacker who reads the disk or the memory of the server signs every identity of the trust domain, anywhere and unseen",
  fix: "take the key manager aws_kms",
  standards: ["owasp-nhi/NHI2", "owasp-asi/ASI03", "sp800-53/SC-12", "maestro/L4"],
  looksAt: SPIRE_TYPES,
  isAbout: isAboutSpire,
  *check(block, stack) {
    for (const { at, configuration } of spireConfigsOf(block, stack)) {
      const { server, plugins } = configuration;
      if (server === undefined) continue;
      const isEmbedded = plugins.some(({ kind, data }) => kind === "DataStore" && data["database_type"] === "sqlite3");
      for (const { kind, name } of plugins)
        if (kind === "KeyManager" && (name === "memory" || (name === "disk" && !isEmbedded)))
          yield { what: name, at, evidence: name };
    }
  },
};
