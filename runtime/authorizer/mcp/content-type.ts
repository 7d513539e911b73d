import type { HeaderList } from "../request/headers";

export type ContentType = "json" | "stream";

const KNOWN = /^(application\/json|text\/event-stream)(?:[ \t]*;[ \t]*charset=(?:utf-8|"utf-8"))?$/i;

/** Of an answer: exactly one, and of the two that MCP has. Undefined for all else, which readers may take for either. */
export function contentTypeOf(headers: HeaderList): ContentType | undefined {
  const values = headers.filter(([name]) => name === "content-type").map(([, value]) => value);
  const [type] = values.length === 1 ? (KNOWN.exec(values[0] ?? "")?.slice(1) ?? []) : [];
  if (type === undefined) return undefined;
  return type.toLowerCase() === "application/json" ? "json" : "stream";
}

/** Whether some reader may take the answer for a stream of events */
export function mayBeStream(headers: HeaderList): boolean {
  return headers.some(([name, value]) => name === "content-type" && /event-stream/i.test(value));
}
