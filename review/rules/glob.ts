/** True if all of `text` matches `pattern`: `*` is any text, `?` is one character */
export function matchesName(pattern: string, text: string): boolean {
  // One place to backtrack to is enough: the last `*` can take everything that an earlier one could.
  let [at, from, star, taken] = [0, 0, -1, 0];
  while (from < text.length) {
    if (pattern[at] === "*") {
      star = at;
      taken = from;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[from])) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      at = star + 1;
      taken += 1;
      from = taken;
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}

/**
 * True if `path` matches `pattern`: like `matchesName` for each folder, and `**` is any number of folders. So
 * `policies/**` matches everything in `policies`, and `policies` itself, which may be a link.
 *
 * Names with a leading dot, or with a line break, are ordinary names.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const [parts, folders] = [pattern.split("/"), path.split("/")];
  // Prefixes of the path that the prefix of the pattern matches
  let reached = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    for (const from of reached) {
      if (part === "**") {
        for (let to = from; to <= folders.length; to += 1) next.add(to);
      } else if (from < folders.length && matchesName(part, folders[from] as string)) next.add(from + 1);
    }
    reached = next;
  }
  return reached.has(folders.length);
}
