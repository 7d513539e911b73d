import { Refusal } from "../../refusal/refusal";
import { refused, SECURITY_HEADERS, UNSTORED } from "./answer";
import { authenticatedForm } from "./authenticated-form";
import type { Endpoint, ExchangeParts } from "./parts";
import { logRefusal } from "./refused-request";

/** `POST /runs/answers`: whether an answer may go out (204). That it may not is for no token endpoint to say, and is a 403. */
export function answersEndpoint({ clients, answers, log }: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const { form, caller } = await authenticatedForm(clients, req.raw, env.connection);
    try {
      await answers.allow(form, caller);
    } catch (error) {
      if (!(error instanceof Refusal) || error.error !== "access_denied") throw error;
      logRefusal(error, { path: req.path }, log);
      return refused(error, 403);
    }
    return new Response(null, { status: 204, headers: { ...UNSTORED, ...SECURITY_HEADERS } });
  };
}
