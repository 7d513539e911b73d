import type { HeaderList } from "../request/headers";
import type { HeaderValue } from "./protocol";

/** Of a header, so that no byte is lost: what is not ASCII stays what it is. */
const ENCODING = "latin1";

export function headerList(headers: readonly HeaderValue[]): HeaderList {
  return headers.map(({ key, value, raw_value: raw }) => [
    key.toLowerCase(),
    raw.length > 0 ? raw.toString(ENCODING) : (value ?? ""),
  ]);
}
