/** Longer than anything is known for: what was known before a clock was set back is old. */
const DAY = 24 * 60 * 60 * 1_000;

/**
 * Milliseconds from any beginning, that never go back. Clocks that count from the start may stand still while a function is
 * frozen; the wall clock goes on, but may be set.
 */
export function wallElapsed(now: () => number = () => Date.now()): () => number {
  let last = now();
  let elapsed = 0;
  return () => {
    const difference = now() - last;
    last += difference;
    return (elapsed += difference < 0 ? DAY : difference);
  };
}
