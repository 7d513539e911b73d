import type { Box, Values } from "./box";
import { NumberValues } from "./number-values";

/** Equal for boxes that hold the same */
export function boxText(box: Box): string {
  return JSON.stringify([...box].map(([dimension, values]) => [dimension, valuesText(values)]).sort());
}

function valuesText(values: Values): string {
  if (values instanceof NumberValues) return values.set.intervals.map(({ from, to }) => `${from}-${to}`).join();
  return JSON.stringify([values.isComplement, [...values.listed].sort()]);
}
