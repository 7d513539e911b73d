import { z } from "zod";
import { https, object, text } from "../../config-values";
import { client, scope } from "../../outbound/outbound-schema";

const source = object({
  /** Claim `iss` of an issuer of users in the registry, to the letter: it transmits, and signs with the keys of its users' tokens */
  issuer: https,
  /** Claim `aud` of what it sends */
  audience: text("what the transmitter calls this exchange"),
  /** Where security events are fetched (RFC 8936) */
  poll: https,
  /** Where the exchange gets a token for that (RFC 6749 section 4.4) */
  tokenEndpoint: https,
  scope: scope.optional(),
  client,
});

/** Which issuers of users tell that logins have ended. A function of Lambda fetches nothing, and obeys what others fetched. */
export const signalsSchema = z
  .array(source, { error: "must be an array of transmitters" })
  .min(1, { error: "must have at least one transmitter" })
  .superRefine((sources, context) => {
    const issuers = sources.map(({ issuer }) => issuer);
    const twice = issuers.findIndex((issuer, index) => issuers.indexOf(issuer) !== index);
    if (twice !== -1) context.addIssue({ code: "custom", path: [twice, "issuer"], message: "must be there once" });
  })
  .readonly();

export type SignalSource = z.infer<typeof source>;
