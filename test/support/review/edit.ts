/** A change of a synthesized file, as a pull request would make it */
export interface Edit {
  /** Below the synthesized folder */
  readonly file: string;
  /** Path in its JSON, by slashes; `-` is behind the last of a list, and `~1` a slash in a key (RFC 6901) */
  readonly at: string;
  readonly set?: unknown;
  readonly remove?: true;
  /** Another last part of the path */
  readonly rename?: string;
  /** Turn a list round */
  readonly reverse?: true;
  /** Replace in a text, which must hold it once, or as often as it stands there */
  readonly from?: string;
  readonly to?: string;
  readonly all?: true;
  /** A new object with what stands elsewhere under `as`, and what is in `with` */
  readonly copy?: string;
  readonly as?: string;
  readonly with?: object;
}

type Node = Record<string, unknown>;

/** @throws Error where the file has nothing at that place: the case says something else than it does */
export function edited(text: string, edit: Edit): string {
  const root = JSON.parse(text) as Node;
  const path = edit.at.split("/").map((part) => part.replaceAll("~1", "/"));
  const last = path.pop() as string;
  const parent = path.reduce((node, part) => (node[part] ??= {}) as Node, root);
  apply(root, parent, last, edit);
  return JSON.stringify(root, null, 2);
}

function apply(root: Node, parent: Node, key: string, edit: Edit): void {
  const { at, set, copy, rename, from } = edit;
  if (set !== undefined) {
    if (Array.isArray(parent) && key === "-") parent.push(set);
    else parent[key] = set;
    return;
  }
  if (copy !== undefined) {
    parent[key] = {
      ...edit.with,
      [edit.as as string]: copy.split("/").reduce((node, part) => node[part] as Node, root),
    };
    return;
  }
  if (!Object.hasOwn(parent, key)) throw new Error(`there is nothing at ${at}`);
  if (rename !== undefined) parent[rename] = parent[key];
  if (edit.remove === true || rename !== undefined) delete parent[key];
  if (edit.reverse === true) (parent[key] as unknown[]).reverse();
  if (from !== undefined) parent[key] = replaced(parent[key] as string, { ...edit, from });
}

function replaced(text: string, { at, from, to = "", all }: Edit & { readonly from: string }): string {
  const parts = text.split(from);
  if (parts.length < 2 || (parts.length > 2 && all !== true)) {
    throw new Error(`${at} must hold ${from} once, it does ${parts.length - 1} times`);
  }
  return parts.join(to);
}
