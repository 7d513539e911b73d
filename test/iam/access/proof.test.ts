import fc from "fast-check";
import { PreparedAccess } from "../../../iam/access/decide";
import { difference } from "../../../iam/access/difference";
import { type Access, type Pair, pairs, requestsOf, SUBSTITUTIONS } from "../../support/iam/arbitrary-access";
import { allows } from "../../support/iam/brute-force";
import { isTold, mayBeGained } from "../../support/iam/compare";

/** Generated pairs of accesses in all; more of them by AMBIT_IAM_PAIRS */
const PAIRS = Number(process.env["AMBIT_IAM_PAIRS"] ?? 10_000);
const SEEDS = [1, 2, 3, 4];
const PLAIN = Math.ceil((PAIRS * 0.8) / SEEDS.length);
const UNKNOWN = Math.ceil((PAIRS * 0.2) / SEEDS.length);

/** What the oracle and the code say differently, in words */
function disagreements(pair: Pair): readonly string[] {
  const { base, head } = pair;
  const { gained, undecided } = difference(base, head);
  const prepared = new PreparedAccess(head);
  const wrong = undecided.map(({ why }) => why);
  for (const { witness, certain, unknown } of gained) {
    if (certain !== (unknown.length === 0)) wrong.push(`certain, but for ${unknown.join()}`);
    const isGained = certain ? allows(head, witness) && !allows(base, witness) : mayBeGained(base, head, witness);
    if (!isGained) wrong.push(`not gained: ${JSON.stringify(witness)}`);
  }
  for (const request of requestsOf(pair)) {
    const allowed = allows(head, request);
    const { verdict } = prepared.decide(request);
    if (verdict !== "unknown" && verdict !== (allowed ? "allowed" : "denied")) {
      wrong.push(`decided as ${verdict}: ${JSON.stringify(request)}`);
    }
    if (verdict === "unknown" && !pair.vocabulary.isOpaque) wrong.push(`not decided: ${JSON.stringify(request)}`);
    if (allowed && !allows(base, request) && !isTold(gained, head, request)) {
      wrong.push(`missed: ${JSON.stringify(request)}`);
    }
  }
  return wrong;
}

test.each(SEEDS)(`agrees with the oracle on ${PLAIN} pairs of seed %i`, (seed) => {
  fc.assert(
    fc.property(pairs(), (pair) => expect(disagreements(pair)).toEqual([])),
    { seed, numRuns: PLAIN },
  );
});

test.each(SEEDS)(`agrees with the oracle on ${UNKNOWN} pairs with unknown parts of seed %i`, (seed) => {
  fc.assert(
    fc.property(pairs(true), (pair) => expect(disagreements(pair)).toEqual([])),
    { seed, numRuns: UNKNOWN },
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

test.each(SEEDS)(`holds whatever unknown parts turn out to be: ${UNKNOWN} pairs of seed %i`, (seed) => {
  fc.assert(
    fc.property(fc.constantFrom(...SUBSTITUTIONS), pairs(true), (texts, pair) =>
      expect(disagreementsAs(texts, pair)).toEqual([]),
    ),
    { seed, numRuns: UNKNOWN },
  );
});
