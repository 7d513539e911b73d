import { json } from "./answer";
import { readJson } from "./body";
import type { Endpoint, ExchangeParts } from "./parts";

/** `POST /refusals`: refusals by the gateway or by an agent's companion. By X.509-SVID only. */
export function refusalsEndpoint({ clients, refusals }: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const sender = clients.service(env.connection);
    return json(await refusals.told(await readJson(req.raw), sender));
  };
}
