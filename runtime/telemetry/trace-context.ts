/** A place in a trace (W3C Trace Context section 3.2). It identifies no caller, and grants nothing. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
}

/** Of version 00, and no longer: later versions may say more than is known here. */
const LENGTH = 55;
const TRACEPARENT = /^00-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-[0-9a-f]{2}$/;
/** Of one request: the gateway asks the exchange about so many calls at once. */
const MOST = 16;

/** Undefined for all that is not exactly a `traceparent` */
export function traceContextOf(value: unknown): TraceContext | undefined {
  if (typeof value !== "string" || value.length !== LENGTH) return undefined;
  const [, traceId, spanId] = TRACEPARENT.exec(value) ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

export function traceparentOf({ traceId, spanId }: TraceContext): string {
  return `00-${traceId}-${spanId}-01`;
}

/** Trace contexts of batched requests, comma-separated; empty if one is malformed, or there are too many */
export function traceContextsOf(value: string | null | undefined): readonly TraceContext[] {
  if (value === null || value === undefined || value.length > MOST * (LENGTH + 1)) return [];
  const found = value.split(",").map(traceContextOf);
  return found.every((context) => context !== undefined) ? found : [];
}
