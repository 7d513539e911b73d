import { pointOf, type Scale } from "./scale";

const FRACTION_DIGITS = 15;
const ONE = 10n ** BigInt(FRACTION_DIGITS);
/** Beyond every number that `NUMBER` takes */
const LIMIT = 10n ** 36n;

const NUMBER = /^(-?)(\d{1,20})(?:\.(\d{1,15}))?$/;

/** More digits than a double holds: IAM does not say how it compares them. */
const SIGNIFICANT_DIGITS = 15;

/** Decimal numbers, counted in units of the last digit that is read. */
export const DECIMAL: Scale = {
  universe: { from: -LIMIT, to: LIMIT },
  read,
  range: pointOf(read),
  write,
  preferred: [ONE, 0n],
  units: Array.from({ length: FRACTION_DIGITS + 1 }, (_, digits) => ONE / 10n ** BigInt(digits)),
};

function read(text: string): bigint | undefined {
  const [, sign, whole, fraction = ""] = NUMBER.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const significant = `${whole}${fraction}`.replace(/^0+|0+$/g, "");
  if (significant.length > SIGNIFICANT_DIGITS) return undefined;
  const size = BigInt(`${whole}${fraction.padEnd(FRACTION_DIGITS, "0")}`);
  return sign === "-" ? -size : size;
}

function write(point: bigint): string {
  const size = point < 0n ? -point : point;
  const fraction = String(size % ONE)
    .padStart(FRACTION_DIGITS, "0")
    .replace(/0+$/, "");
  return `${point < 0n ? "-" : ""}${size / ONE}${fraction === "" ? "" : `.${fraction}`}`;
}
