import type { User } from "../../domain";
import type { KillKind } from "../../domain/kill-order";
import { UsageError } from "../program";

/** What is stopped or restored */
export type Target = { readonly kind: KillKind; readonly id: string } | { readonly kind: "user"; readonly user: User };

/** @throws UsageError for a user without an issuer, and for an issuer of anything else */
export function targetOf(kind: KillKind | "user", id: string, issuer: string | undefined): Target {
  if (kind === "user") {
    if (issuer === undefined) throw new UsageError("a user needs --issuer, whose subject it is");
    return { kind, user: { issuer, subject: id } };
  }
  if (issuer !== undefined) throw new UsageError(`--issuer is for a user, got ${kind}`);
  return { kind, id };
}

/** As a message names it */
export function nameOf(target: Target): string {
  if (target.kind !== "user") return `${target.kind} ${target.id}`;
  const { issuer, subject } = target.user;
  return `user ${subject} of ${issuer}`;
}
