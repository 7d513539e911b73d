import type { User } from "../../domain";

/** Subject identifier (RFC 9493): the user, or without one the agent at the start of the chain */
export type SubjectId =
  | { readonly format: "iss_sub"; readonly iss: string; readonly sub: string }
  | { readonly format: "uri"; readonly uri: string };

export function subjectIdOf({ issuer, subject }: User): SubjectId {
  return { format: "iss_sub", iss: issuer, sub: subject };
}

/** Null if it is not a user */
export function userOf(id: SubjectId): User | null {
  return id.format === "iss_sub" ? { issuer: id.iss, subject: id.sub } : null;
}
