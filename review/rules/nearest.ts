/** The name that `text` most likely was to be; undefined where none is near */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(text.length / 3));
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of names) {
    if (Math.abs(name.length - text.length) > limit) continue;
    const edits = editsBetween(text.toLowerCase(), name.toLowerCase());
    if (edits <= limit && edits < (best?.edits ?? Infinity)) best = { name, edits };
  }
  return best?.name;
}

/** Letters to put in, take out or replace, and neighbours to swap */
function editsBetween(one: string, other: string): number {
  const rows: number[][] = [[...Array(other.length + 1).keys()]];
  for (let at = 1; at <= one.length; at += 1) {
    const row = [at];
    for (let to = 1; to <= other.length; to += 1) {
      const isSame = one[at - 1] === other[to - 1];
      const above = cell(rows, at - 1, to);
      const replaced = cell(rows, at - 1, to - 1) + (isSame ? 0 : 1);
      const isSwapped = at > 1 && to > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1];
      const swapped = isSwapped ? cell(rows, at - 2, to - 2) + 1 : Infinity;
      row.push(Math.min(above + 1, (row[to - 1] as number) + 1, replaced, swapped));
    }
    rows.push(row);
  }
  return cell(rows, one.length, other.length);
}

function cell(rows: readonly (readonly number[])[], at: number, to: number): number {
  return rows[at]?.[to] as number;
}
