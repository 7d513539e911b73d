import { json } from "./answer";
import { authenticatedForm } from "./authenticated-form";
import type { Endpoint, ExchangeParts } from "./parts";

/** `POST /runs`: a run begins without a token (201), or a request joins one (200). */
export function runEndpoint({ clients, runs }: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const { form, caller } = await authenticatedForm(clients, req.raw, env.connection);
    const { run, joined } = await runs.begin(form, caller);
    return json(run, undefined, joined ? 200 : 201);
  };
}
