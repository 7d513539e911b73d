import type { Json } from "../../domain";
import type { Block } from "./block";
import { CONFIG_TYPES, type ConfigText, mayConfigure } from "./config-texts";
import { POD_TYPES } from "./pods";
import { configurationsIn, type Found } from "./private/configurations";
import { containerTextsOf } from "./private/container-texts";
import { documentsIn } from "./private/documents";
import { isTold } from "./private/told";
import type { StackJson } from "./stack";
import { type BlockBody, isObject, UndecidedValue } from "./value";

/** What a rule about Envoy looks at */
export const ENVOY_TYPES: readonly (string | RegExp)[] = [...CONFIG_TYPES, ...POD_TYPES];

const TELLS =
  /(?:(?:static|dynamic)_?[rR]esources|typed_?(?:per_?)?(?:[fF]ilter_?)?[cC]onfig)["']?(?:\s|#[^\n]*\n)*:|type\.googleapis\.com\/envoy\./;

/** @see https://www.envoyproxy.io/docs/envoy/v1.37.1/api-v3/config/bootstrap/v3/bootstrap.proto */
const ENVOY = {
  tells: TELLS,
  read: (text: string, at: string): readonly BlockBody[] =>
    documentsIn(text, at).map((body) => snakeKeys(body) as BlockBody),
};

/** All of it is configuration, though it may be a part that tells nothing: Envoy merges it with its file. */
const INLINE = {
  tells: /^/,
  read: (text: string, at: string): readonly BlockBody[] => {
    const found = ENVOY.read(text, at);
    if (found.length === 0) throw new UndecidedValue(at, text, `${at} cannot be read: it is no object of JSON or YAML`);
    return found;
  },
  texts: (block: Block): readonly ConfigText[] =>
    containerTextsOf(block).flatMap((each) => {
      const [, written] = /^--?config-yaml=(.*)$/s.exec(each.text) ?? [];
      if (written !== undefined) return [{ ...each, text: written }];
      return /^--?config-yaml$/.test(each.before) || isTold(TELLS, each) ? [each] : [];
    }),
};

/**
 * Configurations of Envoy, with keys such as `typed_config`: in a file, and in what a container is started with.
 *
 * @throws UndecidedValue for one that is neither JSON nor YAML
 */
export function envoyConfigsOf(block: Block, stack: StackJson): readonly Found<BlockBody>[] {
  return [...configurationsIn(ENVOY, block, stack), ...configurationsIn(INLINE, block, stack)];
}

/** For rules about Envoy alone */
export function hasEnvoyConfig(block: Block, stack: StackJson): boolean {
  return mayConfigure(block) && envoyConfigsOf(block, stack).length > 0;
}

/** Envoy takes its fields by both names. Names of filters have dots and stay. */
function snakeKeys(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(snakeKeys);
  if (!isObject(value)) return value;
  const { type_url: type, typeUrl = type, value: fields, "@type": wrapper } = value;
  // A message with its type beside it is the same message.
  if (/\.TypedStruct$/.test(String(wrapper)) && isObject(fields)) return snakeKeys({ ...fields, "@type": typeUrl });
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
