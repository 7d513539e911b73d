import { json, UNSTORED } from "./answer";
import type { Endpoint, ExchangeParts } from "./parts";

const UNAVAILABLE = 503;

/** `GET /live`: the process answers. */
export function liveEndpoint(): Endpoint {
  return () => json({ status: "ok" });
}

/** `GET /ready`: the names of the parts that are not, or `ok`. */
export function readyEndpoint(parts: ExchangeParts): Endpoint {
  return async () => {
    const unready = await parts.unready();
    return unready.length === 0
      ? json({ status: "ok" })
      : json({ status: "unready", not_ready: unready }, UNSTORED, UNAVAILABLE);
  };
}
