import type { Start } from "../../../domain";
import { Refusal } from "../../refusal/refusal";
import { type Details, malformed } from "./details";
import type { SubjectToken } from "./grant";

/** A run that begins */
export interface Starting {
  readonly kind: "start";
  readonly start: Start;
  readonly subjectToken: SubjectToken | undefined;
  /** Whether a clean session is asked for; of start `user` alone */
  readonly newSession: boolean;
}

/** A request from outside the agent that joins a run */
export interface JoiningRun {
  readonly kind: "join";
  readonly run: string;
  readonly start: Exclude<Start, "agent">;
  readonly subjectToken: SubjectToken;
}

/** How the run comes about: it begins by a start, is joined, or goes on */
export type Beginning = JoiningRun | Starting | { readonly kind: "run"; readonly run: string };

/** @throws Refusal */
export function beginningOf(details: Details, subjectToken: SubjectToken | undefined): Beginning {
  const { start, run } = details;
  if (run === undefined) return startingOf(details, subjectToken);
  if (start !== undefined) {
    throw malformed("start is for a run that begins, run for one that goes on: send one of them");
  }
  refuseSession(details);
  if (subjectToken !== undefined) throw malformed("a run goes on with client_credentials");
  return { kind: "run", run };
}

/** @throws Refusal */
export function startingOf(
  { start, session }: Pick<Details, "session" | "start">,
  subjectToken: SubjectToken | undefined,
): Starting {
  if (start === undefined) throw malformed("start is missing where a run begins");
  if (start !== "agent" && subjectToken === undefined) throw Refusal.of("evidence.missing");
  if (start === "agent" && subjectToken !== undefined) {
    throw Refusal.of("request.malformed", "start agent has no evidence: send it with client_credentials");
  }
  if (start !== "user" && session !== undefined) {
    throw malformed(`session is for start user alone: leave it out with start ${start}`);
  }
  return { kind: "start", start, subjectToken, newSession: session !== undefined };
}

/** @throws Refusal */
export function joiningOf(details: Details, run: string, subjectToken: SubjectToken | undefined): JoiningRun {
  const { start } = details;
  if (start === undefined) throw malformed("start is missing: a run is joined with evidence of the same start again");
  if (start === "agent") {
    throw malformed(
      "run is for a request that joins it with evidence: what the agent started itself goes on at /token",
    );
  }
  refuseSession(details);
  if (subjectToken === undefined) throw Refusal.of("evidence.missing");
  return { kind: "join", run, start, subjectToken };
}

/** A run stays in its session. */
function refuseSession({ session }: Details): void {
  if (session !== undefined) throw malformed("session is for a run that begins: leave out session, or run");
}
