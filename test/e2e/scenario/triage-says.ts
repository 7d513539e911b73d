import type { Answer } from "../cluster/ask-companion";
import { codesOf } from "../cluster/codes-of";
import type { UserGets } from "../cluster/user";

/** Why support-triage was refused what it called, as it tells the user; none where it was not */
export function refusalIn(got: UserGets): readonly string[] {
  return codesOf(answerIn(got));
}

/** What the same answer says would allow it */
export function fixIn(got: UserGets): string {
  const { reasons = [] } = answerIn(got) as { readonly reasons?: readonly { readonly fix: string }[] };
  return reasons.map(({ fix }) => fix).join("; ");
}

function answerIn({ text }: UserGets): Answer {
  const said = JSON.parse(text) as Answer;
  return (said["data"] as Answer | undefined) ?? said;
}
