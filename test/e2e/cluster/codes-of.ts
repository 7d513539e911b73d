import type { Answer } from "./ask-companion";

/** Why something was refused, in the order of the answer; none where it says nothing of that */
export function codesOf({ reasons = [] }: Answer): readonly string[] {
  return (reasons as readonly { readonly code: string }[]).map(({ code }) => code);
}

/** `data` of a JSON-RPC error (JSON-RPC 2.0, section 5.1); empty if the answer has none */
export function dataOf({ error }: Answer): Answer {
  return (error as { readonly data?: Answer } | undefined)?.data ?? {};
}

/** Why something was refused, by a protocol's error or without it */
export function codesIn(answer: Answer): readonly string[] {
  return [...codesOf(answer), ...codesOf(dataOf(answer))];
}
