import { subjectFrom, type UserGrant } from "../../domain";
import { reasonOf } from "../decision/decider";
import { Refusal } from "../refusal/refusal";
import { userOf } from "../token/subject-id";
import type { TokenFacts } from "./credential";

/**
 * Who the user is at the tool's server
 *
 * @throws Refusal `user.missing`; `outbound.undeclared` where it is not said who the issuer's users are there: a subject
 *   of one issuer may be another person at another issuer
 */
export function subjectThere({ claims, issuers }: TokenFacts, subject: UserGrant["subject"]): string {
  const user = userOf(claims.sub_id);
  if (user === null) throw Refusal.denied([reasonOf("user.missing")]);
  if (subject !== undefined && subject !== "sub") {
    const template = Object.hasOwn(subject, user.issuer) ? subject[user.issuer] : undefined;
    if (template === undefined) throw unknown(`subject has no entry for users of ${user.issuer}`);
    return subjectFrom(template, user.subject);
  }
  if (issuers.some((issuer) => issuer !== user.issuer)) {
    throw unknown("there are several issuers of users: say by subject who the users of each are there");
  }
  return user.subject;
}

function unknown(what: string): Refusal {
  return Refusal.of("outbound.undeclared", what);
}
