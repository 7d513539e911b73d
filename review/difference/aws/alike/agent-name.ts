/** Every letter that is none of these ends a word. */
const WORD = /[\w-]+/g;

const LABEL = /^[a-z0-9-]{1,63}$/;
/** Letters that no digit is written with, decimal or hexadecimal */
const LETTERS = /[g-z]/g;
const TRUTHS: readonly string[] = ["true", "false"];

/** Whether a name can be told from whatever else is compared: it is no word of a number, date, address or truth value. */
export function isTelling(name: string): boolean {
  return LABEL.test(name) && (name.match(LETTERS)?.length ?? 0) > 1 && !TRUTHS.includes(name);
}

/** The text with each of two names in the place of the other, where it is a whole word */
export function swapped(text: string, one: string, other: string): string {
  if (one === other || !(text.includes(one) || text.includes(other))) return text;
  return text.replace(WORD, (word) => (word === one ? other : word === other ? one : word));
}

/** The text with something that no text holds in the place of a name, where it is a whole word */
export function blanked(text: string, name: string, blank: string): string {
  return text.includes(name) ? text.replace(WORD, (word) => (word === name ? blank : word)) : text;
}
