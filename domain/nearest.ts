import { distance } from "fastest-levenshtein";
import { byText } from "./by-text";

/** Longer names are compared by their beginning: they are those of strangers. */
const COMPARED = 80;

/** The names most like an unknown one, nearest first: those that contain it precede all others. */
export function nearest(called: string, names: readonly string[], most: number): readonly string[] {
  const wanted = begin(called);
  return names
    .map((name) => ({ name, far: wanted !== "" && begin(name).includes(wanted) ? 0 : distance(wanted, begin(name)) }))
    .sort((one, other) => one.far - other.far || byText(one.name, other.name))
    .slice(0, most)
    .map(({ name }) => name);
}

/** The name that `text` most likely was to be; undefined if more than two letters, and a third, would be others */
export function likely(text: string, names: readonly string[]): string | undefined {
  const [name] = nearest(text, names, 1);
  // Two letters that changed places are two edits.
  const most = Math.max(2, Math.floor(text.length / 3));
  return name !== undefined && distance(begin(text), begin(name)) <= most ? name : undefined;
}

function begin(name: string): string {
  return name.slice(0, COMPARED).toLowerCase();
}

/** `, did you mean "<name>"`; empty if no name is likely */
export function didYouMean(text: string, names: readonly string[]): string {
  const name = likely(text, names);
  return name === undefined ? "" : `, did you mean ${JSON.stringify(name)}`;
}

/** Longer ones, and those with other characters, are no misspelt member of ours. */
const SHOWN_MEMBER = /^[A-Za-z_][\w-]{0,39}$/;

/** Message about members outside a schema: the first one's name, and the member that it most likely meant */
export function unknownMember(names: readonly string[], known: readonly string[]): string {
  const name = names.find((each) => SHOWN_MEMBER.test(each));
  return name === undefined ? "a member that is unknown" : `the unknown member ${name}${didYouMean(name, known)}`;
}
