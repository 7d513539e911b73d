import { refusalOf } from "../refusal/refusal-of";
import type { Registry } from "../registry/registry";
import { aboutClaims } from "../token/about-claims";
import type { AccessTokenClaims } from "../token/access-token";
import { accessTokenClaims } from "../token/token-claims";
import type { State } from "./state";

export type StateOperationName = "open" | "outcome" | "outcomes" | "read" | "spend";

type Operation = (body: unknown, service: string) => Promise<unknown>;

/** The state interface, whose refusals name the caller for the log. Each throws Refusal only. */
export function namedOperations(
  state: Pick<State, StateOperationName>,
  registry: Registry,
): Readonly<Record<StateOperationName, Operation>> {
  const named =
    (operation: Operation): Operation =>
    async (body, service) => {
      try {
        return await operation(body, service);
      } catch (error) {
        const refusal = refusalOf(error);
        refusal.about = aboutClaims(claimsIn(body), registry);
        throw refusal;
      }
    };
  return {
    read: named((body) => state.read(body)),
    spend: named((body, service) => state.spend(body, service)),
    outcome: named((body, service) => state.outcome(body, service)),
    open: named((body) => state.open(body)),
    outcomes: named((body, service) => state.outcomes(body, service)),
  };
}

function claimsIn(body: unknown): AccessTokenClaims | undefined {
  const claims: unknown = typeof body === "object" && body !== null && "claims" in body ? body.claims : undefined;
  return accessTokenClaims(claims) ?? undefined;
}
