import type { Json } from "../../../domain";
import { type Finding, findingHash, findingId } from "../finding";
import type { Rule, Violation } from "../rule";

/** Where findings stand, and what they rest on */
export interface FindingPlace extends Pick<Finding, "address" | "path" | "stack"> {
  /** Digest; asked for when a hash is read */
  readonly basis: () => string;
}

/** What a rule refuses in one block: the same in two places is one finding, which is another as soon as one of them is. */
export function findingsOf(rule: Rule, violations: readonly Violation[], place: FindingPlace): readonly Finding[] {
  const byWhat = new Map<string, Violation[]>();
  for (const violation of violations) {
    const known = byWhat.get(violation.what);
    if (known === undefined) byWhat.set(violation.what, [violation]);
    else known.push(violation);
  }
  return [...byWhat.values()].map((same) => findingOf(rule, same, place));
}

function findingOf(rule: Rule, violations: readonly Violation[], { basis, ...place }: FindingPlace): Finding {
  const [{ what, at }] = violations as readonly [Violation];
  const [evidence, ...more] = distinct(violations.map((each) => each.evidence)) as readonly [Json, ...Json[]];
  let hash: string | undefined;
  return {
    rule,
    what,
    at,
    alsoAt: [...new Set(violations.map((each) => each.at))].filter((each) => each !== at),
    evidence: more.length === 0 ? evidence : [evidence, ...more],
    ...place,
    id: findingId(rule, what),
    get hash() {
      return (hash ??= findingHash(rule, { what, evidence: violations.map((each) => each.evidence) }, basis()));
    },
  };
}

function distinct(values: readonly Json[]): readonly Json[] {
  return [...new Map(values.map((each) => [JSON.stringify(each), each])).values()];
}
