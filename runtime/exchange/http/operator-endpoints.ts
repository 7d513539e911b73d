import { Refusal } from "../../refusal/refusal";
import type { Operator } from "../operator/operator";
import type { OperatorRequest } from "../operator/refused-orders";
import { json, refused } from "./answer";
import { jsonOf, readJsonText } from "./body";
import type { Endpoint, ExchangeParts } from "./parts";
import { logRefusal } from "./refused-request";

/** `POST /operator/revocations`: stops what is named, from the next request on. */
export function revocationsEndpoint(parts: ExchangeParts): Endpoint {
  return ordered("revocations", parts, ({ orders }, body, operator) => orders.revoke(jsonOf(body), operator));
}

/** `POST /operator/restorations` */
export function restorationsEndpoint(parts: ExchangeParts): Endpoint {
  return ordered("restorations", parts, ({ orders }, body, operator) => orders.restore(jsonOf(body), operator));
}

/** `POST /operator/erasures`: deletes the key of a person. */
export function erasuresEndpoint(parts: ExchangeParts): Endpoint {
  return ordered("erasures", parts, ({ erasures }, body, operator) => erasures.erase(jsonOf(body), operator));
}

/** `GET /operator/revocations`: what is stopped, page by page */
export function revokedEndpoint(parts: ExchangeParts): Endpoint {
  return ({ req }) =>
    allowed("revoked", req.path, parts, async (known) => {
      const operator = known(await parts.operators.operator(req.raw, ""));
      return parts.operators.orders.list(req.query(), operator);
    });
}

type Given = (operators: ExchangeParts["operators"], body: string, operator: Operator) => Promise<unknown>;

/** Unauthenticated callers learn only that: errors in the body are reported to operators. */
function ordered(asked: OperatorRequest, parts: ExchangeParts, given: Given): Endpoint {
  return ({ req }) =>
    allowed(asked, req.path, parts, async (known) => {
      let body: string | undefined;
      let problem: unknown;
      try {
        body = await readJsonText(req.raw);
      } catch (error) {
        problem = error;
      }
      const operator = known(await parts.operators.operator(req.raw, body ?? ""));
      if (body === undefined) throw problem;
      return given(parts.operators, body, operator);
    });
}

/** Those that are not 403 */
const STATUS: Readonly<Record<string, number>> = { "restoration.ordered-again": 409 };

/** What an operator may not do is no fault of the request, and is a 403. */
async function allowed(
  asked: OperatorRequest,
  path: string,
  { log, operators: { refusals } }: ExchangeParts,
  act: (known: (operator: Operator) => Operator) => Promise<unknown>,
): Promise<Response> {
  let operator: Operator | undefined;
  try {
    return json(await act((known) => (operator = known)));
  } catch (error) {
    await refusals.record(asked, operator, error);
    if (!(error instanceof Refusal) || !["access_denied", "unauthorized_client"].includes(error.error)) throw error;
    logRefusal(error, { path }, log);
    return refused(error, STATUS[error.message] ?? 403);
  }
}
