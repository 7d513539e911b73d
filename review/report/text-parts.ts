import { printable } from "../../domain/printable";
import type { ChangeSource } from "../change";

/** How a report writes untrusted text */
export type Quote = (text: string) => string;

const LONGEST = 300;
const BEGINNING = 200;
const END = 60;
const MOST_PLACES = 3;

/** Untrusted text where space is short: of a long text the beginning, the end, and the number of characters between */
export function brief(text: string): string {
  const whole = printable(text);
  if (whole.length <= LONGEST) return whole;
  const left = whole.length - BEGINNING - END;
  return printable(`${whole.slice(0, BEGINNING)} … ${left} characters … ${whole.slice(-END)}`);
}

/** The line of the declaration if known, otherwise the address; then the other policies that it needs */
export function placeOf({ address, file, line, also = [] }: ChangeSource): string {
  const first = file === undefined ? address : line === undefined ? `${file} ${address}` : `${file}:${line}`;
  return listText([first, ...cutTo(MOST_PLACES, also)]);
}

/** `1 loss`, `2 losses` */
export function countText(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function listText(parts: readonly string[], word: "and" | "or" = "and"): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${word} ${parts[parts.length - 1]}`;
}

/** The first ones up to the limit, and the number of the others */
export function cutTo(most: number, parts: readonly string[]): readonly string[] {
  return parts.length <= most ? parts : [...parts.slice(0, most), `${parts.length - most} more`];
}

/** With a capital, for the start of a sentence; not for text that starts with a name */
export function capital(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

const UNITS = [
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** `1 h 5 min`; a value that is no duration stays as it is */
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
