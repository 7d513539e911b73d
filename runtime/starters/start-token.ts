import { hash } from "node:crypto";
import { LIMITS, START_TOKEN_TYPE } from "../../domain";
import { type Sign, signedCompact } from "../jose/compact";
import type { StarterConfig } from "./config";

export interface TokenFor {
  readonly config: Pick<StarterConfig, "agent" | "audience" | "issuer" | "key" | "task">;
  /** Claim `jti` */
  readonly id: string;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/**
 * One occasion always yields the same id, so that an event that is delivered twice starts once. `use` rises if a token
 * is used up and the agent has certainly not received the request.
 */
export function startId(starter: string, occasion: string, use: number): string {
  return hash("sha256", JSON.stringify([starter, occasion, use]), "base64url");
}

/** What proves a start to the exchange (docs/exchange.md, "Evidence"): a JWS of `ambit-start+jwt`, good for five minutes */
export async function startToken({ config, id, now }: TokenFor, sign: Sign): Promise<string> {
  const { issuer, agent, audience, task, key } = config;
  const header = { alg: "ES256", kid: key, typ: START_TOKEN_TYPE };
  const times = { iat: now, exp: now + LIMITS.startEvidence.seconds };
  const claims = { iss: issuer, sub: agent, aud: audience, task, jti: id, ...times };
  return signedCompact(header, claims, sign);
}
