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

/** One step, as it happened */
export interface Scene {
  readonly chapter: string;
  /** One sentence */
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly check: Check;
  /** When it began; undefined where it was not begun */
  readonly at: Date | undefined;
}

export type Tell = (kind: FactKind, text: string, detail?: string, between?: Between) => void;
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
    let at: Date | undefined;
    const check = this.suite.check(`${chapter}: ${title}`, needs, (values, note) => {
      at = new Date();
      return act(values, (kind, text, detail, between) => {
        facts.push({ kind, text, ...(detail !== undefined && { detail }), ...(between && { between }) });
        note(`${kind}: ${text}${detail === undefined ? "" : ` (${detail})`}`);
      });
    });
    this.told.push({
      chapter,
      title,
      facts,
      check: check as Check,
      get at() {
        return at;
      },
    });
    return check;
  }
}
