import { isRecord } from "../../domain/is-record";
import type { Value } from "../json";

type Request = Readonly<Record<string, Value>>;

/**
 * A request as the store has it: what an agent sent is text there, so that nothing in it is taken for what the store itself writes, such as
 * a person or a key.
 */
export function storedRequest(request: Request): Request {
  const { arguments: sent } = request;
  return sent === undefined ? request : { ...request, arguments: JSON.stringify(sent) };
}

/** The value of a record as it was before {@link storedRequest}. Arguments are an object, so that a text is what was stored. */
export function withRequest(value: Value): Value {
  if (!isRecord(value)) return value;
  const { request, ...others } = value as Request;
  if (!isRecord(request)) return value;
  const { arguments: text } = request as Request;
  if (typeof text !== "string") return value;
  return { ...others, request: { ...(request as Request), arguments: JSON.parse(text) as Value } };
}
