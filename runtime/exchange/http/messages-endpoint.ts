import { AtOnce } from "./at-once";
import { json, SECURITY_HEADERS, UNSTORED } from "./answer";
import { authenticatedForm } from "./authenticated-form";
import type { Endpoint, ExchangeParts } from "./parts";
import { refusedRequest } from "./refused-request";

/** Of one SPIFFE ID: its pods ask about 64 runs in one request, and each reads a few hundred items at most. */
const MOST_UNDER_WAY = 16;

/** `POST /runs/open`: which of the open runs were stopped */
export function openRunsEndpoint({ clients, messages }: ExchangeParts): Endpoint {
  const atOnce = new AtOnce(MOST_UNDER_WAY);
  return async ({ req, env }) => {
    const { form, caller } = await authenticatedForm(clients, req.raw, env.connection);
    return json(await atOnce.of(caller.spiffeId, () => messages.stopped(form, caller)));
  };
}

/**
 * `POST /runs/answers` and `/runs/parts`: whether an answer, or a part of a request, may be passed on (204). That it may not is for no token
 * endpoint to say, and is a 403.
 */
export function messagesEndpoint({ clients, messages, log }: ExchangeParts, of: "answer" | "part"): Endpoint {
  return async ({ req, env }) => {
    const { form, caller } = await authenticatedForm(clients, req.raw, env.connection);
    try {
      await messages[of](form, caller);
    } catch (error) {
      return refusedRequest(error, { path: req.path }, log, 403);
    }
    return new Response(null, { status: 204, headers: { ...UNSTORED, ...SECURITY_HEADERS } });
  };
}
