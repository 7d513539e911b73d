import type { Check, Suite } from "../harness/suite";

/** What a fact of the story is; the page shows each kind in a way of its own. */
export type FactKind = "asked" | "allowed" | "refused" | "proven" | "measured" | "recorded" | "stand-in";

export interface Fact {
  readonly kind: FactKind;
  /** One sentence */
  readonly text: string;
  /** What proves it: a code, an id, a claim @default - none */
  readonly detail?: string;
}

/** One step, as it happened */
export interface Scene {
  readonly chapter: string;
  /** One sentence */
  readonly title: string;
  readonly facts: Fact[];
  readonly check: Check;
  /** When it began; undefined where it was not begun */
  at?: Date;
}

export type Tell = (kind: FactKind, text: string, detail?: string) => void;
type Values<N extends readonly Check[]> = { [I in keyof N]: N[I] extends Check<infer T> ? T : never };

/** Steps that are checks of a suite, with what is told of each */
export class Story {
  public readonly scenes: Scene[] = [];

  constructor(private readonly suite: Suite) {}

  /** Add a step. It is skipped where one that it needs did not pass. */
  public scene<T, const N extends readonly Check[]>(
    chapter: string,
    title: string,
    needs: N,
    act: (values: Values<N>, tell: Tell) => T | Promise<T>,
  ): Check<T> {
    const facts: Fact[] = [];
    const check = this.suite.check(`${chapter}: ${title}`, needs, (values, note) => {
      scene.at = new Date();
      return act(values, (kind, text, detail) => {
        facts.push({ kind, text, ...(detail !== undefined && { detail }) });
        note(`${kind}: ${text}${detail === undefined ? "" : ` (${detail})`}`);
      });
    });
    const scene: Scene = { chapter, title, facts, check: check as Check };
    this.scenes.push(scene);
    return check;
  }
}
