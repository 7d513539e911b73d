import { LogForked, LogUnavailable } from "../../runtime/audit/storage/log-storage";
import { LogError } from "../../runtime/audit/tlog/log-error";

/** An error as it goes from one thread to another: by itself it would arrive without its class, by which callers tell what to do. */
export interface ThreadError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

const CLASSES: Readonly<Record<string, new (message: string) => Error>> = { LogError, LogForked, LogUnavailable };

export function packed(error: unknown): ThreadError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined };
  const { name, message, stack } = error;
  return { name, message, stack };
}

export function unpacked({ name, message, stack }: ThreadError): Error {
  const known = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  const error = known === undefined ? Object.assign(new Error(message), { name }) : new known(message);
  return stack === undefined ? error : Object.assign(error, { stack });
}
