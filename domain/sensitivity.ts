import { refuse, shown } from "./errors";

const NAMES = ["public", "internal", "confidential", "restricted"] as const satisfies readonly SensitivityName[];

/** How much harm the disclosure of data would do, lowest first. */
export type SensitivityName = "public" | "internal" | "confidential" | "restricted";

/** A level in the order `public < internal < confidential < restricted`; there is one object per level. */
export class Sensitivity {
  private static readonly levels = new Map(NAMES.map((name, rank) => [name as string, new Sensitivity(name, rank)]));
  /** By rank */
  public static readonly all: readonly Sensitivity[] = [...Sensitivity.levels.values()];
  public static readonly PUBLIC = Sensitivity.of("public", "sensitivity");
  public static readonly RESTRICTED = Sensitivity.of("restricted", "sensitivity");

  private constructor(
    public readonly name: SensitivityName,
    /** 0 for public, 3 for restricted */
    public readonly rank: number,
  ) {}

  /** @throws DeclarationError `sensitivity.unknown` for any other word. */
  public static of(name: SensitivityName, where: string, property = "sensitivity"): Sensitivity {
    return (
      Sensitivity.levels.get(name) ??
      refuse("sensitivity.unknown", where, `${property} must be one of ${NAMES.join(", ")}, got ${shown(name)}`)
    );
  }

  /** The level itself, where it may stand by its name */
  public static from(level: Sensitivity | SensitivityName, where: string): Sensitivity {
    return typeof level === "string" ? Sensitivity.of(level, where) : level;
  }

  /** The highest of the levels; public when there are none. */
  public static highest(levels: Iterable<Sensitivity>): Sensitivity {
    let highest = Sensitivity.PUBLIC;
    for (const level of levels) if (level.rank > highest.rank) highest = level;
    return highest;
  }

  /** The lowest of the levels; restricted when there are none. */
  public static lowest(levels: Iterable<Sensitivity>): Sensitivity {
    let lowest = Sensitivity.RESTRICTED;
    for (const level of levels) if (level.rank < lowest.rank) lowest = level;
    return lowest;
  }

  /** True when data of the `other` level may be sent to something cleared for this one. */
  public covers(other: Sensitivity): boolean {
    return this.rank >= other.rank;
  }

  /** Confidential or above */
  public get isConfidential(): boolean {
    return this.rank >= 2;
  }

  public toString(): string {
    return this.name;
  }
}
