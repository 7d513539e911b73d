import { ADD_CHECKPOINT, REQUEST_BYTES } from "./add-checkpoint";

/** What is answered to a request that no witness reads */
export interface Misdirected {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Undefined if a request is for `add-checkpoint`, by POST */
export function misdirected(method: string | undefined, path: string | undefined): Misdirected | undefined {
  if (path !== ADD_CHECKPOINT) return refused(404, `this witness serves ${ADD_CHECKPOINT}`);
  if (method !== "POST") return refused(405, "a checkpoint must be sent by POST", { allow: "POST" });
  return undefined;
}

/** To a body that is longer than any request may be */
export function tooLong(): Misdirected {
  return refused(413, `a request must have at most ${REQUEST_BYTES} bytes`);
}

function refused(status: number, why: string, headers: Readonly<Record<string, string>> = {}): Misdirected {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: `${why}\n` };
}
