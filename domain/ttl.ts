import { refuse, shown } from "./errors";
import { notToken } from "./plain";

const UNIT_SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** A duration in code: a {@link Ttl}, or text such as `"15m"` (`s`, `m`, `h`). */
export type TtlInput = Ttl | `${number}${"s" | "m" | "h"}`;

/** A positive whole number of seconds. */
export class Ttl {
  private constructor(public readonly seconds: number) {}

  public static seconds(seconds: number): Ttl {
    return Ttl.checked(seconds, seconds);
  }

  public static minutes(minutes: number): Ttl {
    return Ttl.checked(minutes * 60, minutes);
  }

  public static hours(hours: number): Ttl {
    return Ttl.checked(hours * 3600, hours);
  }

  /** @throws DeclarationError `limit.malformed` when the text is no duration. */
  public static from(input: TtlInput, where: string, property: string): Ttl {
    if (input instanceof Ttl) return input;
    notToken(input, where, property, "duration");
    const match = typeof input === "string" ? /^([1-9]\d*)([smh])$/.exec(input) : null;
    if (match === null) {
      refuse("limit.malformed", where, `${property} must be a duration such as "15m" (s, m or h), got ${shown(input)}`);
    }
    return new Ttl(Number(match[1]) * UNIT_SECONDS[match[2] as keyof typeof UNIT_SECONDS]);
  }

  /** @throws DeclarationError `limit.exceeded` when longer than the ceiling. */
  public atMost(ceiling: Ttl, where: string, property: string): this {
    if (this.seconds > ceiling.seconds) {
      refuse("limit.exceeded", where, `${property} must be at most ${ceiling}, got ${this}`);
    }
    return this;
  }

  /** The shorter of the two */
  public min(other: Ttl): Ttl {
    return other.seconds < this.seconds ? other : this;
  }

  public toString(): string {
    const unit = (["h", "m"] as const).find((candidate) => this.seconds % UNIT_SECONDS[candidate] === 0) ?? "s";
    return `${this.seconds / UNIT_SECONDS[unit]}${unit}`;
  }

  private static checked(seconds: number, given: unknown): Ttl {
    notToken(given, "duration", "value", "number");
    if (!Number.isSafeInteger(seconds) || seconds < 1) {
      refuse(
        "limit.malformed",
        "duration",
        `value must come to a whole number of seconds above zero, got ${shown(given)}`,
      );
    }
    return new Ttl(seconds);
  }
}
