import { type Change, type Explanation, explanationOf, type Reason, type Situation } from "../../domain";

/** What was decided on one situation */
export interface Decided {
  readonly decision: "allow" | "deny";
  readonly reasons: readonly Pick<Reason, "code">[];
}

type Decide<D extends Decided> = (situation: Situation) => Promise<D>;

/** A change, and the proof that it is needed */
export interface Needed {
  readonly change: Change;
  /** What still refuses when everything is done but this */
  readonly without: readonly Reason["code"][];
}

export type Plan<D extends Decided> =
  | { readonly outcome: "allowed"; readonly decided: D }
  | {
      readonly outcome: "possible";
      readonly decided: D;
      readonly changes: readonly Needed[];
      /** What is decided after them */
      readonly after: D;
      /** Whether each of them is needed */
      readonly smallest: boolean;
    }
  | {
      readonly outcome: "impossible";
      readonly decided: D;
      /** What would be needed, and is not enough */
      readonly changes: readonly Change[];
      readonly after: D;
      /** Reasons that remain, and why no change removes them */
      readonly because: readonly { readonly code: Reason["code"]; readonly why: string }[];
    };

/** A rule that was hidden can show in each round, so there are never more rounds than rules that hide one another. */
const MOST_ROUNDS = 12;
/** What is tried first when something is to be left out: what grants most */
const KINDS = ["declaration", "platform", "state", "request"] as const;

/**
 * The smallest set of changes that makes the request allowed, found by deciding again after each.
 *
 * `decided` is what was decided on the situation as it is, perhaps by another engine.
 */
export async function planFor<D extends Decided>(
  situation: Situation,
  decided: D,
  decide: Decide<D>,
): Promise<Plan<D>> {
  if (decided.decision === "allow") return { outcome: "allowed", decided };
  let changes: readonly Change[] = [];
  let after = decided;
  for (let round = 0; round < MOST_ROUNDS && after.decision === "deny"; round++) {
    const explained = explainedIn(applied(situation, changes), after);
    const more = distinct([...changes, ...explained.flatMap(({ explanation }) => explanation.changes)]);
    if (textsOf(more) === textsOf(changes) || explained.some(({ explanation }) => explanation.hopeless !== undefined)) {
      return { outcome: "impossible", decided, changes: more, after, because: reasonsAgainst(explained) };
    }
    changes = more;
    after = await decide(applied(situation, changes));
  }
  if (after.decision === "deny") {
    return { outcome: "impossible", decided, changes, after, because: reasonsAgainst(explainedIn(situation, after)) };
  }
  const needed = await reduced(situation, changes, decide);
  const proven = await Promise.all(
    needed.map(async (change) => {
      const rest = needed.filter((other) => other !== change);
      return { change, without: (await decide(applied(situation, rest))).reasons.map(({ code }) => code) };
    }),
  );
  return {
    outcome: "possible",
    decided,
    changes: proven,
    after: await decide(applied(situation, needed)),
    smallest: proven.every(({ without }) => without.length > 0),
  };
}

export function applied(situation: Situation, changes: readonly Change[]): Situation {
  return changes.reduce((before, change) => change.apply(before), situation);
}

/** A minimal set of changes: leaving one out may make another unnecessary. */
async function reduced<D extends Decided>(
  situation: Situation,
  changes: readonly Change[],
  decide: Decide<D>,
): Promise<readonly Change[]> {
  let needed = changes;
  const candidates = KINDS.flatMap((kind) => changes.filter((change) => change.kind === kind).reverse());
  for (let before = -1; before !== needed.length;) {
    before = needed.length;
    for (const candidate of candidates.filter((change) => needed.includes(change))) {
      const rest = needed.filter((change) => change !== candidate);
      if ((await decide(applied(situation, rest))).decision === "allow") needed = rest;
    }
  }
  return needed;
}

interface Explained {
  readonly code: Reason["code"];
  readonly explanation: Explanation;
}

function explainedIn(situation: Situation, { reasons }: Decided): readonly Explained[] {
  return reasons.map(({ code }) => ({ code, explanation: explanationOf(situation, code) }));
}

/** Each change once, at its last place: a decision on a request is about what the request has become. */
function distinct(changes: readonly Change[]): readonly Change[] {
  const texts = changes.map(({ text }) => text);
  return changes.filter(({ text }, index) => texts.lastIndexOf(text) === index);
}

function textsOf(changes: readonly Change[]): string {
  return changes.map(({ text }) => text).join("\n");
}

function reasonsAgainst(explained: readonly Explained[]): { readonly code: Reason["code"]; readonly why: string }[] {
  const hopeless = explained.filter(({ explanation }) => explanation.hopeless !== undefined);
  const left = hopeless.length > 0 ? hopeless : explained;
  return left.map(({ code, explanation }) => ({
    code,
    why: explanation.hopeless ?? "what was tried for it did not help: it has to be looked at by hand",
  }));
}
