import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AccessIn } from "../../review/access/access-in";
import { BlastRadii } from "../../review/blast-radius/blast-radii";
import type { Change } from "../../review/change";
import { reviewOf } from "../../review/pull-request/review-of";
import { ReadCache } from "../../review/read/folder/folder";
import type { Estate } from "../../review/read/resource";
import { synthesize } from "../support/example-app";
import type { Edit } from "../support/review/edit";
import { estateOf, filesOf, withEdits } from "../support/review/folders";

/** Whether every text is another one, which says nothing and begins and ends with nothing that it said before */
const mockReworded = { is: false };

jest.mock("../../review/reach/aws/words", () => mockTexts("../../review/reach/aws/words"));

/** The module, of which each function gives another text where texts are reworded: equal ones where they were equal */
function mockTexts(path: string): object {
  const actual = jest.requireActual<Record<string, (...args: readonly unknown[]) => string>>(path);
  const known = new Map<string, string>();
  const other = (text: string): string => {
    const word = known.get(text) ?? `${known.size} ${path.length}`;
    known.set(text, word);
    return word;
  };
  return Object.fromEntries(
    Object.entries(actual).map(([name, text]) => [
      name,
      (...args: readonly unknown[]) => (mockReworded.is ? other(text(...args)) : text(...args)),
    ]),
  );
}

function both<Value>(act: () => Value): readonly [Value, Value] {
  mockReworded.is = false;
  const before = act();
  mockReworded.is = true;
  const after = act();
  mockReworded.is = false;
  return [before, after];
}

interface Case {
  readonly name: string;
  readonly base?: readonly Edit[];
  readonly edits: readonly Edit[];
}

const cases = (name: string): readonly Case[] =>
  (JSON.parse(readFileSync(join(__dirname, `../cases/review/${name}.json`), "utf8")) as readonly Case[]).filter(
    ({ edits }) => edits?.some(({ at }) => at?.includes("aws_")),
  );

const example = filesOf(synthesize());
const once = new ReadCache();
const sorted = (texts: readonly unknown[]) => texts.map((one) => JSON.stringify(one)).sort();
const folds = (some: readonly Change[]) =>
  sorted(some.map(({ kind, source, showing }) => [kind, source.address, source.also?.length, showing?.fold]));

/** All that a review decides, without its texts */
function decided(base: Estate, head: Estate): object {
  const { agents, undeclared, ungranted, unknown, requiresApproval } = reviewOf(base, head);
  return {
    requiresApproval,
    agents: agents.map((one) => ({
      id: one.id,
      gains: folds(one.gains),
      losses: folds(one.losses),
      unknown: sorted(one.unknown.map(({ source }) => source.address)),
      combinations: sorted(one.combinations.map(({ code, isNew }) => [code, isNew])),
      risk: one.risk,
    })),
    undeclared: folds(undeclared),
    ungranted: folds(ungranted),
    unknown: unknown.length,
  };
}

test.each([...cases("pull-requests"), ...cases("judgement")].map((one) => [one.name, one] as const))(
  "other texts for ways, layers and requests change no verdict: %s",
  (_, { base, edits }) => {
    const files = base === undefined ? example : withEdits(example, base);
    const before = estateOf(files, once);
    const after = estateOf(withEdits(files, edits), once);
    const [plain, reworded] = both(() => decided(before, after));
    expect(reworded).toEqual(plain);
  },
);

test("nor a blast radius, its paths and its lifetimes", () => {
  const estate = estateOf(example, once);
  const [plain, reworded] = both(() => {
    const access = new AccessIn(estate);
    const radii = new BlastRadii(estate);
    return [
      access.principals.map(({ id }) => {
        const { aws, unknown } = access.of(id);
        const pairs = aws.paths.map(({ isAssumed, pairs }) => [
          isAssumed,
          pairs.map((one) => [one.action, one.by.length]),
        ]);
        return [id, sorted(pairs), aws.roles.map(({ key, trusted }) => [key, trusted.length]), unknown.length];
      }),
      radii.names.map((name) => {
        const { reached, identities, unknown } = radii.of(name) ?? { reached: [], identities: [], unknown: [] };
        const things = reached.map(({ kind, target, does, gate, lasting, unknown }) => [
          ...[kind, target, does, gate, lasting.seconds],
          unknown === undefined,
        ]);
        return [name, sorted(things), sorted(identities.map((one) => [one.name, one.how, one.hop])), unknown.length];
      }),
    ];
  });
  expect(reworded).toEqual(plain);
});

test("all texts are others then", () => {
  const estate = estateOf(example, once);
  const [plain, reworded] = both(() => {
    const access = new AccessIn(estate);
    return access.principals.flatMap(({ id }) => access.of(id).aws.paths.map(({ name }) => name));
  });
  expect(plain.length).toBeGreaterThan(10);
  expect(plain.filter((text) => reworded.includes(text))).toEqual([]);
});
