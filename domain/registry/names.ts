// What names in a registry look like: patterns, of which longer ones are made

/** Of tools, datasets and agents, of which a declaration has fewer */
export const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
/** A declaration's does not end in a hyphen. */
export const TASK = "[a-z][a-z0-9-]{0,31}";
export const ACTION = "[a-z][a-zA-Z0-9_-]{0,63}";

/** Anchored: the pattern only */
export function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}
