/** JSON that a store keeps as it is; -0 becomes 0, as in JSON */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Undefined if the text is not JSON */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
