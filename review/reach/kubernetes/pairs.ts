import { ReadError } from "../../read/read-error";

const MOST = 40_000;

/** Each of one list is combined with each of another: too many would keep a reviewer waiting for good. */
export function checkPairs(some: number, others: number, where: string): void {
  if (some * others <= MOST) return;
  throw new ReadError(
    where,
    "",
    `combines ${some} things with ${others} others, more than ${MOST} pairs: split the rule`,
  );
}
