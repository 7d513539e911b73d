import type { ServerResponse } from "node:http";
import type { Problem } from "./problem";

export const HEADERS = {
  "cache-control": "no-store",
  "content-type": "application/json",
  "x-content-type-options": "nosniff",
};

/** @param more members that are not of the refusal itself */
export function refused(
  problem: Problem,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { status, body } = problem;
  return new Response(JSON.stringify({ ...more, ...body }), { status, headers: { ...headersOf(problem), ...headers } });
}

/** The same where there is no app in between */
export function refuse(
  problem: Problem,
  outgoing: ServerResponse,
  headers: Readonly<Record<string, string>> = {},
): void {
  outgoing.writeHead(problem.status, { ...headersOf(problem), ...headers });
  outgoing.end(JSON.stringify(problem.body));
}

function headersOf({ retryAfter }: Problem): Readonly<Record<string, string>> {
  return { ...HEADERS, ...(retryAfter === undefined ? {} : { "retry-after": `${retryAfter}` }) };
}
