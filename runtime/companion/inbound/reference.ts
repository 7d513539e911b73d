import { createHash } from "node:crypto";

const TAG_DIGITS = 16;
const SESSION_CHARACTERS = 22;

/**
 * What an agent is told of a session, which begins anew without its doing: what it keeps for a user, it keeps by this. It is no id that
 * the exchange takes.
 */
export function sessionName(sid: string): string {
  return createHash("sha256").update(`session ${sid}`).digest("base64url").slice(0, SESSION_CHARACTERS);
}

/**
 * By which callers join a run. The tag lets the gateway find the pod that has it; who tries all addresses of a network finds it too.
 *
 * @param address of the pod
 */
export function referenceOf(run: string, address: string): string {
  const tag = createHash("sha256").update(`${run} ${address}`).digest("hex").slice(0, TAG_DIGITS);
  return `${run}.${tag}`;
}
