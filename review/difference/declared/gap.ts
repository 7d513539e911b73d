import type { Change, ChangeKind, Presentation } from "../../change";
import { brief } from "../../reach/declared/registry";

/** One thing that the wider of two registries lets an agent do, and the narrower does not */
export interface Gap {
  readonly kind: ChangeKind;
  readonly what: string;
  /** The narrower registry's value */
  readonly otherwise?: string;
  /** A request, or a moment, that only the wider one allows */
  readonly witness: string;
  /** Path in the registry */
  readonly at: string;
  readonly place?: Presentation["place"];
  /** About the agent: text if gained, text if lost */
  readonly headline?: readonly [gained: string, lost: string];
  /** True if the gap is that the agent exists */
  readonly isNew?: true;
}

type Word = "was" | "now";

/** Base is the narrower. */
export function asGain(gap: Gap): Change {
  return asChange(gap, "was");
}

/** Head is the narrower. */
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

/** A gap if a number rose */
export function riseGap(narrow: number, wide: number, gap: () => Omit<Gap, "otherwise">, unit = " s"): readonly Gap[] {
  return wide > narrow ? [{ ...gap(), otherwise: `${narrow}${unit}` }] : [];
}

/** A gap if a text changed: unknown which one allows more, so each gains over the other. */
export function replacementGap(narrow: string, wide: string, gap: () => Omit<Gap, "otherwise">): readonly Gap[] {
  return wide === narrow ? [] : [{ ...gap(), otherwise: brief(narrow) }];
}

/** A tool, or one of its actions, as named in texts */
export interface About {
  /** `search` or `search.query` */
  readonly name: string;
  /** ` through researcher.lookup`, or nothing */
  readonly through: string;
  readonly at: string;
}
