import { INPUT_LIMITS } from "../../../../domain";
import { isRecord } from "../../../../domain/is-record";

/** Tokens in and out by the members that say so; undefined if one of the required ones is no count, any is odd, or they are more than is ever counted */
export function usageOf(
  value: unknown,
  {
    sum,
    atLeast,
    required,
  }: { readonly sum: readonly string[]; readonly atLeast?: string; readonly required: readonly string[] },
): number | undefined {
  if (!isRecord(value)) return undefined;
  const countOf = (name: string): number | undefined => {
    const count = Object.hasOwn(value, name) ? value[name] : undefined;
    if (count === undefined || count === null) return required.includes(name) ? undefined : 0;
    return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
  };
  const counts = sum.map(countOf);
  const least = atLeast === undefined ? 0 : countOf(atLeast);
  if (least === undefined || counts.some((count) => count === undefined)) return undefined;
  const used = Math.max(
    least,
    (counts as readonly number[]).reduce((all, count) => all + count, 0),
  );
  return used <= INPUT_LIMITS.units ? used : undefined;
}

export const ANTHROPIC = {
  sum: ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"],
  required: ["input_tokens", "output_tokens"],
} as const;

export const RESPONSES = {
  sum: ["input_tokens", "output_tokens"],
  atLeast: "total_tokens",
  required: ["input_tokens", "output_tokens"],
} as const;

export const CHAT_COMPLETIONS = {
  sum: ["prompt_tokens", "completion_tokens"],
  atLeast: "total_tokens",
  required: ["prompt_tokens", "completion_tokens"],
} as const;

/** Of the tokens that {@link usageOf} counts, those that the model wrote; undefined if it counts none */
export function writtenOf(
  value: unknown,
  api: Parameters<typeof usageOf>[1] & { readonly required: readonly [read: string, written: string] },
): number | undefined {
  if (!isRecord(value) || usageOf(value, api) === undefined) return undefined;
  return value[api.required[1]] as number;
}
