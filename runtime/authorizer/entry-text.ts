/** An entry of a list as JSON: what many entries have in common, a call its token and an outcome its claims, and the object of the rest */
export interface EntryText {
  readonly common: string;
  readonly rest: string;
  /** Trace context that the exchange continues; left out without tracing */
  readonly trace?: string | undefined;
}

/** What joins one entry to the others, at most */
const JOINED_BYTES = 32;

/** Where no other entry has the same in common, at most */
export function bytesOf({ common, rest }: EntryText): number {
  return Buffer.byteLength(common) + Buffer.byteLength(rest) + JOINED_BYTES;
}

/** What entries have in common stands once, and its place in each. All is JSON. */
export function placed(name: string, entries: readonly EntryText[]) {
  const all = [...new Set(entries.map(({ common }) => common))];
  const list = entries.map(({ common, rest }) => `{"${name}":${all.indexOf(common)},${rest.slice(1)}`);
  return { common: `[${all.join()}]`, list: `[${list.join()}]` };
}
