import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { Budget } from "../../../iam/sets/budget";
import type { GlobKind } from "../../../iam/sets/glob";
import { exampleOf } from "../../../iam/sets/text-set";
import { globOf, readSet } from "../../support/iam/arbitrary-globs";
import type { PlainSet } from "../../support/iam/plain-glob";
import { depth, DRAW_SEED } from "../../support/depth";

const Z3 = join(__dirname, "../../support/iam/z3-verdicts.ts");
const SETS = depth(300, 30);

/** What of `a` and `b` is outside of `c`, each of one or two patterns. */
const triple: fc.Arbitrary<PlainSet> = fc.constantFrom<GlobKind>("text", "arn", "action").chain((kind) => {
  const list = fc.array(globOf(["a", "b", "A", ":", "*", "*", "?"], [kind]), { minLength: 1, maxLength: 2 });
  return fc.record({ all: fc.tuple(list, list), none: list });
});

test("z3 finds a text in the same sets, of those that it can decide", () => {
  const seed = DRAW_SEED;
  const sets = fc.sample(triple, { numRuns: SETS, seed });
  const input = JSON.stringify(sets);
  const output = execFileSync(process.execPath, ["-r", "@swc-node/register", Z3], { input, encoding: "utf8" });

  const verdicts = output.trim().split("\n");
  const isOpen = (_: unknown, at: number) => verdicts[at] === "unknown";
  const disagreements = sets.filter((set, at) => {
    const found = exampleOf(readSet(set), new Budget()) === undefined ? "unsat" : "sat";
    return verdicts[at] !== "unknown" && verdicts[at] !== found;
  });
  process.stdout.write(`z3: seed ${seed}, ${SETS} sets, ${sets.filter(isOpen).length} undecided by z3\n`);
  expect({ seed, count: verdicts.length, disagreements }).toEqual({ seed, count: SETS, disagreements: [] });
  for (const verdict of ["sat", "unsat"]) {
    expect(verdicts.filter((each) => each === verdict).length).toBeGreaterThan(SETS / 10);
  }
});
