import fc from "fast-check";
import { pairs } from "../../support/iam/arbitrary-access";
import { disagreements } from "../../support/iam/disagreements";
import { depth } from "../../support/depth";

/** Generated pairs of accesses in all, together with those of `oracle.unknown-parts.test.ts` */
const PAIRS = depth(10_000, 250);
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const RUNS = Math.ceil((PAIRS * 0.8) / SEEDS.length);

test.each(SEEDS)(`says of all requests and witnesses what the oracle says: ${RUNS} pairs of seed %i`, (seed) => {
  fc.assert(
    fc.property(pairs(), (pair) => expect(disagreements(pair)).toEqual([])),
    { seed, numRuns: RUNS },
  );
});
