import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ReadCache } from "../../review/read/folder/folder";
import { synthesize } from "../support/example-app";
import type { Edit } from "../support/review/edit";
import { estateOf, filesOf, withEdits } from "../support/review/folders";
import { reviewed } from "../support/review/reviewed";

interface Case {
  readonly name: string;
  /** Of the example, before the pull request */
  readonly base?: readonly Edit[];
  readonly edits: readonly Edit[];
  /** Patterns; `kind` is `unknown` for what cannot be decided */
  readonly gains: readonly { readonly who: string; readonly kind: string; readonly what: string }[];
}

const CASES = JSON.parse(
  readFileSync(join(__dirname, "../cases/review/pull-requests.json"), "utf8"),
) as readonly Case[];

const example = filesOf(synthesize());
const once = new ReadCache();
const untouched = estateOf(example, once);

const changesOf = ({ base, edits }: Case) => {
  const files = base === undefined ? example : withEdits(example, base);
  const before = base === undefined ? untouched : estateOf(files, once);
  const review = reviewed(before, estateOf(withEdits(files, edits), once));
  const gained = review.agents.flatMap(({ id, gains, unknown }) => [
    ...gains.map(({ kind, what }) => ({ who: id, kind: kind as string, what })),
    ...unknown.map(({ what }) => ({ who: id, kind: "unknown", what })),
  ]);
  return { review, gained: [...gained, ...review.unknown.map(({ what }) => ({ who: "", kind: "unknown", what }))] };
};

const attacks = CASES.filter(({ gains }) => gains.length > 0);
const harmless = CASES.filter(({ gains }) => gains.length === 0);

test("there are at least 25 attacks and 15 changes that are none", () => {
  expect(attacks.length).toBeGreaterThanOrEqual(25);
  expect(harmless.length).toBeGreaterThanOrEqual(15);
});

test.each(attacks.map((one) => [one.name, one] as const))("reports: %s", (_, one) => {
  const { review, gained } = changesOf(one);
  expect(review.requiresApproval).toBe(true);
  for (const { who, kind, what } of one.gains) {
    const [whose, which] = [new RegExp(`^(?:${kind})`), new RegExp(what)];
    const found = gained.filter((gain) => gain.who === who && whose.test(gain.kind) && which.test(gain.what));
    expect({ who, kind, what, found: found.length > 0, gained: found.length > 0 ? [] : gained }).toMatchObject({
      found: true,
    });
  }
});

test.each(harmless.map((one) => [one.name, one] as const))("reports no gain: %s", (_, one) => {
  const { review, gained } = changesOf(one);
  expect(gained).toEqual([]);
  expect(review.requiresApproval).toBe(false);
});
