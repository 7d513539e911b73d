import { z } from "zod";
import { LIMITS } from "../../domain";
import type { AccessTokenClaims, Actor } from "./access-token";

const text = z.string().min(1);
/** Whole seconds since the epoch, up to the year 9999 */
const time = z.int().min(0).max(253_402_300_799);
const audience = z.string().regex(/^(?:exchange|aws|tool:[a-z0-9-]+)$/);

const actor: z.ZodType<Actor> = z.strictObject({
  sub: text,
  get act() {
    return actor.optional();
  },
}) as z.ZodType<Actor>;

const CLAIMS = z
  .strictObject({
    iss: text,
    sub: text,
    sub_id: z.union([
      z.strictObject({ format: z.literal("iss_sub"), iss: text, sub: text }),
      z.strictObject({ format: z.literal("uri"), uri: text }),
    ]),
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
    approval: z.strictObject({ id: text, digest: text }).optional(),
    cnf: z.union([z.strictObject({ "x5t#S256": text }), z.strictObject({ jkt: text })]),
  })
  .refine(({ act, client_id }) => act.sub === client_id)
  .refine(({ sub, sub_id }) => sub === (sub_id.format === "uri" ? sub_id.uri : sub_id.sub))
  .refine(({ aud, may_act }) => (aud === "exchange") === (may_act !== undefined))
  .refine(({ exp, iat }) => exp > iat && exp - iat <= LIMITS.accessToken.seconds);

/** The claims, where they are of the shape that the exchange issues; otherwise undefined */
export function accessTokenClaims(claims: unknown): AccessTokenClaims | undefined {
  const { success, data } = CLAIMS.safeParse(claims);
  return success ? (data as AccessTokenClaims) : undefined;
}
