import type { Answer } from "./ask-companion";

/** The same of an answer that may carry it in the error of its protocol (JSON-RPC) */
export function codesIn(answer: Answer): readonly string[] {
  const { data } = (answer.error ?? {}) as { readonly data?: Answer };
  return codesOf(data ?? answer);
}

/** Why something was refused, in the order of the answer; none where it says nothing of that */
export function codesOf({ reasons = [] }: Answer): readonly string[] {
  return (reasons as readonly { readonly code: string }[]).map(({ code }) => code);
}
