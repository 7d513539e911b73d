/** Beyond 2^53 two whole numbers are one double: who reads it again reads another than was sent. */
export function hasExactNumbers(value: unknown): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  return typeof value !== "object" || value === null || Object.values(value).every(hasExactNumbers);
}
