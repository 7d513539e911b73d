import { Refusal } from "../../refusal/refusal";
import type { Form } from "../../token/token-answer";
import { RUN_ID } from "../request/details";
import { parametersOf } from "../request/parameters";

/** An answer, or a part of a request, that is about to be passed on */
export interface MessageRequest {
  /** Id of the run that answers, or is asked */
  readonly run: string;
  /** Name of the way in by which the request came */
  readonly way: string;
}

/** In one request, whose runs are read together */
const MOST_OPEN_RUNS = 64;

/**
 * Ids of the caller's open runs
 *
 * @throws Refusal
 */
export function openRunsOf(form: Form): readonly string[] {
  const runs = parametersOf(form).get("runs")?.split(" ") ?? [];
  if (runs.length === 0 || runs.length > MOST_OPEN_RUNS || !runs.every((run) => RUN_ID.test(run))) {
    throw Refusal.of("request.malformed", `runs must be the ids of 1 to ${MOST_OPEN_RUNS} runs, with a blank between`);
  }
  return runs;
}

/** @throws Refusal */
export function messageRequestOf(form: Form): MessageRequest {
  const parameters = parametersOf(form);
  const [run, way] = [parameters.get("run"), parameters.get("way")];
  if (run === undefined) throw Refusal.of("request.malformed", "run is missing: name the run that is served");
  if (!RUN_ID.test(run)) throw Refusal.of("request.malformed", "run must be the id of a run, as /runs tells it");
  if (way === undefined)
    throw Refusal.of("request.malformed", "way is missing: name the way in that the request came by");
  return { run, way };
}
