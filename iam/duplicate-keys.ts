interface Level {
  readonly keys: Set<string> | undefined;
  /** Key in an object, index in an array. */
  at: string | number;
  expectsKey: boolean;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/**
 * Keys and indices down to the first key that an object of `json` holds twice, such as `["Statement", 0, "Effect"]`.
 *
 * `JSON.parse` keeps the last of them and says nothing, AWS may keep another.
 *
 * @param json text that `JSON.parse` accepts
 */
export function findDuplicateKey(json: string): readonly (string | number)[] | undefined {
  const levels: Level[] = [];
  for (const [token] of json.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === "{") levels.push({ keys: new Set(), at: "", expectsKey: true });
    else if (token === "[") levels.push({ keys: undefined, at: 0, expectsKey: false });
    else if (token === "}" || token === "]") levels.pop();
    else if (level === undefined) continue;
    else if (token === ":") level.expectsKey = false;
    else if (token === "," && typeof level.at === "number") level.at += 1;
    else if (token === ",") level.expectsKey = true;
    else if (level.expectsKey && level.keys !== undefined) {
      // Parsed, because `"\u0045ffect"` is the same key as `"Effect"`.
      level.at = String(JSON.parse(token));
      if (level.keys.has(level.at)) return levels.map(({ at }) => at);
      level.keys.add(level.at);
    }
  }
  return undefined;
}
