import { printable } from "../../domain/printable";
import type { ChangeSource } from "../change";

/** How a report writes the text of a stranger */
export type Quote = (text: string) => string;

const LONGEST = 300;
const BEGINNING = 200;
const END = 60;
const MOST_PLACES = 3;

/** Text of a stranger where room is short: of a long text its beginning, its end, and how much lies between */
export function brief(text: string): string {
  const whole = printable(text);
  if (whole.length <= LONGEST) return whole;
  const left = whole.length - BEGINNING - END;
  return printable(`${whole.slice(0, BEGINNING)} … ${left} characters … ${whole.slice(-END)}`);
}

/** The line of the declaration where it is known, otherwise the address; and what else it takes */
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

/** The first so many, and how many there are besides */
export function cutTo(most: number, parts: readonly string[]): readonly string[] {
  return parts.length <= most ? parts : [...parts.slice(0, most), `${parts.length - most} more`];
}

/** As a sentence begins; not for text that begins with a name */
export function capital(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

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
