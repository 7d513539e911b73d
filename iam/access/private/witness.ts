import { KeyValues } from "../../conditions/key-values";
import type { Budget } from "../../sets/budget";
import type { Box } from "./box";
import type { Finding } from "./comparison";

/** One request of `box`, and what it takes for its claims to be true. */
export function witnessOf(box: Box, budget: Budget): Finding {
  const texts = new Map<string, string>();
  const keys: [string, readonly string[]][] = [];
  for (const [dimension, { values, key }] of box.spaces) {
    if (!(values instanceof KeyValues)) texts.set(dimension, values.example);
    else if (key !== undefined) keys.push([key, values.example(budget) ?? []]);
  }
  const present = keys.filter(([, values]) => values.length > 0);
  const principal = texts.get("principal");
  const unknown = [...box.spaces.values()].flatMap(({ assumed }) => assumed);
  return {
    witness: {
      action: texts.get("action") ?? "*",
      resource: texts.get("resource") ?? "*",
      ...(principal !== undefined && { principal }),
      keys: Object.fromEntries(present.sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    certain: unknown.length === 0,
    unknown: [...new Set(unknown)].sort(),
  };
}
