import { createHash } from "node:crypto";

const TAG_DIGITS = 16;

/**
 * By which callers join a run. The tag lets the gateway find the pod that has it, and tells nobody where that is.
 *
 * @param address of the pod
 */
export function referenceOf(run: string, address: string): string {
  const tag = createHash("sha256").update(`${run} ${address}`).digest("hex").slice(0, TAG_DIGITS);
  return `${run}.${tag}`;
}
