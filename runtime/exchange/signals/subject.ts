import { isRecord } from "../../../domain/is-record";
import type { JsonObject } from "../../jose/json";
import { text } from "../../outside/claims";
import { SetRefused } from "./set-refused";

/**
 * `sub` of the user of an event: a subject identifier `iss_sub` (RFC 9493 section 3.2.4) of the transmitter's own
 * users, or a complex subject (OpenID Shared Signals Framework 1.0 section 3.2) with such a user. A session, device or
 * tenant in it is ignored: all of the user's logins end, which is at least what was asked for.
 *
 * A bare `opaque` subject may name a session, and an e-mail address may belong to several users: taking either for a
 * user could report a stop that did not happen.
 *
 * @throws SetRefused `invalid_request`, `invalid_issuer`; MalformedToken
 */
export function subjectOf(sub_id: unknown, issuer: string): string {
  if (!isRecord(sub_id)) throw new SetRefused("invalid_request", "sub_id must name the user");
  if (sub_id.format !== "complex") return userOf(sub_id, issuer);
  const { user } = sub_id;
  if (!isRecord(user)) throw new SetRefused("invalid_request", "sub_id must have a user");
  // Here an opaque subject can only be a user, in the transmitter's own notation.
  return user.format === "opaque" ? text(user, "id") : userOf(user, issuer);
}

function userOf(identifier: JsonObject, issuer: string): string {
  if (identifier.format !== "iss_sub") {
    throw new SetRefused(
      "invalid_request",
      "the format of sub_id must be iss_sub, or complex with a user of that form",
    );
  }
  // It would end logins at another issuer, whose users are not the transmitter's.
  if (identifier.iss !== issuer) throw new SetRefused("invalid_issuer", "the user must be of the transmitter itself");
  return text(identifier, "sub");
}
