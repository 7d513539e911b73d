import { createHmac } from "node:crypto";

/**
 * Headers of Standard Webhooks: one signature by each key, so that a receiver may know the old one or the new one
 *
 * @param now of this attempt, in whole seconds since the epoch: receivers refuse what is older than some minutes
 */
export function signedHeaders(
  id: string,
  now: number,
  body: string,
  keys: readonly Buffer[],
): Readonly<Record<string, string>> {
  const signatures = keys.map(
    (key) => `v1,${createHmac("sha256", key).update(`${id}.${now}.${body}`).digest("base64")}`,
  );
  return {
    "webhook-id": id,
    "webhook-timestamp": String(now),
    ...(signatures.length > 0 && { "webhook-signature": signatures.join(" ") }),
  };
}
