import type { User } from "../../domain";

/** Who is meant (RFC 9493): a user, or without one the agent with whom the chain began */
export type SubjectId =
  | { readonly format: "iss_sub"; readonly iss: string; readonly sub: string }
  | { readonly format: "uri"; readonly uri: string };

export function subjectIdOf({ issuer, subject }: User): SubjectId {
  return { format: "iss_sub", iss: issuer, sub: subject };
}

/** Null where there is none */
export function userOf(id: SubjectId): User | null {
  return id.format === "iss_sub" ? { issuer: id.iss, subject: id.sub } : null;
}
