import { ReadBase, reviewOf } from "../../../review/pull-request/review-of";
import type { Estate } from "../../../review/read/resource";
import type { Review } from "../../../review/review";

const bases = new WeakMap<Estate, ReadBase>();

/** Of a test that compares many heads with one base, which is read once */
export function reviewed(base: Estate, head: Estate): Review {
  const read = bases.get(base) ?? new ReadBase(base);
  bases.set(base, read);
  return reviewOf(base, head, read);
}
