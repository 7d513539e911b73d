import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../../domain/is-record";

/** What the operator interface is asked to stop or restore */
export interface Ordered {
  readonly kind: string;
  readonly id?: unknown;
  readonly user?: unknown;
}

/** The JSON object of an answer; empty if it is not one */
export function answerIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(text);
    return isRecord(answer) ? answer : {};
  } catch {
    return {};
  }
}

/** Any server answers 200: only one that names what was ordered has done it. */
export function namesOrdered(answer: Readonly<Record<string, unknown>>, { kind, id, user }: Ordered): boolean {
  // A chain is stopped as the run that began it, whose id the exchange alone knows.
  if (kind === "chain") return answer.kind === "run" && typeof answer.id === "string";
  return answer.kind === kind && answer.id === id && isDeepStrictEqual(answer.user, user);
}
