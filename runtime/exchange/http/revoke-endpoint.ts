import { SECURITY_HEADERS, UNSTORED } from "./answer";
import { authenticatedForm } from "./authenticated-form";
import { required } from "./body";
import type { Endpoint, ExchangeParts } from "./parts";

/** `POST /revoke` (RFC 7009) */
export function revokeEndpoint(parts: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const { form, caller } = await authenticatedForm(parts.clients, req.raw, env.connection);
    await parts.revocation.revoke(required(form, "token"), caller.spiffeId);
    return new Response(null, { status: 200, headers: { ...UNSTORED, ...SECURITY_HEADERS } });
  };
}
