import type { AskedOrder } from "./asked";
import type { KillSwitchConfig } from "./config";
import { answerIn, namesOrdered } from "./operator-answer";
import type { Sign } from "../jose/compact";
import { orderToken } from "./order-token";
import type { StillWorks } from "./result";
import type { Answered, Sent } from "../workload-api/https-send";
import { failureOf } from "./tried";

export interface ExchangeStepProps {
  readonly config: Pick<KillSwitchConfig, "exchange" | "issuer" | "key">;
  readonly sign: Sign;
  readonly send: (sent: Sent) => Promise<Answered>;
  /** Milliseconds since the epoch */
  readonly now: () => number;
}

/** What the exchange tells of what it has stopped */
export interface ExchangeTold {
  readonly already: boolean;
  /** Of a chain whose run is not known */
  readonly known?: false;
  /** Only of an agent, as the rest */
  readonly horizon?: readonly StillWorks[];
  /** ARNs of its roles in AWS */
  readonly roles?: readonly string[];
}

const PATH = "/operator/revocations";
/** A request that did not arrive in time, and too many of them: a later try may pass (RFC 9110 section 15.5.9, RFC 6585 section 4) */
const PASSING: readonly number[] = [408, 429];

/**
 * Revoke at the exchange, once: from then on it and the gateway refuse.
 *
 * @throws Refused if it answered with a refusal; Error where it did not answer, or could not carry the order out
 */
export async function revokedAtExchange(
  { config, sign, send, now }: ExchangeStepProps,
  order: AskedOrder["order"],
): Promise<ExchangeTold> {
  const { issuer, address = issuer, ca, spiffeId } = config.exchange;
  const body = JSON.stringify(order);
  const token = await orderToken(config, body, Math.floor(now() / 1_000), sign);
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const { status, text } = await send({ method: "POST", address: `${address}${PATH}`, headers, body, ca, spiffeId });
  if (status === 200) return toldIn(text, order);
  throw failureOf(status, `the exchange answered ${status}${codesIn(text)}`, PASSING);
}

function toldIn(text: string, order: AskedOrder["order"]): ExchangeTold {
  const answer = answerIn(text);
  if (typeof answer.revoked_at !== "number" || !namesOrdered(answer, order)) {
    throw new Error(`the answer is 200 and does not say that ${order.kind} is revoked: is it the exchange's address?`);
  }
  const { already, known, horizon, roles } = answer as Partial<ExchangeTold>;
  return {
    already: already === true,
    ...(known === false && { known }),
    ...(Array.isArray(horizon) && { horizon }),
    ...(Array.isArray(roles) && { roles }),
  };
}

function codesIn(text: string): string {
  try {
    const { reasons } = JSON.parse(text) as {
      readonly reasons: readonly { readonly code: string; readonly what?: string }[];
    };
    return `, ${reasons.map(({ code, what }) => (what === undefined ? code : `${code}: ${what}`)).join(", ")}`;
  } catch {
    return "";
  }
}
