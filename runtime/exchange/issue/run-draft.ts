import { RUN_AUDIENCE } from "../../../domain";

import type { Run } from "../../session/session";
import { planWrites } from "../../session/sessions";
import type { Write } from "../../store/store";
import type { RunRequest } from "../request/run-request";
import { allowedRun, type AllowedRun, type Deciding } from "./allowed-run";

/** A run that may begin or be joined, or for which something may be issued, once its writes are done */
export interface RunDraft extends Pick<AllowedRun, "observed" | "presented" | "revision" | "standing"> {
  readonly run: Run;
  /** Fail with StoreConflict where something has changed since it was decided on. */
  readonly writes: readonly Write[];
}

/**
 * Decide whether a run begins or is joined without a token, by what is declared and stored now.
 *
 * @throws Refusal
 * @throws StoreConflict, StoreUnavailable
 */
export async function runDraftOf(deciding: Deciding, { beginning }: RunRequest): Promise<RunDraft> {
  const { state, now } = deciding.situation;
  const question = { beginning, audience: RUN_AUDIENCE, scope: undefined, aws: undefined };
  const { began, standing, observed, presented, revision, writes } = await allowedRun(deciding, question);
  return {
    run: began.run,
    standing,
    observed,
    presented,
    revision,
    writes: await planWrites(state, { own: began.own, writes }, now),
  };
}
