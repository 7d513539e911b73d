import type { Start } from "../../../domain";
import { Refusal } from "../../refusal/refusal";
import { type Details, malformed } from "./details";
import type { SubjectToken } from "./grant";

/** A run that begins */
export interface Starting {
  readonly kind: "start";
  readonly start: Start;
  readonly subjectToken: SubjectToken | undefined;
}

/** How the run comes about: it begins by a start, or goes on */
export type Beginning = Starting | { readonly kind: "run"; readonly run: string };

/** @throws Refusal */
export function beginningOf(details: Details, subjectToken: SubjectToken | undefined): Beginning {
  const { start, run } = details;
  if (run === undefined) return startingOf(details, subjectToken);
  if (start !== undefined) {
    throw malformed("start is for a run that begins, run for one that goes on: send one of them");
  }
  if (subjectToken !== undefined) throw malformed("a run goes on with client_credentials");
  return { kind: "run", run };
}

/** @throws Refusal */
export function startingOf({ start }: Pick<Details, "start">, subjectToken: SubjectToken | undefined): Starting {
  if (start === undefined) throw malformed("start is missing where a run begins");
  if (start !== "agent" && subjectToken === undefined) throw Refusal.of("evidence.missing");
  if (start === "agent" && subjectToken !== undefined) {
    throw Refusal.of("request.malformed", "start agent has no evidence: send it with client_credentials");
  }
  return { kind: "start", start, subjectToken };
}
