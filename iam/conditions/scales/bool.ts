import { pointOf, type Scale } from "./scale";

/** True and false, case-insensitive. */
export const BOOL: Scale = {
  universe: { from: 0n, to: 1n },
  read,
  range: pointOf(read),
  write: (point) => (point === 1n ? "true" : "false"),
  preferred: [1n],
  units: [1n],
};

function read(text: string): bigint | undefined {
  const lower = text.toLowerCase();
  if (lower === "true") return 1n;
  return lower === "false" ? 0n : undefined;
}
