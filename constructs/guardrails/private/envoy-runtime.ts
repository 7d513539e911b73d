import type { Json } from "../../../domain";
import { type BlockBody, isObject, listOf } from "../value";

/** Values that take the place of defaults which have a `runtime_key` */
export interface EnvoyRuntime {
  /** The value that the configuration itself sets; undefined where it sets none */
  of(key: string): Json | undefined;
  /** Whether another place sets values while Envoy runs: files, a management server or the admin interface */
  readonly isOpen: boolean;
}

/**
 * The runtime of a configuration. A part of one, such as listeners alone, does not tell it, and may have any.
 *
 * @see https://www.envoyproxy.io/docs/envoy/v1.37.1/configuration/operations/runtime
 */
export function runtimeOf(configuration: BlockBody): EnvoyRuntime {
  const runtime = configuration["layered_runtime"];
  const layers = isObject(runtime) ? listOf(runtime["layers"]).filter(isObject) : [];
  const fixed = layers.flatMap((layer) => (isObject(layer["static_layer"]) ? [layer["static_layer"]] : []));
  const isWhole = ["static_resources", "dynamic_resources", "layered_runtime"].some((name) => name in configuration);
  return {
    of: (key) => fixed.flatMap((layer) => valueIn(layer, key) ?? []).at(-1),
    isOpen: !isWhole || fixed.length < layers.length,
  };
}

/** A key with dots stands as it is, or as objects within objects. */
function valueIn(layer: BlockBody, key: string): Json | undefined {
  if (key in layer) return layer[key];
  for (let dot = key.indexOf("."); dot >= 0; dot = key.indexOf(".", dot + 1)) {
    const inner = layer[key.slice(0, dot)];
    const found = isObject(inner) ? valueIn(inner, key.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
