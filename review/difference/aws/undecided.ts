import type { Difference } from "../../../iam/access/difference";
import type { Unknown } from "../../change";

/** What nobody can read here decides whether it is a gain. */
export function undecided({ gained, undecided: open }: Difference): readonly Unknown[] {
  return [
    ...gained
      .filter(({ certain }) => !certain)
      .map(({ action, resource, statement, unknown }) => ({
        what: `${action} on ${resource}`,
        why: `it depends on ${unknown.join(" and ")}`,
        source: { address: statement.source },
      })),
    ...open.map(({ statement, why }) => ({
      what: `whether ${statement.source} allows more than before`,
      why,
      source: { address: statement.source },
    })),
  ];
}
