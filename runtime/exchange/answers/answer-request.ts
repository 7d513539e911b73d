import { Refusal } from "../../refusal/refusal";
import type { Form } from "../../token/token-answer";
import { RUN_ID } from "../request/details";
import { parametersOf } from "../request/parameters";

/** An answer that is about to go out */
export interface AnswerRequest {
  /** Id of the run that answers */
  readonly run: string;
  /** Name of the way in by which the request came */
  readonly way: string;
}

/** @throws Refusal */
export function answerRequestOf(form: Form): AnswerRequest {
  const parameters = parametersOf(form);
  const [run, way] = [parameters.get("run"), parameters.get("way")];
  if (run === undefined) throw Refusal.of("request.malformed", "run is missing: name the run that answers");
  if (!RUN_ID.test(run)) throw Refusal.of("request.malformed", "run must be the id of a run, as /runs tells it");
  if (way === undefined)
    throw Refusal.of("request.malformed", "way is missing: name the way in that the request came by");
  return { run, way };
}
