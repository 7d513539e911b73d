/** Most names on the way to a block: those of a data source within a check */
const DEEPEST = 5;

/** Between the names of a path, as no key of Terraform has it */
export const STEP = "\u0000";

/**
 * Line of each key of a JSON text, by the keys on the way to it, of which the first counts. Lists are passed over, as Terraform does it.
 *
 * @param text well-formed JSON
 * @returns lines that count from 1
 */
export function keyLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const path: string[] = [];
  /** How many keys lead to each object or list that is open */
  const open: number[] = [];
  let line = 1;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\n") line++;
    else if (character === "{" || character === "[") open.push(path.length);
    else if (character === "}" || character === "]") path.length = open.pop() ?? 0;
    else if (character === ",") path.length = open.at(-1) ?? 0;
    else if (character === '"') {
      const end = endOfText(text, at);
      COLON.lastIndex = end;
      if (COLON.test(text)) {
        path.push(JSON.parse(text.slice(at, end)) as string);
        const key = path.join(STEP);
        if (path.length <= DEEPEST && !lines.has(key)) lines.set(key, line);
      }
      at = end - 1;
    }
  }
  return lines;
}

/** Behind a key, after as many blanks as there are */
const COLON = /\s*:/y;

/** Behind its closing quotation mark */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
