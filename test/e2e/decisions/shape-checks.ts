import { deepStrictEqual as equal } from "node:assert";
import { join } from "node:path";
import fc from "fast-check";
import { checkInput, type DecisionInput } from "../../../domain";
import { bases } from "../../support/decisions/cases";
import { edited } from "../../support/decisions/edit";
import type { Check, Suite } from "../harness/suite";
import { withOpa } from "./opa-cases";
import { seedOf } from "../../support/seed";

const RUNS = 5_000;

/** Values that are of the contract in one place or another, and their neighbours */
const near = fc.constantFrom<unknown>(
  ...[null, true, false, 0, 1, -1, 0.5, 1e12, 1e12 + 1, 1e15, 1e15 + 2, 1e21, 5e-324, "", "a", "call", "issue"],
  ...["user", "verified", "public", "agent", "ambit.decision/2", "\u0000", "😀".repeat(1024), "😀".repeat(1025)],
  ...["x".repeat(2048), "x".repeat(2049), `sha256:${"0".repeat(64)}`, `sha256:${"0".repeat(65)}`],
  ...[[], {}, [[]], [{}], ["a"], ["a", "a"], ["agent", "user"], [null], { a: 1 }, { a: { spent: 1, cost: 1 } }],
  ...[16, 17, 64, 65, 256, 257].map((length) => Array.from({ length }, (_, index) => `entry-${index}`)),
);
const value = fc.oneof({ weight: 3, arbitrary: near }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });

/** One change somewhere in an allowed request */
const changed = fc.constantFrom(...bases.values()).chain((base) =>
  fc.constantFrom(...pathsIn(base)).chain((path) =>
    fc.oneof(
      value.map((to) => edit(base, path, to)),
      fc.constant(undefined).map(() => edit(base, path, { $delete: true })),
      fc.tuple(fc.constantFrom("more", "__proto__", "", "version"), value).map(([key, to]) => {
        return edit(base, [...path, key], { $add: to });
      }),
    ),
  ),
);

/** OPA and the check before it draw the same line, and OPA has an answer to everything. */
export function shapeChecks(suite: Suite, opa: Check<string>, folder: string): void {
  suite.check(`shape: OPA takes ${RUNS} generated values for what the contract says`, [opa], ([program], note) =>
    withOpa(program, join(folder, "f"), async ({ engine }) => {
      const seed = seedOf(note);
      let requests = 0;
      const agrees = fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: changed }, value), async (sent) => {
        // As it arrives: JSON knows no minus zero.
        const input = JSON.parse(JSON.stringify(sent)) as DecisionInput;
        const { reasons } = await engine.decide(input);
        const found = reasons.filter((code) => code.startsWith("input."));
        const checked = checkInput(input);
        equal(found, checked.ok ? [] : [checked.problem.code]);
        if (checked.ok) requests++;
        else equal(reasons, found);
      });
      await fc.assert(agrees, { numRuns: RUNS, seed });
      note(`${Math.round((100 * requests) / RUNS)} % are requests`);
    }),
  );
}

/** The value as it is, where the edit cannot be made or changes nothing */
function edit(base: unknown, path: readonly string[], to: unknown): unknown {
  try {
    return edited(base, [[path, to]], "generated");
  } catch {
    return base;
  }
}

function pathsIn(node: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof node !== "object" || node === null) return [path];
  const below = Object.entries(node).flatMap(([key, entry]) => pathsIn(entry, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}
