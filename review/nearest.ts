import { distance } from "fastest-levenshtein";

/** Longer names are compared by their beginning: they are those of strangers. */
const COMPARED = 80;

/** The names that are most like one that nobody has, nearest first: those that hold it go before all others. */
export function nearest(called: string, names: readonly string[], most: number): readonly string[] {
  const wanted = begin(called);
  return names
    .map((name) => ({ name, far: wanted !== "" && begin(name).includes(wanted) ? 0 : distance(wanted, begin(name)) }))
    .sort((one, other) => one.far - other.far || (one.name < other.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** The name that `text` most likely was to be; undefined where more than two letters, and a third, would be others */
export function likely(text: string, names: readonly string[]): string | undefined {
  const [name] = nearest(text, names, 1);
  // Two letters that changed places are two edits.
  const most = Math.max(2, Math.floor(text.length / 3));
  return name !== undefined && distance(begin(text), begin(name)) <= most ? name : undefined;
}

function begin(name: string): string {
  return name.slice(0, COMPARED).toLowerCase();
}
