import { byText } from "./danger";

/** More of a name is not compared: names are those of strangers. */
const COMPARED = 80;

/** The names that are most like one that nobody has: first those that hold it */
export function nearest(called: string, names: readonly string[], most: number): readonly string[] {
  const wanted = called.slice(0, COMPARED).toLowerCase();
  return names
    .map((name) => ({ name, distance: distanceTo(wanted, name.slice(0, COMPARED).toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance || byText(one.name, other.name))
    .slice(0, most)
    .map(({ name }) => name);
}

function distanceTo(wanted: string, name: string): number {
  return wanted !== "" && name.includes(wanted) ? 0 : edits(wanted, name);
}

/** Letters to insert, leave out or replace */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] as number) + Number(one[i - 1] !== other[j - 1]);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}
