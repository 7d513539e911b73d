import { visibleParts as partsOf } from "./visible";

/** A part of a stranger's text: as it is, or a character that no reader would see, with how often it stands there */
export type TextPart =
  { readonly text: string } | { readonly unseen: string; readonly times: number; readonly breaks: boolean };

/** What is seen, and hides something all the same: marks that pile up over their neighbours, and spaces that push what follows away */
const HIDING = /\p{M}{4,}| {17,}/gu;

const NAMES: Readonly<Record<string, string>> = {
  "U+0009": "tab",
  "U+000A": "line break",
  "U+000D": "carriage return",
  "U+0020": "space",
};
const BREAKS: readonly string[] = ["U+000A", "U+2028", "U+2029"];

/** The text in parts, in logical order, with hidden characters made visible. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  for (const part of partsOf(text)) {
    if (part.unseen) addUnseen(parts, part.text);
    else addSeen(parts, part.text);
  }
  return parts;
}

/** The same where markup is not possible, as in a terminal: `⟨U+202E⟩`, `⟨space × 40⟩` */
export function writtenOut(text: string): string {
  return textParts(text)
    .map((part) =>
      "text" in part ? part.text : `⟨${part.times === 1 ? part.unseen : `${part.unseen} × ${part.times}`}⟩`,
    )
    .join("");
}

/** Whether some of the text is written out */
export function hasHidden(text: string): boolean {
  return textParts(text).some((part) => "unseen" in part);
}

function addSeen(parts: TextPart[], text: string): void {
  let after = 0;
  for (const { 0: found, index } of text.matchAll(HIDING)) {
    if (index > after) parts.push({ text: text.slice(after, index) });
    after = index + found.length;
    for (const character of found) addUnseen(parts, codePointOf(character));
  }
  if (after < text.length) parts.push({ text: text.slice(after) });
}

function addUnseen(parts: TextPart[], codePoint: string): void {
  const unseen = NAMES[codePoint] ?? codePoint;
  const last = parts.at(-1);
  const times = last !== undefined && "unseen" in last && last.unseen === unseen ? last.times + 1 : 1;
  if (times > 1) parts.pop();
  parts.push({ unseen, times, breaks: BREAKS.includes(codePoint) });
}

/** As Unicode writes it, such as U+0301 */
function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}`;
}
