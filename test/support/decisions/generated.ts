import fc from "fast-check";
import { bases } from "./cases";
import { TIMES } from "./example-names";
import { policyChange } from "./policy-changes";
import type { Change, Recipe } from "./recipe";
import { controlChange, observableChange, requestChange } from "./request-changes";

const BASES = [...bases.keys()];
const DELEGATED = BASES.filter((name) => / for | to search/.test(name));
const CONTROLLED = BASES.filter((name) => /refund|pays out|searches/.test(name));

const upTo = (most: number, change: fc.Arbitrary<Change>): fc.Arbitrary<Change[]> =>
  fc.array(change, { maxLength: most, size: "max" });

const from = (
  names: readonly string[],
  request: fc.Arbitrary<Change[]>,
): fc.Arbitrary<Pick<Recipe, "base" | "request">> => fc.record({ base: fc.constantFrom(...names), request });

const toPublic = fc.constantFrom<Change[][]>([{ path: ["session", "mark"], value: "public" }], []);

/** The task observed or just not, mostly in a session that has read nothing that forbids it */
const observed: fc.Arbitrary<Pick<Recipe, "request" | "policy">> = fc.record({
  request: fc.tuple(toPublic, upTo(2, observableChange)).map((changes) => changes.flat()),
  policy: fc.tuple(fc.constantFrom(...TIMES.end), fc.boolean()).map(([value, intentRequired]) => [
    { path: ["agents", "@agent", "tasks", "@task", "observeUntil"], value },
    { path: ["intentRequired"], value: intentRequired },
  ]),
});

/** Requests that are mostly plausible, each with the policy that decides: an allowed one with a few fields moved on either side */
export const recipes: fc.Arbitrary<Recipe> = fc
  .record({
    request: fc.oneof(
      { weight: 4, arbitrary: from(BASES, upTo(4, requestChange)) },
      { weight: 2, arbitrary: from(DELEGATED, upTo(3, requestChange)) },
      { weight: 2, arbitrary: from(CONTROLLED, upTo(2, controlChange)) },
    ),
    policy: upTo(3, policyChange),
    observed: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: observed }),
    revision: fc.oneof({ weight: 19, arbitrary: fc.constant(7) }, { weight: 1, arbitrary: fc.constantFrom(0, 6, 8) }),
  })
  .map(({ request, policy, observed, revision }) => ({
    base: request.base,
    request: [...(observed?.request ?? []), ...request.request],
    policy: [...(observed?.policy ?? []), ...policy],
    revision,
  }));
