import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MILLISECONDS = 100;

/**
 * Look until it holds.
 *
 * @param within seconds, as many as a busy machine may take
 * @param otherwise what is so where it does not hold by then
 * @returns seconds that it took
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  within: number,
  otherwise: string | (() => string),
): Promise<number> {
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  while (!(await holds())) {
    if (elapsed() > within) {
      throw new Error(`${typeof otherwise === "string" ? otherwise : otherwise()} after ${within} s`);
    }
    await sleep(PAUSE_MILLISECONDS);
  }
  return elapsed();
}
