import { refuse, shown } from "./errors";
import { plainString } from "./plain";

/** The name of one thing at a tool, and no pattern of several */
export function exactName(value: unknown, where: string, property: string): string {
  const name = plainString(value, where, property, "action.malformed");
  if (/[*?\s]/.test(name)) {
    refuse("action.wildcard", where, `${property} must be one exact name without wildcard, got ${shown(name)}`);
  }
  return name;
}
