import type { Answer } from "./ask-companion";

/** Why something was refused, in the order of the answer; none where it says nothing of that */
export function codesOf({ reasons = [] }: Answer): readonly string[] {
  return (reasons as readonly { readonly code: string }[]).map(({ code }) => code);
}
