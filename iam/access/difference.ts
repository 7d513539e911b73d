import { TooComplex } from "../sets/budget";
import type { Access, AccessRequest, SourcedStatement } from "./access";
import { type Candidate, candidates } from "./private/candidates";
import { Comparison, isForbidden } from "./private/comparison";
import { KnownAccess } from "./private/known-access";
import { patternsOf, type Pattern, type PatternKind } from "./private/patterns";
import { rulesOf } from "./private/rule";
import type { Finding } from "./private/witness";

export type { PatternKind } from "./private/patterns";

/** A pair of patterns of one Allow that lets through what was not let through before */
export interface Gained {
  /** The pattern of the Allow; `everything but …` for NotAction */
  readonly action: string;
  /** The pattern of the Allow; `everything but …` for NotResource, `*` where it names no resource */
  readonly resource: string;
  /** What the two texts are, for code, which reads no words */
  readonly kinds: { readonly action: PatternKind; readonly resource: PatternKind };
  readonly statement: SourcedStatement;
  /** Name of the path by which it is allowed */
  readonly path: string;
  /** One request that is allowed now and was not; parts `${…}` stand for what they name. */
  readonly witness: AccessRequest;
  /**
   * Each `${…}` counts as a name of its own, unlike every other in the policies. False: it is gained only if one of
   * them turns out to be something else, or depends on a test that cannot be read here.
   */
  readonly certain: boolean;
  /** What it depends on */
  readonly unknown: readonly string[];
}

export interface Undecided {
  readonly statement: SourcedStatement;
  readonly why: string;
}

export interface Difference {
  readonly gained: readonly Gained[];
  /** Allows that may or may not let through more than before; they count as if they did. */
  readonly undecided: readonly Undecided[];
}

export interface DifferenceOptions {
  /**
   * Steps that one question may take; beyond, it is undecided.
   *
   * @default - as a `Budget` has them
   */
  readonly steps?: number;
}

/** Statements of one access that may be given up on; policies that are meant to take long take no longer. */
const MOST_UNDECIDED = 20;

/**
 * What `head` allows and `base` does not.
 *
 * Exact: each pair of patterns with a gain is listed once for each path, with a request that shows it, and no other.
 */
export function difference(base: Access, head: Access, options: DifferenceOptions = {}): Difference {
  const before = rulesOf(base);
  const after = rulesOf(head);
  const asked = candidates(before, after);
  if (asked.length === 0) return { gained: [], undecided: [] };

  const comparison = new Comparison(before, after, options.steps);
  const gained: Gained[] = [];
  const undecided: Undecided[] = [];
  for (const candidate of asked) {
    const statement = candidate.rule.sourced;
    if (undecided.length >= MOST_UNDECIDED) {
      undecided.push({ statement, why: `${MOST_UNDECIDED} others of these policies take too many steps` });
      continue;
    }
    try {
      gained.push(...gainsOf(comparison, candidate));
    } catch (error) {
      if (!(error instanceof TooComplex)) throw error;
      undecided.push({ statement, why: error.message });
    }
  }
  return { gained, undecided };
}

/**
 * Whether `other` allows everything that `access` allows; false if that is undecided. One example decides.
 *
 * What there is to know of either by itself is kept with the object for further questions: neither may change.
 */
export function isWithin(access: Access, other: Access): boolean {
  const [before, after] = [KnownAccess.of(other), KnownAccess.of(access)];
  const asked = candidates(before.rules, after.rules);
  if (asked.length === 0) return true;
  const isShown = asked.some((candidate) => {
    const example = after.exampleOf(candidate);
    return example !== undefined && isForbidden(before.rules, example);
  });
  if (isShown) return false;
  const comparison = new Comparison(before.rules, after.rules, undefined);
  try {
    return asked.every((candidate) => comparison.find(candidate, []) === undefined);
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    return false;
  }
}

function gainsOf(comparison: Comparison, candidate: Candidate): readonly Gained[] {
  const whole = comparison.find(candidate, []);
  if (whole === undefined) return [];
  const { path, rule } = candidate;
  const { actions, resources } = patternsOf(rule);
  const found = (narrower: readonly Pattern[], wider: Finding): Finding | undefined => {
    if (narrower.every((pattern) => pattern.matches(wider.witness))) return wider;
    return likewise(comparison, candidate, narrower, wider) ?? comparison.find(candidate, narrower);
  };
  return actions.flatMap((action) => {
    const onAny = found([action], whole);
    if (onAny === undefined) return [];
    return resources.flatMap((resource) => {
      const one = found([action, resource], onAny);
      if (one === undefined) return [];
      const kinds = { action: action.kind, resource: resource.kind };
      return { action: action.text, resource: resource.text, kinds, statement: rule.sourced, path: path.name, ...one };
    });
  });
}

/** Most often the same request with the other action shows it too, which is quick to see. */
function likewise(
  comparison: Comparison,
  candidate: Candidate,
  patterns: readonly Pattern[],
  { witness, certain }: Finding,
): Finding | undefined {
  const [{ action } = {}] = patterns;
  if (action === undefined || !certain) return undefined;
  const request = { ...witness, action };
  const isShown = patterns.every((pattern) => pattern.matches(request)) && comparison.isShownBy(candidate, request);
  return isShown ? { witness: request, certain, unknown: [] } : undefined;
}
