import { randomUUID } from "node:crypto";
import { KILL_ORDER_SECONDS, KILL_ORDER_TYPE } from "../../domain/kill-order";
import { bodyDigest } from "../jose/body-digest";
import { type Sign, signedCompact } from "../jose/compact";
import type { KillSwitchConfig } from "./config";

/**
 * What proves an order to the exchange (docs/exchange.md, "The operator interface"): good for one minute, once, and this body alone
 *
 * @param now whole seconds since the epoch
 */
export async function orderToken(
  { issuer, exchange, key }: Pick<KillSwitchConfig, "exchange" | "issuer" | "key">,
  body: string,
  now: number,
  sign: Sign,
): Promise<string> {
  const header = { alg: "ES256", kid: key, typ: KILL_ORDER_TYPE };
  const claims = {
    iss: issuer,
    aud: exchange.issuer,
    jti: randomUUID(),
    iat: now,
    exp: now + KILL_ORDER_SECONDS,
    body: bodyDigest(body),
  };
  return signedCompact(header, claims, sign);
}
