import { createHash } from "node:crypto";
import { runTag } from "../../run-tag";

const SESSION_CHARACTERS = 22;

/**
 * What an agent is told of a session, which begins anew without its doing: what it keeps for a user, it keeps by this. It is no id that
 * the exchange takes.
 */
export function sessionName(sid: string): string {
  return createHash("sha256").update(`session ${sid}`).digest("base64url").slice(0, SESSION_CHARACTERS);
}

/** @returns by which callers join a run at the pod of this address */
export function referenceOf(run: string, address: string): string {
  return `${run}.${runTag(run, address)}`;
}
