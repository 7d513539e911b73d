import { isOpaque } from "../objects/values";

/** A set of texts: those listed, or all but those listed. Immutable. */
export class TextValues {
  public static readonly anything = new TextValues(new Set(), true);

  public static of(texts: readonly string[]): TextValues {
    return new TextValues(new Set(texts), false);
  }

  public static except(texts: readonly string[]): TextValues {
    return new TextValues(new Set(texts), true);
  }

  private constructor(
    public readonly listed: ReadonlySet<string>,
    /** All texts except the listed ones */
    public readonly isComplement: boolean,
  ) {}

  public get isEmpty(): boolean {
    return !this.isComplement && this.listed.size === 0;
  }

  public get isEverything(): boolean {
    return this.isComplement && this.listed.size === 0;
  }

  /** The single text of the set, if it has exactly one */
  public get only(): string | undefined {
    return !this.isComplement && this.listed.size === 1 ? [...this.listed][0] : undefined;
  }

  public has(text: string): boolean {
    return this.listed.has(text) !== this.isComplement;
  }

  public and(other: TextValues): TextValues {
    if (this.isComplement && other.isComplement) {
      return new TextValues(new Set([...this.listed, ...other.listed]), true);
    }
    const [some, rest] = this.isComplement ? [other, this] : [this, other];
    return new TextValues(new Set([...some.listed].filter((text) => rest.has(text))), false);
  }

  public not(): TextValues {
    return new TextValues(this.listed, !this.isComplement);
  }

  /**
   * The part outside `other`, or possibly outside it: a text known only at apply may be any that the other excludes.
   */
  public without(other: TextValues): TextValues {
    const rest = this.and(other.not());
    if (this.isComplement || !other.isComplement || other.listed.size === 0) return rest;
    const leavesOutUnknown = [...other.listed].some(isOpaque);
    const doubtful = [...this.listed].filter((text) => leavesOutUnknown || isOpaque(text));
    return new TextValues(new Set([...rest.listed, ...doubtful]), false);
  }

  /** One text of the set: the first suggestion in it. Undefined if it is empty. */
  public example(suggestions: readonly string[]): string | undefined {
    const suggested = suggestions.find((text) => this.has(text));
    if (suggested !== undefined) return suggested;
    if (!this.isComplement) {
      const sorted = [...this.listed].sort();
      return sorted.find((text) => !isOpaque(text)) ?? sorted[0];
    }
    for (let number = 1; ; number++) if (this.has(`x${number}`)) return `x${number}`;
  }
}
