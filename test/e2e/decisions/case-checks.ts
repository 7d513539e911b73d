import { deepStrictEqual as equal, ok } from "node:assert";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { DecisionInput, PolicyDocument, Verdict } from "../../../domain";
import { type DecisionCase, decisionCases } from "../../support/decisions/cases";
import { request } from "../../support/decisions/request";
import type { Check, Suite } from "../harness/suite";
import { type LocalOpa, withOpa } from "./opa-cases";

const TIMED = 2_000;
const SHOWN = 10;

/**
 * Every hand-written case, on the OPA that ships, asked as the authorizer asks it. What JSON writes otherwise, as it does
 * with minus zero, is refused before OPA is asked.
 */
export function caseChecks(suite: Suite, opa: Check<string>, folder: string): void {
  suite.check("cases: OPA decides each as it is written", [opa], async ([program], note) => {
    const cases = decisionCases().filter(({ input }) => isDeepStrictEqual(JSON.parse(JSON.stringify(input)), input));
    const wrong = await withOpa(program, join(folder, "c"), (local) => differing(local, cases));
    equal(wrong.slice(0, SHOWN), [], `${wrong.length} of ${cases.length} cases are decided otherwise`);
    note(`${cases.length} cases, ${new Set(cases.map(({ policy }) => policy)).size} policies`);
  });

  suite.check("cases: an input that is not a request is refused as input.malformed alone", [opa], ([program]) =>
    withOpa(program, join(folder, "m"), async ({ engine }) => {
      for (const value of [undefined, null, true, 0, "", "input", [], [request()], {}, { input: request() }]) {
        const verdict = await engine.decide(value as unknown as DecisionInput);
        equal(
          verdict,
          { allow: false, reasons: ["input.malformed"], observed: [], revision: 7 },
          JSON.stringify(value),
        );
      }
    }),
  );

  suite.check("cases: how long a decision takes", [opa], ([program], note) =>
    withOpa(program, join(folder, "t"), async ({ engine }) => {
      const times: number[] = [];
      for (let round = 0; round < TIMED; round++) {
        const start = performance.now();
        ok((await engine.decide(request())).allow);
        times.push(performance.now() - start);
      }
      const sorted = times.sort((a, b) => a - b);
      const at = (part: number): string => (sorted[Math.floor(part * TIMED)] as number).toFixed(2);
      note(`over the socket, one after the other: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
    }),
  );
}

/** Cases of the same policy one after the other, so that it is put in once */
async function differing(opa: LocalOpa, cases: readonly DecisionCase[]): Promise<readonly object[]> {
  const wrong: object[] = [];
  for (const group of grouped(cases)) {
    const [first] = group;
    await opa.decideBy(first.policy, first.revision);
    for (const one of group) {
      const { file, name, expected, revision } = one;
      const got = await opa.engine.decide(one.input as DecisionInput);
      if (!same(got, { ...expected, revision })) wrong.push({ case: `${file}: ${name}`, expected, got });
    }
  }
  return wrong;
}

function same(got: Verdict, expected: DecisionCase["expected"] & { readonly revision: number }): boolean {
  return (
    got.allow === (expected.decision === "allow") &&
    got.reasons.join() === expected.reasons.join() &&
    got.observed.join() === expected.observed.join() &&
    got.revision === expected.revision
  );
}

function grouped(cases: readonly DecisionCase[]): readonly [DecisionCase, ...DecisionCase[]][] {
  const groups = new Map<PolicyDocument, Map<number, [DecisionCase, ...DecisionCase[]]>>();
  for (const one of cases) {
    const revisions = groups.get(one.policy) ?? new Map<number, [DecisionCase, ...DecisionCase[]]>();
    groups.set(one.policy, revisions);
    const group = revisions.get(one.revision);
    if (group === undefined) revisions.set(one.revision, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((revisions) => [...revisions.values()]);
}
