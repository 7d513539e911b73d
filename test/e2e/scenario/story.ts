import type { Check, Suite } from "../harness/suite";

/** What a fact of the story is; the page shows each kind in a way of its own. */
export type FactKind = "asked" | "allowed" | "refused" | "proven" | "measured" | "recorded" | "stand-in";

/** Who calls, and what is called: an arrow of the picture */
export type Between = readonly [from: string, to: string];

export interface Fact {
  readonly kind: FactKind;
  /** One sentence */
  readonly text: string;
  /** What proves it: a code, an id, a claim @default - none */
  readonly detail?: string;
  /** @default - no call, so no arrow */
  readonly between?: Between;
}

/** What a person saw, as a PNG */
export interface Picture {
  /** One sentence */
  readonly shows: string;
  readonly png: Buffer;
}

/** One step, as it happened */
export interface Scene {
  readonly chapter: string;
  /** One sentence */
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly pictures: readonly Picture[];
  readonly check: Check;
  /** When it began; undefined where it was not begun */
  readonly at: Date | undefined;
}

export interface Tell {
  (kind: FactKind, text: string, detail?: string, between?: Between): void;
  picture(shows: string, png: Buffer): void;
}

type Values<N extends readonly Check[]> = { [I in keyof N]: N[I] extends Check<infer T> ? T : never };

/** Steps that are checks of a suite, with what is told of each */
export class Story {
  private readonly told: Scene[] = [];

  constructor(private readonly suite: Suite) {}

  public get scenes(): readonly Scene[] {
    return this.told;
  }

  /** Add a step. It is skipped where one that it needs did not pass. */
  public scene<T, const N extends readonly Check[]>(
    chapter: string,
    title: string,
    needs: N,
    act: (values: Values<N>, tell: Tell) => T | Promise<T>,
  ): Check<T> {
    const facts: Fact[] = [];
    const pictures: Picture[] = [];
    let at: Date | undefined;
    const check = this.suite.check(`${chapter}: ${title}`, needs, (values, note) => {
      at = new Date();
      const tell = (kind: FactKind, text: string, detail?: string, between?: Between): void => {
        facts.push({ kind, text, ...(detail !== undefined && { detail }), ...(between && { between }) });
        note(`${kind}: ${text}${detail === undefined ? "" : ` (${detail})`}`);
      };
      const picture = (shows: string, png: Buffer): void => {
        pictures.push({ shows, png });
        note(`picture: ${shows} (${png.length} bytes)`);
      };
      return act(values, Object.assign(tell, { picture }));
    });
    this.told.push({
      chapter,
      title,
      facts,
      pictures,
      check: check as Check,
      get at() {
        return at;
      },
    });
    return check;
  }
}
