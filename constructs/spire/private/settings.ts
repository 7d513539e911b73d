import { refuse, shown } from "../../../domain";
import { isObject, type JsonObject, type JsonValue } from "./json";
import { checkBlocks } from "./plugin";
import { refuseUnsafe } from "./unsafe";

/**
 * A configuration with settings of the user's own added: they may say more, and change nothing that is said.
 *
 * @throws DeclarationError `spire.malformed` for a setting that is already made, `spire.unsafe` for an unsafe one.
 */
export function withSettings(config: JsonObject, settings: JsonObject | undefined, where: string): JsonObject {
  const whole = settings === undefined ? config : merged(config, settings, where, "settings");
  refuseUnsafe(whole, where);
  if (isObject(whole.plugins)) checkBlocks(whole.plugins, where);
  return whole;
}

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
