/** True where all of `text` is as `pattern` says: `*` is any letters, `?` is one */
export function matchesName(pattern: string, text: string): boolean {
  // One place to go back to is enough: what an earlier `*` could take, the last one can take too.
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
 * True where `path` is as `pattern` says: as `matchesName`, folder by folder, and `**` is any folders or none. So
 * `policies/**` is what lies in `policies`, and `policies` itself, which may be a link.
 *
 * Names that begin with a dot are names like others, and so are those with a line break.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const [parts, folders] = [pattern.split("/"), path.split("/")];
  // Which beginnings of the path the beginning of the pattern takes
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
