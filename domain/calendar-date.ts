import { refuse, shown } from "./errors";
import { isBlank, plainString } from "./plain";

/**
 * `YYYY-MM-DD`. The compiler refuses what has not three numbers in this order, the constructor everything that is no
 * existing day: a type that listed the days would be shown whole in each error.
 */
export type IsoDate = `20${number}-${number}-${number}`;

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
