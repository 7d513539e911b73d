/**
 * Characters that a reader does not see, or sees in another place: controls, formats (zero widths, tags, bidirectional
 * controls), line and paragraph separators, lone surrogates, private use, unassigned code points, variation selectors,
 * fillers that render as blank, and every blank except the space.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|(?! )\p{Zs}/gu;

/** Of a text, in order: what is as it seems, and what is not, with its code point in its place */
export interface VisiblePart {
  readonly text: string;
  /** Whether it stands for a character that would not be seen */
  readonly unseen: boolean;
}

/** The text in parts, so that a page can mark invisible characters: for each, its code point, such as `U+202E`. */
export function visibleParts(text: string): readonly VisiblePart[] {
  const parts: VisiblePart[] = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    if (index > from) parts.push({ text: text.slice(from, index), unseen: false });
    parts.push({ text: codePointOf(character), unseen: true });
    from = index + character.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), unseen: false });
  return parts;
}

function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
