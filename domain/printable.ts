import { unseenReplaced } from "./plain";

/** Untrusted text: characters that move a cursor, hide text or change its direction are escaped. */
export function printable(text: string): string {
  return unseenReplaced(text, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}

/** JSON that is safe to print: hidden characters are escaped, and parse back unchanged. */
export function jsonText(value: unknown, indent = 0): string {
  return printableJson(JSON.stringify(value, null, indent));
}

/** JSON that was written elsewhere, in the same way. @param json without unseen characters outside of its texts, but line ends */
export function printableJson(json: string): string {
  return unseenReplaced(json, (character) => (character === "\n" ? character : [...escapes(character)].join("")));
}

function* escapes(character: string): Generator<string> {
  for (let unit = 0; unit < character.length; unit++) {
    yield `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`;
  }
}
