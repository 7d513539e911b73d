import { deepStrictEqual as equal } from "node:assert";
import fc from "fast-check";
import { byCedar } from "../../support/decisions/answerers";
import { recipes } from "../../support/decisions/generated";
import { oracle } from "../../support/decisions/oracle";
import { asked } from "../../support/decisions/recipe";
import type { Check, Suite } from "../harness/suite";
import { EditableOpa } from "./editable-opa";
import { seedOf } from "../../support/seed";

const REQUESTS = 5_000;

/** OPA and Cedar give one verdict on generated requests, each with a policy of its own, and it is what docs/decisions.md says. */
export function agreementChecks(suite: Suite, opa: Check<string>): void {
  suite.check(`agreement: OPA and Cedar on ${REQUESTS} generated requests`, [opa], async ([program], note) => {
    const served = await EditableOpa.start(suite, program);
    const cedar = byCedar();
    const seed = seedOf(note);
    let allowed = 0;
    const agrees = fc.asyncProperty(recipes, async (recipe) => {
      const one = asked(recipe);
      const verdict = await served.decide(one);
      equal(verdict, await cedar(one), "OPA answers otherwise than Cedar");
      equal(verdict, oracle(one), "both engines answer otherwise than docs/decisions.md");
      if (verdict.allow) allowed++;
    });
    await fc.assert(agrees, { numRuns: REQUESTS, seed });
    note(`${Math.round((100 * allowed) / REQUESTS)} % allowed`);
  });
}
