const UNITS = [
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** `1 h 5 min`; a number that is no duration stays as it is */
export function duration(seconds: number): string {
  if (!Number.isSafeInteger(seconds) || seconds <= 0) return `${seconds} s`.replaceAll("-", "−");
  let left = seconds;
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(" ");
}
