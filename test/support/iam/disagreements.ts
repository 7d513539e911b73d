import { PreparedAccess } from "../../../iam/access/decide";
import { difference } from "../../../iam/access/difference";
import { type Pair, requestsOf } from "./arbitrary-access";
import { allows } from "./brute-force";
import { isTold, mayBeGained } from "./compare";

/** What the oracle and iam/access say differently of all requests and all witnesses, in words */
export function disagreements(pair: Pair): readonly string[] {
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
