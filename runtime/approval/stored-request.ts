import { isRecord } from "../../domain/is-record";
import type { Value } from "../json";

type Request = Readonly<Record<string, Value>>;

/**
 * A request as it is stored: the agent's arguments are kept as text, so that the store cannot mistake anything in them
 * for its own structures, such as persons or keys.
 */
export function storedRequest(request: Request): Request {
  const { arguments: sent } = request;
  return sent === undefined ? request : { ...request, arguments: JSON.stringify(sent) };
}

/** The value of a record before {@link storedRequest}. Arguments are always an object, so a text is a stored form. */
export function withRequest(value: Value): Value {
  if (!isRecord(value)) return value;
  const { request, ...others } = value as Request;
  if (!isRecord(request)) return value;
  const { arguments: text } = request as Request;
  if (typeof text !== "string") return value;
  return { ...others, request: { ...(request as Request), arguments: JSON.parse(text) as Value } };
}
