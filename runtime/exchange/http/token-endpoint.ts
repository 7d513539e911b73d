import { json } from "./answer";
import { authenticatedForm } from "./authenticated-form";
import type { Endpoint, ExchangeParts } from "./parts";

/** `POST /token` */
export function tokenEndpoint(parts: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const { form, caller } = await authenticatedForm(parts.clients, req.raw, env.connection);
    return json(await parts.tokens.token(form, caller));
  };
}
