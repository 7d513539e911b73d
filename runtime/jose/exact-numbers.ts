/** Beyond 2^53 two whole numbers are one double: who reads it again reads another than was sent. */
export function hasExactNumbers(value: unknown): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  return typeof value !== "object" || value === null || Object.values(value).every(hasExactNumbers);
}

/** A string, or a number; what stands between is words and signs. */
const PART = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * Whether each number of sound JSON is the one that is read of it: a decimal with more digits than a double holds is read as another
 * one, which would have the digest of that.
 */
export function hasExactLiterals(json: string): boolean {
  for (const [part] of json.matchAll(PART)) {
    if (!part.startsWith('"') && decimalOf(part) !== decimalOf(String(Number(part)))) return false;
  }
  return true;
}

/** Where zeros begin that go on to the end. By a loop: a pattern would begin anew at each zero. */
function endOfDigits(digits: string): number {
  let end = digits.length;
  while (end > 0 && digits.charAt(end - 1) === "0") end -= 1;
  return end;
}

/** Digits without zeros at either end, and the place of the point: one text for each decimal number */
function decimalOf(literal: string): string | undefined {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = NUMBER.exec(literal) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const kept = digits.slice(0, endOfDigits(digits));
  if (kept === "") return whole === "" ? undefined : "0";
  return `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}
