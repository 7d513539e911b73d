import { randomBytes } from "node:crypto";
import { type RawHeaders, valuesOf } from "../tools/headers";

/** W3C Trace Context section 3.2, of any version */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?<id>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;

export interface Trace {
  readonly id: string;
  readonly traceparent: string;
}

/** A trace without reference to the caller */
export function newTrace(): Trace {
  const id = randomBytes(16).toString("hex");
  return { id, traceparent: `00-${id}-${randomBytes(8).toString("hex")}-01` };
}

/** Id of the caller's trace, where it is one */
export function incomingTrace(raw: RawHeaders): string | undefined {
  const [traceparent, ...others] = valuesOf(raw, "traceparent");
  if (traceparent === undefined || others.length > 0) return undefined;
  return TRACEPARENT.exec(traceparent)?.groups?.id;
}
