import { existsWith } from "../../attached";
import type { Block } from "../../block";
import type { BlockRule } from "../../rule";
import { blocksOf, flagOf, listOf, textOf, textsOf } from "../../value";

const TRAIL = "aws_cloudtrail";

/** Settings of each kind that must have this value, with what the provider takes where they are left out. Source: documentation of the provider. */
const SETTINGS: Readonly<Record<string, readonly (readonly [setting: string, safe: boolean, usual: boolean])[]>> = {
  [TRAIL]: [
    ["enable_log_file_validation", true, false],
    ["enable_logging", true, true],
    ["include_global_service_events", true, true],
    ["is_multi_region_trail", true, false],
  ],
  aws_cloudtrail_event_data_store: [
    ["multi_region_enabled", true, true],
    ["suspend", false, false],
  ],
  aws_config_configuration_recorder_status: [["is_enabled", true, false]],
  aws_guardduty_detector: [["enable", true, true]],
};

export const trail: BlockRule = {
  id: "AMBIT-LOGS-TRAIL",
  severity: "high",
  what: "a trail must record the management events of all regions and global services, without a pause, and sign its files; recorders and detectors must be on",
  why: "what an agent or an attacker does leaves no record, or one that can be changed",
  fix: "set enable_log_file_validation and is_multi_region_trail to true, leave the others out, select management events of all kinds in one trail, and leave recorders and detectors on",
  standards: [
    "owasp-asi/ASI10",
    "owasp-mcp/MCP08",
    "maestro/L5",
    "sp800-207/7",
    "sp800-53/AU-9",
    "sp800-53/AU-12",
    "iso42001/A.6.2.8",
  ],
  looksAt: Object.keys(SETTINGS),
  *check(block, stack) {
    const { type, body } = block;
    for (const [setting, safe, usual] of SETTINGS[type] ?? []) {
      if ((flagOf(body, setting) ?? usual) !== safe)
        yield { what: setting, at: setting, evidence: body[setting] ?? null };
    }
    if (
      type === TRAIL &&
      !recordsManagement(block) &&
      !stack.of(TRAIL).some((other) => other !== block && existsWith(other, block) && mayRecord(other))
    )
      yield {
        what: "management-events",
        at: SELECTORS.find((name) => body[name] !== undefined) ?? "",
        evidence: SELECTORS.map((name) => body[name] ?? null),
      };
  },
};

const SELECTORS = ["event_selector", "advanced_event_selector"];

/** Whether a trail records all management events. One without selectors does. */
function recordsManagement({ body }: Block): boolean {
  const plain = blocksOf(body, "event_selector");
  const advanced = blocksOf(body, "advanced_event_selector");
  if (plain.length === 0 && advanced.length === 0) return true;
  return (
    plain.some(
      (each) =>
        listOf(each["exclude_management_event_sources"]).length === 0 &&
        (flagOf(each, "include_management_events", "event_selector.include_management_events") ?? true) &&
        (textOf(each, "read_write_type", "event_selector.read_write_type") ?? "All") === "All",
    ) ||
    advanced.some((each) =>
      selectsAllManagement(blocksOf(each, "field_selector", "advanced_event_selector.field_selector")),
    )
  );
}

/** Fields beside the category narrow what is recorded. */
function selectsAllManagement(fields: ReturnType<typeof blocksOf>): boolean {
  const at = "advanced_event_selector.field_selector";
  const [only] = fields;
  return (
    fields.length === 1 &&
    only !== undefined &&
    textOf(only, "field", `${at}.field`) === "eventCategory" &&
    textsOf(only, "equals", `${at}.equals`).includes("Management")
  );
}

/** What another trail selects is refused at that one, where it is known at apply only. */
function mayRecord(other: Block): boolean {
  try {
    return (flagOf(other.body, "enable_logging") ?? true) && recordsManagement(other);
  } catch {
    return false;
  }
}
