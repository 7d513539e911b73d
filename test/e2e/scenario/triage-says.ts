import type { Answer } from "../cluster/ask-companion";
import { codesOf } from "../cluster/codes-of";
import type { UserGets } from "../cluster/user";

/** Why support-triage was refused what it called, as it tells the user; none where it was not */
export function refusalIn({ text }: UserGets): readonly string[] {
  const said = JSON.parse(text) as Answer;
  const { data } = (said["error"] ?? {}) as { readonly data?: Answer };
  return codesOf(data ?? (said["data"] as Answer | undefined) ?? said);
}
