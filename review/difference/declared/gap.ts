import type { Change, ChangeKind, Presentation } from "../../change";
import { brief } from "../../reach/declared/registry";

/** One thing that the wider of two registries lets an agent do, and the narrower does not */
export interface Gap {
  readonly kind: ChangeKind;
  readonly what: string;
  /** What the narrower one has in its place */
  readonly otherwise?: string;
  /** A request, or a moment, that only the wider one allows */
  readonly witness: string;
  /** Path in the registry */
  readonly at: string;
  readonly place?: Presentation["place"];
  /** About the agent, where it is gained and where it is lost */
  readonly headline?: readonly [gained: string, lost: string];
  /** Whether it is that the agent exists */
  readonly isNew?: true;
}

type Word = "was" | "now";

/** The narrower was there before. */
export function asGain(gap: Gap): Change {
  return asChange(gap, "was");
}

/** The narrower is there now. */
export function asLoss(gap: Gap): Change {
  return asChange(gap, "now");
}

function asChange({ kind, what, otherwise, witness, at, place, headline, isNew }: Gap, word: Word): Change {
  const source = { address: `registry/${at}` };
  const said = headline?.[word === "was" ? 0 : 1];
  const showing = {
    ...(place !== undefined && { place }),
    ...(said !== undefined && { headline: said }),
    ...(isNew === true && word === "was" && { isNew }),
  };
  return {
    kind,
    what: otherwise === undefined ? what : `${what}, ${word} ${otherwise}`,
    witness,
    source,
    ...(Object.keys(showing).length > 0 && { showing }),
  };
}

/** A gap where a number rose */
export function riseGap(narrow: number, wide: number, gap: () => Omit<Gap, "otherwise">, unit = " s"): readonly Gap[] {
  return wide > narrow ? [{ ...gap(), otherwise: `${narrow}${unit}` }] : [];
}

/** A gap where a text is another: which of the two allows more is not known, so each gains on the other. */
export function replacementGap(narrow: string, wide: string, gap: () => Omit<Gap, "otherwise">): readonly Gap[] {
  return wide === narrow ? [] : [{ ...gap(), otherwise: brief(narrow) }];
}

/** One tool, or one of its actions, as it is spoken of */
export interface About {
  /** `search` or `search.query` */
  readonly name: string;
  /** ` through researcher.lookup`, or nothing */
  readonly through: string;
  readonly at: string;
}
