import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

/** `enable_logging`, `enable_log_file_validation`, `is_multi_region_trail` and `include_global_service_events`, with the provider's defaults. */
export const trail: BlockRule = {
  id: "AMBIT-LOGS-TRAIL",
  severity: "high",
  what: "a trail must record all regions and global services, without a pause, and sign its files",
  why: "what an agent or an attacker does leaves no record, or one that can be changed",
  fix: "set enable_log_file_validation and is_multi_region_trail to true, and leave the others out",
  standards: [
    "owasp-asi/ASI10",
    "owasp-mcp/MCP08",
    "maestro/L5",
    "sp800-207/7",
    "sp800-53/AU-9",
    "sp800-53/AU-12",
    "iso42001/A.6.2.8",
  ],
  looksAt: ["aws_cloudtrail"],
  *check({ body }) {
    for (const [setting, usual] of Object.entries(USUAL)) {
      if (flagOf(body, setting) ?? usual) continue;
      yield { what: setting, at: setting, evidence: body[setting] ?? null };
    }
  },
};

/** What a trail has where the setting is left out. Source: documentation of aws_cloudtrail. */
const USUAL: Readonly<Record<string, boolean>> = {
  enable_log_file_validation: false,
  enable_logging: true,
  include_global_service_events: true,
  is_multi_region_trail: false,
};
