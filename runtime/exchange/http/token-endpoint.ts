import { asksForTxnToken } from "../transaction/txn-request";
import { json } from "./answer";
import { authenticatedForm } from "./authenticated-form";
import type { Endpoint, ExchangeParts } from "./parts";

/** `POST /token`. Transaction tokens are for services, by X.509-SVID only. */
export function tokenEndpoint({ clients, tokens, transactions }: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const { form, caller } = await authenticatedForm(clients, req.raw, env.connection);
    if (!asksForTxnToken(form)) return json(await tokens.token(form, caller));
    clients.service(env.connection);
    return json(await transactions.token(form, caller));
  };
}
