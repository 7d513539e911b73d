import { Refusal } from "../../refusal/refusal";
import { json, refusalBody } from "./answer";
import { readJson } from "./body";
import type { Connection, Endpoint, ExchangeParts } from "./parts";
import { logRefusal } from "./refused-request";

/** `POST /state/<operation>`: for the services that the configuration lists, by X.509-SVID only. */
export function stateEndpoint(parts: ExchangeParts, operation: keyof ExchangeParts["state"]["operations"]): Endpoint {
  return async ({ req, env }) => {
    const service = listed(parts, env.connection);
    return json(await parts.state.operations[operation](await readJson(req.raw), service));
  };
}

/** `POST /state/calls`: each call is answered for itself, and refused as it would be alone. */
export function callsEndpoint(parts: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const service = listed(parts, env.connection);
    const { answers: found, ...more } = await parts.state.calls.calls(await readJson(req.raw), service);
    const answers = found.map((answer) => {
      if (!(answer instanceof Refusal)) return answer;
      logRefusal(answer, { path: req.path }, parts.log);
      // The authorizer tells what is on no record yet.
      return { ...refusalBody(answer), ...(answer.isOnRecord && { on_record: true }) };
    });
    return json({ answers, ...more });
  };
}

/** @throws Refusal `caller.not-listed` */
function listed({ clients, state }: ExchangeParts, connection: Connection): string {
  const service = clients.service(connection);
  if (!state.services.has(service)) throw Refusal.of("caller.not-listed");
  return service;
}
