import { Refusal } from "../../refusal/refusal";
import { json } from "./answer";
import { readJson } from "./body";
import type { Endpoint, ExchangeParts } from "./parts";

/** `POST /state/<operation>`: for the services that the configuration lists, by X.509-SVID and nothing else. */
export function stateEndpoint(
  { clients, state }: ExchangeParts,
  operation: keyof ExchangeParts["state"]["operations"],
): Endpoint {
  return async ({ req, env }) => {
    const service = clients.service(env.connection);
    if (!state.services.has(service)) throw Refusal.of("caller.not-listed");
    return json(await state.operations[operation](await readJson(req.raw), service));
  };
}
