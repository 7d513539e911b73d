import { subjectFrom, type UserGrant } from "../../domain";
import { reasonOf } from "../decision/decider";
import { Refusal } from "../exchange/refusal";
import type { TokenFacts } from "./credential";

/**
 * Who the user is at the tool's server
 *
 * @throws Refusal `user.missing`; `outbound.undeclared` where it is not said who the issuer's users are there: a subject
 *   of one issuer may be somebody else at another
 */
export function subjectThere({ claims: { sub_id: user }, issuers }: TokenFacts, subject: UserGrant["subject"]): string {
  if (user.format !== "iss_sub") throw Refusal.denied([reasonOf("user.missing")]);
  if (subject !== undefined && subject !== "sub") {
    const template = Object.hasOwn(subject, user.iss) ? subject[user.iss] : undefined;
    if (template === undefined) throw unknown(`subject names nobody for users of ${user.iss}`);
    return subjectFrom(template, user.sub);
  }
  if (issuers.some((issuer) => issuer !== user.iss)) {
    throw unknown("there are several issuers of users: say by subject who the users of each are there");
  }
  return user.sub;
}

function unknown(what: string): Refusal {
  return Refusal.of("outbound.undeclared", what);
}
