import { type HttpEvent, isHttpEvent } from "../../../http-event";
import { REQUEST_BYTES } from "../add-checkpoint";
import { misdirected, tooLong } from "../misdirected";
import type { Witness } from "../witness";

/** What API Gateway makes an answer of, in payload format 2.0 */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type WitnessHandler = (event: unknown) => Promise<HttpAnswer>;

/** Characters of base64 for the longest request */
const MOST_ENCODED = Math.ceil(REQUEST_BYTES / 3) * 4;

/** Requests of an HTTP API of API Gateway to a witness. The log's signature is what counts: no client is asked who it is. */
export function witnessHandler(witness: Pick<Witness, "addCheckpoint">): WitnessHandler {
  return async (event) => {
    if (!isHttpEvent(event))
      throw new Error(
        "the event must be a request of an HTTP API in payload format 2.0: invoke the function through one",
      );
    const elsewhere = misdirected(event.requestContext.http.method, event.rawPath);
    const body = elsewhere === undefined ? bodyOf(event) : undefined;
    if (body === undefined) {
      const { status, ...answer } = elsewhere ?? tooLong();
      return { statusCode: status, ...answer };
    }
    const { status, type, body: text } = await witness.addCheckpoint(body);
    return { statusCode: status, headers: { "content-type": type }, body: text };
  };
}

/** Undefined if it is longer than any request may be */
function bodyOf({ body, isBase64Encoded }: HttpEvent): Buffer | undefined {
  const text = body ?? "";
  // What is too long is not decoded.
  if (text.length > (isBase64Encoded === true ? MOST_ENCODED : REQUEST_BYTES)) return undefined;
  const bytes = Buffer.from(text, isBase64Encoded === true ? "base64" : "utf8");
  return bytes.length > REQUEST_BYTES ? undefined : bytes;
}
