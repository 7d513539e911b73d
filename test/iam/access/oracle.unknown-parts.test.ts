import fc from "fast-check";
import { PreparedAccess } from "../../../iam/access/decide";
import { difference } from "../../../iam/access/difference";
import { type Access, type Pair, pairs, requestsOf, SUBSTITUTIONS } from "../../support/iam/arbitrary-access";
import { allows } from "../../support/iam/brute-force";
import { disagreements } from "../../support/iam/disagreements";
import { depth } from "../../support/depth";

/** Generated pairs of accesses in all, together with those of `oracle.test.ts` */
const PAIRS = depth(10_000, 200);
const SEEDS = [1, 2, 3, 4];
const RUNS = Math.ceil((PAIRS * 0.2) / SEEDS.length);

test.each(SEEDS)(`says of all requests and witnesses what the oracle says: ${RUNS} pairs of seed %i`, (seed) => {
  fc.assert(
    fc.property(pairs(true), (pair) => expect(disagreements(pair)).toEqual([])),
    { seed, numRuns: RUNS },
  );
});

function substituted(access: Access, texts: Readonly<Record<string, string>>): Access {
  const json = Object.entries(texts).reduce((all, [part, text]) => all.replaceAll(part, text), JSON.stringify(access));
  return JSON.parse(json) as Access;
}

function disagreementsAs(texts: Readonly<Record<string, string>>, pair: Pair): readonly string[] {
  const told = difference(pair.base, pair.head).gained.length > 0;
  const prepared = new PreparedAccess(pair.head);
  const base = substituted(pair.base, texts);
  const head = substituted(pair.head, texts);
  const plain = { ...pair, vocabulary: { ...pair.vocabulary, isOpaque: false } };
  return requestsOf(plain).flatMap((request) => {
    const allowed = allows(head, request);
    const { verdict } = prepared.decide(request);
    return [
      ...(!told && allowed && !allows(base, request) ? [`missed: ${JSON.stringify(request)}`] : []),
      ...(verdict === (allowed ? "denied" : "allowed") ? [`${verdict}: ${JSON.stringify(request)}`] : []),
    ];
  });
}

test.each(SEEDS)(`holds for all values of unknown parts: ${RUNS} pairs of seed %i`, (seed) => {
  fc.assert(
    fc.property(fc.constantFrom(...SUBSTITUTIONS), pairs(true), (texts, pair) =>
      expect(disagreementsAs(texts, pair)).toEqual([]),
    ),
    { seed, numRuns: RUNS },
  );
});
