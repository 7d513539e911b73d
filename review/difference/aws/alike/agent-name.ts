/** Every letter that is none of these ends a word. */
const WORD = /[\w-]+/g;

const LABEL = /^[a-z0-9-]{1,63}$/;
/** Letters that no digit is written with, decimal or hexadecimal */
const LETTERS = /[g-z]/g;
/**
 * Words that are read as more than letters, or written where a policy has none: truth values, and those of the ARNs of
 * principals. An account's root is everybody in it, a role is its sessions too, and examples of both are called something.
 */
const MEANINGFUL: ReadonlySet<string> = new Set(
  "true false arn aws iam sts root role assumed-role any session".split(" "),
);

/** Whether a name can be told from all other words of policies: it is no number, date or address, and no word with a meaning. */
export function isTelling(name: string): boolean {
  return LABEL.test(name) && (name.match(LETTERS)?.length ?? 0) > 1 && !MEANINGFUL.has(name);
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
