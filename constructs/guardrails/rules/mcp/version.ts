import { CONFIG_TYPES, configurationTextsOf } from "../../config-texts";
import { isOldRevision } from "../../private/mcp-revisions";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";
import { blocksOf, textsOf } from "../../value";

const SETTING = /mcp[\w-]*protocol[_-]?version["']?\s*[:=]\s*["']?(\d{4}-\d{2}-\d{2})/gi;

/** A gateway of AgentCore that names none speaks what AWS chooses. */
export const version: BlockRule = {
  id: "AMBIT-MCP-VERSION",
  severity: "medium",
  what: "MCP must be spoken in revision 2025-11-25 or a later one",
  why: "older revisions let a server take tokens that are meant for another one, and know no protected resource metadata",
  fix: "write 2025-11-25 or 2026-07-28",
  standards: ["owasp-mcp/MCP07", "owasp-asi/ASI07", "sp800-53/SC-23", "maestro/L3"],
  looksAt: ["aws_bedrockagentcore_gateway", ...CONFIG_TYPES, ...POD_TYPES],
  *check(block, stack) {
    if (block.type === "aws_bedrockagentcore_gateway") {
      const at = "protocol_configuration.mcp.supported_versions";
      const mcp = blocksOf(block.body, "protocol_configuration").flatMap((each) => blocksOf(each, "mcp", at));
      for (const each of mcp.flatMap((settings) => textsOf(settings, "supported_versions", at)))
        if (isOldRevision(each)) yield { what: each, at, evidence: each };
      return;
    }
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
