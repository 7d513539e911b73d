/** In UTF-16 units: what is folded takes time by the square of a name's length. */
const LONGEST_NAME = 256;

/** One name for all that some reader takes for the same. Java finds `İ` where `i` is asked for. */
export function folded(name: string): string {
  return name.normalize("NFKC").replaceAll("\u0130", "I").toUpperCase().toLowerCase();
}

/** The same for readers of JSON for Go, Python and protocol buffers, which find a member by `task_id` too */
export function oneName(name: string): string {
  return folded(name).replace(/[_-]/g, "");
}

/**
 * Why some reader would not find exactly these members in an object, as the end of "must …"; undefined if all readers
 * do
 */
export function namesProblem(names: readonly string[]): string | undefined {
  // Before they are folded
  if (names.some((name) => name.length > LONGEST_NAME)) {
    return `have no member whose name is longer than ${LONGEST_NAME} characters`;
  }
  // Readers that keep texts as C does end them there.
  if (names.some((name) => name.includes("\0"))) return "have no member whose name has a null character";
  if (names.includes("__proto__")) return 'have no member "__proto__"';
  const isDistinct = names.length < 2 || new Set(names.map(folded)).size === names.length;
  return isDistinct ? undefined : "not have members whose names differ by case alone";
}
