import { unseenReplaced } from "./plain";

/** Text of a stranger: whatever moves a cursor, hides or turns other text is written out. */
export function printable(text: string): string {
  return unseenReplaced(text, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}

/** JSON whose texts a terminal shows and does not obey: what nobody would see is escaped, and reads back as it was. */
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
