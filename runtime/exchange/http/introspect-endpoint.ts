import { json } from "./answer";
import { authenticatedForm } from "./authenticated-form";
import { required } from "./body";
import type { Endpoint, ExchangeParts } from "./parts";

/** `POST /introspect` (RFC 7662); `token_type_hint` is not needed, there is one type. */
export function introspectEndpoint(parts: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const { form, caller } = await authenticatedForm(parts.clients, req.raw, env.connection);
    return json(await parts.introspection.introspect(required(form, "token"), caller.spiffeId));
  };
}
