import { json, UNSTORED } from "./answer";
import type { Endpoint, ExchangeParts } from "./parts";

const UNAVAILABLE = 503;

/** `GET /live`: the process answers. */
export function liveEndpoint(): Endpoint {
  return () => json({ status: "ok" });
}

/** `GET /ready`: the names of the parts that are not, or `ok`, with issuers that are silent: without them the exchange still works. */
export function readyEndpoint(parts: ExchangeParts): Endpoint {
  return async () => {
    const unready = await parts.unready();
    const silent = parts.silent?.() ?? [];
    return unready.length === 0
      ? json({ status: "ok", ...(silent.length > 0 && { silent }) })
      : json({ status: "unready", not_ready: unready }, UNSTORED, UNAVAILABLE);
  };
}
