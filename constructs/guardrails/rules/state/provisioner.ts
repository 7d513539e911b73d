import type { Json } from "../../../../domain";
import type { Block } from "../../block";
import { digestOf } from "../../finding";
import type { BlockRule } from "../../rule";
import { isObject } from "../../value";

/** Provisioners of any resource, and the resources that exist for them. A command may hold a secret, so findings tell its digest. */
export const provisioner: BlockRule = {
  id: "AMBIT-STATE-PROVISIONER",
  severity: "high",
  what: "no resource may run commands by a provisioner",
  why: "the command runs with the rights of the one who deploys, and no plan shows what it does",
  fix: "use a resource of the provider, or a job with a role of its own",
  standards: ["owasp-asi/ASI04", "sp800-53/SR-3", "owasp-asi/ASI05", "owasp-mcp/MCP05"],
  looksAt: [/^(?!data\.|provider\.|backend\.)\w/],
  isAbout: (block) => provisionersOf(block) !== null,
  *check(block) {
    const written = provisionersOf(block);
    if (written === null) return;
    for (const each of (Array.isArray(written) ? written : [written]) as readonly Json[]) {
      // By its kind: `[{ "local-exec": { … } }]`.
      const kinds = isObject(each) ? Object.keys(each) : [];
      for (const kind of kinds.length > 0 ? kinds : ["provisioner"])
        yield { what: kind, at: "provisioner", evidence: digestOf(each) };
    }
  },
};

function provisionersOf({ mode, body }: Block): Json {
  // A resource that is removed may run commands as it goes.
  return mode === "resource" || mode === "removed" ? (body["provisioner"] ?? null) : null;
}
