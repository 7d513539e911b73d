import type { Clock } from "../../clock";
import { MalformedToken } from "../../jose/compact";
import { KeysUnavailable } from "../../jose/key-source";
import { Refusal } from "../../refusal/refusal";
import type { Registry } from "../../registry/registry";
import { isKillOrder, readKillOrder } from "./kill-order";
import type { Operator } from "./operator";

/**
 * @param body of the request, byte for byte
 * @throws Refusal `operator.unauthenticated`, whatever is wrong; RegistryUnavailable
 */
export type OperatorOf = (request: Request, body: string) => Promise<Operator>;

export interface OperatorOfProps {
  /** The exchange's own https origin */
  readonly issuer: string;
  readonly registry: Registry;
  readonly clock: Clock;
}

/** RFC 6750 section 2.1 */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** Who gives an order: the kill switch of the registry. A client's certificate says nothing here: no agent is an operator. */
export function operatorOf({ issuer: audience, registry, clock }: OperatorOfProps): OperatorOf {
  return async (request, body) => {
    const [, token] = BEARER.exec(request.headers.get("authorization") ?? "") ?? [];
    if (token === undefined) throw unauthenticated(new Error("Authorization must have a Bearer token"));
    const { killSwitch } = registry.current();
    if (killSwitch === undefined || !isKillOrder(token)) throw unauthenticated(new Error("it is no order"));
    try {
      return await readKillOrder(token, { audience, killSwitch, body, now: clock() });
    } catch (error) {
      if (error instanceof MalformedToken || error instanceof KeysUnavailable) throw unauthenticated(error);
      throw error;
    }
  };
}

/** What is wrong goes into the log, never into the answer. */
function unauthenticated(cause: Error): Refusal {
  return Refusal.of("operator.unauthenticated", undefined, { cause });
}
