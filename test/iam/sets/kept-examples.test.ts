import fc from "fast-check";
import { Budget, TooComplex } from "../../../iam/sets/budget";
import { Glob } from "../../../iam/sets/glob";
import { keptExample } from "../../../iam/sets/private/kept-examples";
import { depth } from "../../support/depth";

const GLOBS = [
  ...(["action", "arn", "text", "caseless"] as const).map((kind) => Glob.of("a*", kind)),
  ...["a", "b", "${a}"].map((pattern) => Glob.of(pattern, "text")),
  Glob.of("${a}", "text").widest,
];

/** By their places in {@link GLOBS}; lists that are `shared` are the same from one question to the next. */
interface Question {
  readonly all: readonly (readonly number[])[];
  readonly none: readonly number[];
  readonly isShared: boolean;
  readonly steps: number;
}

/** `names` and `answers` have been forgotten after as many others, of which each of these asks. */
type Act = Question | "forget names" | "forget answers";

const listsOf = new Map<string, readonly Glob[]>();
const read = (places: readonly number[]) => places.map((place) => GLOBS[place] as Glob);
const sharedList = (places: readonly number[]) => {
  const key = places.join();
  const list = listsOf.get(key) ?? read(places);
  listsOf.set(key, list);
  return list;
};

/** What the set takes to be decided follows from it, and what is found is of no other set. */
function decided({ all, none }: Question, budget: Budget): string | undefined {
  budget.spend(all.flat().length + 2 * none.length);
  return none.length % 3 === 2 ? undefined : JSON.stringify([all, none]);
}

interface Outcome {
  readonly example: string | undefined;
  readonly spent: number;
}

const outcomeOf = (budget: Budget, find: () => string | undefined): Outcome | "too complex" => {
  try {
    return { example: find(), spent: budget.spent };
  } catch (error) {
    if (error instanceof TooComplex) return "too complex";
    throw error;
  }
};

function asked(question: Question): ReturnType<typeof outcomeOf> {
  const list = question.isShared ? sharedList : read;
  const budget = new Budget(question.steps);
  return outcomeOf(budget, () =>
    keptExample(question.all.map(list), list(question.none), budget, () => decided(question, budget)),
  );
}

const anything = [Glob.of("*", "text")];

/** Each takes a million characters to name. */
function forgetNames(): void {
  for (const more of [1, 2, 3, 4, 5]) {
    const long = new Array<Glob>(500_000 + more).fill(anything[0] as Glob);
    keptExample([long], [], new Budget(), () => undefined);
  }
}

function forgetAnswers(): void {
  for (let at = 0; at <= 20_000; at++) {
    const bits = [...at.toString(2)].map((bit) => GLOBS[Number(bit)] as Glob);
    keptExample([anything], bits, new Budget(), () => undefined);
  }
}

const places = (maxLength: number) => fc.array(fc.nat({ max: GLOBS.length - 1 }), { maxLength });
const question: fc.Arbitrary<Question> = fc.record({
  all: fc.array(places(3), { maxLength: 3 }),
  none: fc.oneof(
    { weight: 9, arbitrary: places(4) },
    // No name is made of so many.
    { weight: 1, arbitrary: places(3).map((few) => [...few, ...Array.from({ length: 65 }, () => 0)]) },
  ),
  isShared: fc.boolean(),
  steps: fc.oneof({ weight: 3, arbitrary: fc.constant(1000) }, { weight: 1, arbitrary: fc.nat({ max: 12 }) }),
});

const asking = (all: Question["all"], isShared: boolean): Question => ({ all, none: [], isShared, steps: 1000 });
const alone = GLOBS.map((_, place) => asking([[place]], true));
const pairs = GLOBS.map((_, place) => asking([[place, 0]], false));

test("an example that is known is of that set, at the price of finding it, after other questions that were forgotten", () => {
  let forgotten = 0;
  const acts = fc
    .uniqueArray(question, { minLength: 1, maxLength: 6 })
    .chain((some) =>
      fc.array(
        fc.oneof(
          { weight: 100, arbitrary: fc.constantFrom<Act>(...some, ...some.map((one) => ({ ...one, steps: 1000 }))) },
          { weight: 1, arbitrary: fc.constantFrom<Act>("forget names", "forget answers") },
        ),
        { minLength: 2, maxLength: 20 },
      ),
    );
  fc.assert(
    fc.property(acts, (all) => {
      for (const act of all) {
        if (typeof act === "string") {
          if (act === "forget names") forgetNames();
          else forgetAnswers();
          forgotten++;
          continue;
        }
        const budget = new Budget(act.steps);
        expect(asked(act)).toEqual(outcomeOf(budget, () => decided(act, budget)));
      }
    }),
    {
      numRuns: depth(1000),
      examples: [[[...alone, "forget names", ...pairs, ...alone]], [[...alone, "forget answers", ...pairs, ...alone]]],
    },
  );
  expect(forgotten).toBeGreaterThan(1);
});

test("of a set that is known nothing is looked for", () => {
  const all = [[GLOBS[0] as Glob], [GLOBS[5] as Glob]];
  let found = 0;
  const ask = () => keptExample(all, anything, new Budget(), () => String((found += 1)));
  expect([
    ask(),
    ask(),
    keptExample(
      [...all].map((list) => [...list]),
      anything,
      new Budget(),
      () => "other",
    ),
  ]).toEqual(["1", "1", "1"]);
});
