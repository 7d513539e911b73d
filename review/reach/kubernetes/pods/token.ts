import type { JsonObject } from "../../../read/json";
import { type Fact, fact } from "../fact";
import { text } from "../objects/values";

/** In seconds, where none is written */
const TOKEN_LIFETIME = "3600";

/** A token that the kubelet keeps in a file: one that lasts longer holds all that a shorter does. */
export function tokenFact(title: string, token: JsonObject, address: string): Fact {
  const whom = text(token, "audience") || "the cluster's own API";
  const written = text(token, "expirationSeconds") || TOKEN_LIFETIME;
  const what = `${title} gets a token of its service account for ${whom}`;
  const lasting = written === TOKEN_LIFETIME ? what : `${what}, good for ${written} s`;
  const isNumber = /^\d{1,15}$/.test(written);
  const found = fact("identity", lasting, `it calls ${whom} as its service account`, address, {
    key: isNumber ? what : lasting,
  });
  return isNumber ? { ...found, atMost: Number(written) } : found;
}
