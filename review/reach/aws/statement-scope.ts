import { type Statement, valuesOf } from "../../../iam";
import { Glob } from "../../../iam/sets/glob";

/** Whether a statement may cover an action. Fast: true if unsure. */
export function mayBeAbout({ Action, NotAction }: Statement, action: string): boolean {
  if (Action !== undefined)
    return valuesOf(Action).some((pattern) => Glob.of(pattern, "action").widest.matches(action));
  return NotAction === undefined || !valuesOf(NotAction).some((pattern) => Glob.of(pattern, "action").matches(action));
}

/** Whether a statement may cover any action of a service */
export function mayBeOf({ Action }: Statement, service: string): boolean {
  if (Action === undefined) return true;
  return valuesOf(Action).some((pattern) => {
    const end = pattern.search(/[*?$]/);
    const start = (end < 0 ? pattern : pattern.slice(0, end)).toLowerCase();
    return start.startsWith(`${service}:`) || (end >= 0 && `${service}:`.startsWith(start));
  });
}
