import { refuse, shown } from "../../../domain";
import { isObject, type JsonObject, type JsonValue } from "./json";
import { checkBlocks } from "./plugin";
import { refuseUnsafe } from "./unsafe";

/**
 * A configuration merged with the user's own settings: they may add values, but change none.
 *
 * @throws DeclarationError `spire.malformed` for a setting that is already made, `spire.unsafe` for an unsafe one.
 */
export function withSettings(config: JsonObject, settings: JsonObject | undefined, where: string): JsonObject {
  const whole = settings === undefined ? config : merged(config, settings, where, "settings");
  refuseUnsafe(whole, where);
  if (isObject(whole.plugins)) checkBlocks(whole.plugins, where);
  onlyOpen(settings, where);
  return whole;
}

/** Blocks that have properties of their own, which network policies and roles follow */
function onlyOpen(settings: JsonObject | undefined, where: string): void {
  for (const [block, inside] of Object.entries(settings ?? {})) {
    if (!isObject(inside)) continue;
    for (const key of Object.keys(inside)) {
      const full = `${block}.${key}`.toLowerCase();
      if (block.toLowerCase() === "plugins" ? full !== "plugins.credentialcomposer" : CLOSED.includes(full)) {
        const sentence = `settings.${block}.${key} is not open to settings`;
        refuse("spire.malformed", where, `${sentence}: use the construct's own properties, or leave it out`);
      }
    }
  }
}

const CLOSED = ["server.federation", "server.proxy_protocol_trusted_cidrs"];

function merged(config: JsonObject, settings: JsonObject, where: string, path: string): JsonObject {
  const result: Record<string, JsonValue> = { ...config };
  for (const [key, value] of Object.entries(settings)) {
    const full = `${path}.${key}`;
    // HCL compares keys without regard to case.
    const made = Object.keys(config).find((other) => other.toLowerCase() === key.toLowerCase());
    const before = made === undefined ? undefined : config[made];
    if (made === undefined) result[key] = value;
    else if (made === key && isObject(before) && isObject(value)) result[key] = merged(before, value, where, full);
    else {
      const sentence = `${full} is already made by the construct, got ${shown(value)}`;
      refuse("spire.malformed", where, `${sentence}: use the construct's own properties, or leave it out`);
    }
  }
  return result;
}
