import type { User } from "../../../domain";
import type { Clock } from "../../clock";
import { MalformedToken } from "../../jose/compact";
import { KeysUnavailable } from "../../jose/key-source";
import type { IdTokens } from "../../people/id-tokens";
import type { AuthenticatedPerson } from "../../people/person";
import { Refusal } from "../../refusal/refusal";
import type { Registry } from "../../registry/registry";
import { isKillOrder, readKillOrder } from "./kill-order";
import type { Operator } from "./operator";

/**
 * @param body of the request, byte for byte
 * @throws Refusal `operator.unauthenticated` for each fault of an order, `operator.not-listed`, `person.*`; RegistryUnavailable
 */
export type OperatorOf = (request: Request, body: string) => Promise<Operator>;

export interface OperatorOfProps {
  /** The exchange's own https origin */
  readonly issuer: string;
  readonly registry: Registry;
  /** @throws Refusal `person.*`, RegistryUnavailable */
  readonly people: Pick<IdTokens, "of">;
  readonly clock: Clock;
}

/** The person that was refused, for the record alone: neither answer nor log names them */
const REFUSED = new WeakMap<Refusal, User>();

/** Who was authenticated, and is no operator; undefined for any other refusal */
export function refusedPerson(refusal: Refusal): User | undefined {
  return REFUSED.get(refusal);
}

/** RFC 6750 section 2.1 */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * Authenticates the sender of an order: the registry's kill switch, or a person in its operator groups. Client
 * certificates do not count: no agent is an operator.
 */
export function operatorOf({ issuer: audience, registry, people, clock }: OperatorOfProps): OperatorOf {
  return async (request, body) => {
    const [, token] = BEARER.exec(request.headers.get("authorization") ?? "") ?? [];
    if (token === undefined) throw unauthenticated(new Error("Authorization must have a Bearer token"));
    if (!isKillOrder(token)) return personOf(await people.of(token), registry);
    const { killSwitch } = registry.current();
    if (killSwitch === undefined) throw unauthenticated(new Error("the registry has no kill switch"));
    try {
      return await readKillOrder(token, { audience, killSwitch, body, now: clock() });
    } catch (error) {
      if (error instanceof MalformedToken || error instanceof KeysUnavailable) throw unauthenticated(error);
      throw error;
    }
  };
}

/** @throws Refusal `operator.not-listed` */
function personOf({ issuer, subject, groups, authenticatedAt }: AuthenticatedPerson, registry: Registry): Operator {
  const operators = registry.current().people?.operators ?? [];
  if (!operators.some((group) => groups.has(group))) {
    const refusal = Refusal.of("operator.not-listed");
    REFUSED.set(refusal, { issuer, subject });
    throw refusal;
  }
  return { kind: "person", user: { issuer, subject }, authenticatedAt };
}

/** What is wrong goes into the log, never into the answer. */
function unauthenticated(cause: Error): Refusal {
  return Refusal.of("operator.unauthenticated", undefined, { cause });
}
