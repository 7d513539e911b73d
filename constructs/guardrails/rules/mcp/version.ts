import { CONFIG_TYPES, configurationTextsOf, mayConfigure } from "../../config-texts";
import { isOldRevision } from "../../private/mcp-revisions";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";
import { blocksOf } from "../../value";

const SETTING = /mcp[\w-]*protocol[_-]?version["']?\s*[:=]\s*["']?(\d{4}-\d{2}-\d{2})/gi;

/** Gateways of AgentCore are those of `AMBIT-AGENTCORE-PROTOCOL-VERSION`. */
export const version: BlockRule = {
  id: "AMBIT-MCP-VERSION",
  severity: "medium",
  what: "MCP must be spoken in revision 2025-11-25 or a later one",
  why: "older revisions let a server take tokens that are meant for another one, and know no protected resource metadata",
  fix: "write 2025-11-25 or 2026-07-28",
  standards: ["owasp-mcp/MCP07", "owasp-asi/ASI07", "sp800-53/SC-23", "maestro/L3"],
  looksAt: [...CONFIG_TYPES, ...POD_TYPES],
  isAbout: mayConfigure,
  *check(block, stack) {
    for (const { key, at, text } of configurationTextsOf(block, stack)) {
      for (const [, each = ""] of text.matchAll(SETTING))
        if (isOldRevision(each)) yield { what: `${key}::${each}`, at, evidence: each };
    }
    for (const { at, name, spec } of podsOf(block).flatMap(({ containers }) => containers)) {
      for (const env of blocksOf(spec, "env", `${at}.env`)) {
        const [, each] = [...`${String(env["name"])}=${String(env["value"])}`.matchAll(SETTING)][0] ?? [];
        if (each !== undefined && isOldRevision(each))
          yield { what: `${name}::${each}`, at: `${at}.env`, evidence: each };
      }
    }
  },
};
