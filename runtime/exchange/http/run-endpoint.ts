import { json } from "./answer";
import { authenticatedForm } from "./authenticated-form";
import type { Endpoint, ExchangeParts } from "./parts";

/** `POST /runs`: a run begins without a token. */
export function runEndpoint({ clients, runs }: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const { form, caller } = await authenticatedForm(clients, req.raw, env.connection);
    return json(await runs.begin(form, caller), undefined, 201);
  };
}
