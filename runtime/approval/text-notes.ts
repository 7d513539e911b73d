const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LATIN = /\p{Script=Latin}/u;
/** Scripts with letters that look as Latin ones do (Unicode Technical Standard 39) */
const ALIKE: readonly (readonly [script: string, letters: RegExp])[] = [
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Armenian", /\p{Script=Armenian}/u],
  ["Cherokee", /\p{Script=Cherokee}/u],
];
/** Full-width and mathematical letters, which programs may take for the plain ones */
const DRESSED = /[\uff01-\uff5e\u{1d400}-\u{1d7ff}]/u;

/** What a reader must know of a text to read it as a program does; empty for most texts. */
export function textNotes(text: string): readonly string[] {
  const notes: string[] = [];
  if (TURNS.test(text)) notes.push("has characters that turn the direction of text: each is written out");
  if (RIGHT_TO_LEFT.test(text)) {
    notes.push("has letters that are written from right to left: their order on the screen is not that of the text");
  }
  const scripts = ALIKE.filter(([, letters]) => letters.test(text)).map(([script]) => script);
  if (scripts.length > 0) {
    const mixed = (text.match(WORD) ?? []).some(
      (word) => LATIN.test(word) && ALIKE.some(([, letters]) => letters.test(word)),
    );
    const where = mixed ? "in one word with Latin letters" : "which may look like Latin letters";
    notes.push(`has ${scripts.join(" and ")} letters, ${where}`);
  }
  if (DRESSED.test(text)) notes.push("has full-width or mathematical letters, which look like plain ones");
  return notes;
}
