import { essenceDigest } from "../../private/essence";
import type { BlockRule } from "../../rule";

/** The address and the headers may hold a secret, so findings tell a digest. `tls_certificate` connects and reads nothing but the certificates. */
export const request: BlockRule = {
  id: "AMBIT-STATE-REQUEST",
  severity: "high",
  what: "a stack may send no HTTP request of its own",
  why: "each plan sends it, which carries secrets away by its address or its body, and who answers decides what is deployed",
  fix: "write the value into the stack, or read it by the data source of its service",
  standards: ["owasp-asi/ASI04", "sp800-53/SR-3", "sp800-53/AC-4", "sp800-53/CM-2"],
  looksAt: ["data.http", "ephemeral.http"],
  *check(block) {
    const { mode, type } = block;
    yield { what: `${mode}.${type}`, at: "url", evidence: essenceDigest(block) };
  },
};
