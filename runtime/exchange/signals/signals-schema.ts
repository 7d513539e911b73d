import { z } from "zod";
import { VERIFICATION_SECONDS } from "../../../domain/signal-verification";
import { https, object, text } from "../../config-values";
import { client, scope, secret } from "../../outbound/outbound-schema";

const EVERY = `must be whole seconds from ${VERIFICATION_SECONDS.least} to ${VERIFICATION_SECONDS.most}`;

/** How the transmitter is asked to prove that its stream works (OpenID Shared Signals Framework 1.0 section 8.1.4) */
const verification = object({
  /** `verification_endpoint` of the transmitter */
  endpoint: https,
  /** `stream_id` of the stream */
  streamId: text("the id of the stream"),
  /** From one request to the next */
  everySeconds: z
    .int({ error: EVERY })
    .min(VERIFICATION_SECONDS.least, { error: EVERY })
    .max(VERIFICATION_SECONDS.most, { error: EVERY }),
});

const source = object({
  /** Claim `iss` of an issuer of users in the registry, to the letter: it transmits, and signs with the keys of its users' tokens */
  issuer: https,
  /** Claim `aud` of what it sends */
  audience: text("what the transmitter calls this exchange"),
  /** Where security events are fetched (RFC 8936); left out if the transmitter sends them */
  poll: https.optional(),
  /** By what the transmitter is known that sends them by itself (RFC 8935) */
  push: object({
    /** ARN of the secret that is the whole value of its header `Authorization` */
    authorization: secret,
  }).optional(),
  /** Where the exchange gets a token for that (RFC 6749 section 4.4) */
  tokenEndpoint: https,
  scope: scope.optional(),
  client,
  verification: verification.optional(),
}).superRefine(({ poll, push, verification: asked }, context) => {
  const isOne = (poll === undefined) !== (push === undefined);
  if (!isOne) context.addIssue({ code: "custom", path: ["poll"], message: "must be there, or push: one of both" });
  if (push !== undefined && asked === undefined) {
    const message = "must be there where events are pushed: without it, a stream that has stopped goes unnoticed";
    context.addIssue({ code: "custom", path: ["verification"], message });
  }
});

/**
 * Issuers of users that report ended logins. A function in Lambda fetches no events, and obeys those that others
 * fetched.
 */
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
