import { createHash } from "node:crypto";
import { runTag } from "../../run-tag";

const SESSION_CHARACTERS = 22;

/**
 * Name of a session for the agent, which keeps what it stores for a user under it; a new session, over which it has no
 * say, has a new name. The exchange does not accept it as an id.
 */
export function sessionName(sid: string): string {
  return createHash("sha256").update(`session ${sid}`).digest("base64url").slice(0, SESSION_CHARACTERS);
}

/** @returns by which callers join a run at the pod of this address */
export function referenceOf(run: string, address: string): string {
  return `${run}.${runTag(run, address)}`;
}
