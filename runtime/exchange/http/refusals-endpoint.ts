import { json } from "./answer";
import { readJson } from "./body";
import type { Endpoint, ExchangeParts } from "./parts";

/** `POST /refusals`: what the gateway, or an agent's companion, has refused by itself. By X.509-SVID and nothing else. */
export function refusalsEndpoint({ clients, refusals }: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const sender = clients.service(env.connection);
    return json(await refusals.told(await readJson(req.raw), sender));
  };
}
