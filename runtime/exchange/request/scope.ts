import { SCOPE } from "../../../domain";
import { Refusal } from "../../refusal/refusal";
import type { Audience } from "./audience";

/**
 * Actions that are wanted, each once; undefined for all that are allowed.
 *
 * @throws Refusal
 */
export function scopeOf(parameters: ReadonlyMap<string, string>, audience: Audience): readonly string[] | undefined {
  const value = parameters.get("scope");
  if (value === undefined) return undefined;
  if (audience.kind !== "tool") throw Refusal.of("scope.too-wide", "scope is for an audience tool:<name> only");
  if (!SCOPE.test(value)) throw Refusal.of("scope.too-wide", "scope must be names of actions, parted by single spaces");
  return [...new Set(value.split(" "))];
}
