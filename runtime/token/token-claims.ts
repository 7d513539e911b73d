import { z } from "zod";
import { LIMITS } from "../../domain";
import type { AccessTokenClaims } from "./access-token";
import { actor, isOneSubject, subjectId, text, time } from "./claims-schema";

const audience = z.string().regex(/^(?:exchange|aws|tool:[a-z0-9-]+)$/);

const CLAIMS = z
  .strictObject({
    iss: text,
    sub: text,
    sub_id: subjectId,
    aud: audience,
    client_id: text,
    iat: time,
    exp: time,
    jti: text,
    act: actor,
    may_act: z.strictObject({ sub: text }).optional(),
    task: text,
    run: text,
    txn: text,
    sid: text,
    scope: z.string().optional(),
    cnf: z.union([z.strictObject({ "x5t#S256": text }), z.strictObject({ jkt: text })]),
  })
  .refine(({ act, client_id }) => act.sub === client_id)
  .refine(isOneSubject)
  .refine(({ aud, may_act }) => (aud === "exchange") === (may_act !== undefined))
  .refine(({ exp, iat }) => exp > iat && exp - iat <= LIMITS.accessToken.seconds);

/** The claims, where they are of the shape that the exchange issues; otherwise undefined */
export function accessTokenClaims(claims: unknown): AccessTokenClaims | undefined {
  const { success, data } = CLAIMS.safeParse(claims);
  return success ? (data as AccessTokenClaims) : undefined;
}
