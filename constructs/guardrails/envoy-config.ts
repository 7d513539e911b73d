import type { Json } from "../../domain";
import type { Block } from "./block";
import { configurationsIn, type Found } from "./private/configurations";
import { documentsIn } from "./private/documents";
import type { StackJson } from "./stack";
import { type BlockBody, isObject } from "./value";

/** @see https://www.envoyproxy.io/docs/envoy/v1.37.1/api-v3/config/bootstrap/v3/bootstrap.proto */
const ENVOY = {
  tells:
    /["']?(?:static_resources|staticResources|dynamic_resources|dynamicResources|typed_config|typedConfig)["']?\s*:/,
  read: (text: string, at: string): readonly BlockBody[] =>
    documentsIn(text, at).map((body) => snakeKeys(body) as BlockBody),
};

/** Configurations of Envoy, with keys such as `typed_config`. @throws UndecidedValue for one that is neither JSON nor YAML */
export function envoyConfigsOf(block: Block, stack: StackJson): readonly Found<BlockBody>[] {
  return configurationsIn(ENVOY, block, stack);
}

/** For rules about Envoy alone */
export function hasEnvoyConfig(block: Block, stack: StackJson): boolean {
  return envoyConfigsOf(block, stack).length > 0;
}

/** Envoy takes its fields by both names. Names of filters have dots and stay. */
function snakeKeys(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(snakeKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      /^[a-z][A-Za-z0-9]*$/.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key,
      snakeKeys(each ?? null),
    ]),
  );
}

/** A message with its type, such as `ExtAuthz` */
export interface EnvoyMessage {
  readonly at: string;
  /** The last part of `@type`; empty for what has none */
  readonly type: string;
  readonly body: BlockBody;
}

/** All objects of a configuration, wherever they stand: filters of listeners, of routes and in matchers */
export function* messagesIn(body: BlockBody, at: string): Generator<EnvoyMessage> {
  const type = typeof body["@type"] === "string" ? (body["@type"].split(".").at(-1) ?? "") : "";
  yield { at, type, body };
  for (const [key, value] of Object.entries(body)) {
    const place = `${at}.${key}`;
    if (isObject(value)) yield* messagesIn(value, place);
    if (!Array.isArray(value)) continue;
    for (const [index, each] of (value as readonly Json[]).entries())
      if (isObject(each)) yield* messagesIn(each, `${place}[${index}]`);
  }
}
