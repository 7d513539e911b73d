import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ReadCache } from "../../../review/read/folder/folder";
import { synthesize } from "../../support/example-app";
import type { Edit } from "../../support/review/edit";
import { estateOf, filesOf, withEdits } from "../../support/review/folders";
import { reviewed } from "../../support/review/reviewed";

/** Patterns of all that is said of a kind; a kind that is left out is not asked for. */
interface Case {
  readonly name: string;
  /** Of the example, before the pull request */
  readonly base?: readonly Edit[];
  readonly edits: readonly Edit[];
  readonly combinations?: readonly {
    readonly who: string;
    readonly code: string;
    readonly what: string;
    readonly isNew: boolean;
  }[];
  readonly misstated?: readonly (readonly [who: string, why: string])[];
  readonly undeclared?: readonly string[];
  readonly ungranted?: readonly string[];
}

const CASES = JSON.parse(readFileSync(join(__dirname, "../../cases/review/judgement.json"), "utf8")) as readonly Case[];

const example = filesOf(synthesize());
const once = new ReadCache();
const untouched = estateOf(example, once);

/** Each pattern must be there; where there is none, nothing may. */
const expectAll = (patterns: readonly string[] | undefined, said: readonly string[]): void => {
  if (patterns === undefined) return;
  const missing = patterns.filter((pattern) => !said.some((one) => new RegExp(pattern).test(one)));
  expect({ missing, said: missing.length > 0 || patterns.length === 0 ? said : [] }).toEqual({ missing: [], said: [] });
};

test.each(CASES.map((one) => [one.name, one] as const))("judges: %s", (_, one) => {
  const files = one.base === undefined ? example : withEdits(example, one.base);
  const before = one.base === undefined ? untouched : estateOf(files, once);
  const review = reviewed(before, estateOf(withEdits(files, one.edits), once));

  const held = review.agents.flatMap(({ id, combinations }) =>
    combinations.map(({ code, what, isNew }) => `${id} ${isNew ? "new" : "old"} ${code}: ${what}`),
  );
  expectAll(
    one.combinations?.map(({ who, code, what, isNew }) => `^${who} ${isNew ? "new" : "old"} ${code}: .*${what}`),
    held,
  );
  if (held.some((text) => / new /.test(text))) expect(review.requiresApproval).toBe(true);
  expectAll(
    one.misstated?.map(([who, why]) => `^${who}: the registry says .*${why}.*: synthesize again$`),
    review.agents.flatMap(({ id, unknown }) =>
      unknown.filter(({ why }) => why.startsWith("the registry says")).map(({ why }) => `${id}: ${why}`),
    ),
  );
  expectAll(
    one.undeclared,
    review.undeclared.map(({ what }) => what),
  );
  expectAll(
    one.ungranted,
    review.ungranted.map(({ what }) => what),
  );
});
