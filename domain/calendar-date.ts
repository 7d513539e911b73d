import { refuse, shown } from "./errors";
import { isBlank, plainString } from "./plain";

type Month = "01" | "02" | "03" | "04" | "05" | "06" | "07" | "08" | "09" | "10" | "11" | "12";
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
type Day = `0${Digit}` | `1${Digit}` | `2${Digit}` | "30" | "31";

/** `YYYY-MM-DD`; the compiler refuses other shapes, the constructor days that do not exist. */
export type IsoDate = `20${number}-${Month}-${Day}`;

const DAY_MS = 86_400_000;

/** A day in UTC. */
export class CalendarDate {
  private constructor(
    public readonly iso: string,
    /** Midnight UTC at the start of the day, in milliseconds since the epoch */
    public readonly instant: number,
  ) {}

  /** @throws DeclarationError `expiry.malformed` when the text is no existing day. */
  public static of(value: unknown, where: string, property: string): CalendarDate {
    const example = `write a date such as "2027-06-30"`;
    if (isBlank(value)) refuse("expiry.malformed", where, `${property} is required: ${example}`);
    const iso = plainString(value, where, property, "expiry.malformed");
    const instant = Date.parse(`${iso}T00:00:00Z`);
    const exists = /^\d{4}-\d{2}-\d{2}$/.test(iso) && !Number.isNaN(instant);
    if (!exists || new Date(instant).toISOString().slice(0, 10) !== iso) {
      refuse(
        "expiry.malformed",
        where,
        `${property} must be an existing day as YYYY-MM-DD, got ${shown(iso)}: ${example}`,
      );
    }
    return new CalendarDate(iso, instant);
  }

  /** The first instant of the day as IAM writes it */
  public get timestamp(): string {
    return `${this.iso}T00:00:00Z`;
  }

  /** True from the first instant of the day on */
  public hasCome(now: Date): boolean {
    return now.getTime() >= this.instant;
  }

  /** Whole days from `now` until the day starts; negative when past */
  public daysFrom(now: Date): number {
    return Math.ceil((this.instant - now.getTime()) / DAY_MS);
  }

  public toString(): string {
    return this.iso;
  }
}
