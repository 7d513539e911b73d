import type { Ledger } from "../../audit/audit";
import type { Clock } from "../../clock";
import { refusalOf } from "../../refusal/refusal-of";
import { userDigest } from "../../store/user-digest";
import { Refusals } from "../../token/refusals";
import { refusedPerson } from "./authentication";
import type { Operator } from "./operator";

/** Endpoint of a refused request */
export type OperatorRequest = "erasures" | "restorations" | "revocations" | "revoked";

/** Requests of all who have not proved who they are are alike, so that they cannot fill the log. */
const UNKNOWN = "unauthenticated";

/**
 * Records refusals to operators and to others who called the interface: the first one in full, and equal ones within a
 * minute as a count (token/repeats.ts).
 */
export class RefusedOrders {
  private readonly refusals: Refusals;

  constructor(
    ledger: Ledger,
    private readonly clock: Clock,
    onFailure: (error: unknown) => void,
  ) {
    this.refusals = new Refusals(ledger, onFailure);
  }

  /** Never throws. @param operator undefined if the request was refused before its operator was known */
  public async record(asked: OperatorRequest, operator: Operator | undefined, error: unknown): Promise<void> {
    const refusal = refusalOf(error);
    const person = refusedPerson(refusal);
    const by = byWhom(operator) ?? (person === undefined ? {} : { by: userDigest(person) });
    const codes = refusal.reasons.map(({ code }) => code);
    const facts = { asked, ...by, error: refusal.error, codes };
    const [caller = UNKNOWN] = Object.values(by);
    await this.refusals.record({ kind: "operator.refused", time: this.clock(), facts }, refusal, { spiffeId: caller });
  }
}

function byWhom(operator: Operator | undefined): { readonly [name: string]: string } | undefined {
  if (operator === undefined) return undefined;
  return operator.kind === "person" ? { by: userDigest(operator.user) } : { killSwitch: operator.issuer };
}
