import { isOfEndedLogin } from "../session/ended-logins";
import { keyOf, type Target } from "../session/revocations";
import { readRun } from "../session/runs";
import type { EpochState } from "../session/stored";
import { endedLoginsKey } from "../store/keys";
import type { Item } from "../store/store";
import type { ApprovalRecord } from "./approval-record";

/** A revoked run waits for no decision: no approval lets it go on. */
export async function isStopped(
  state: EpochState,
  { agents = [], runs = [], sessions = [], user }: Pick<ApprovalRecord, "agents" | "runs" | "sessions" | "user">,
): Promise<boolean> {
  const of = (kind: "agent" | "run" | "session", ids: readonly string[]): readonly Target[] =>
    [...new Set(ids)].map((id) => ({ kind, id }));
  const targets: readonly Target[] = [
    ...of("agent", agents),
    ...of("run", runs),
    ...of("session", sessions),
    ...(user === null ? [] : [{ kind: "user" as const, user }]),
  ];
  const logins = user === null ? [] : [endedLoginsKey(user)];
  const items = await state.store.read([...targets.map(keyOf), ...logins]);
  if (items.slice(0, targets.length).some((item) => item !== undefined)) return true;
  const ended = items[targets.length];
  return ended !== undefined && (await isStartedByEnded(state, ended, runs[0]));
}

/** A run that is over gets no decision. */
async function isStartedByEnded(state: EpochState, ended: Item, id: string | undefined): Promise<boolean> {
  const stored = id === undefined ? undefined : await readRun(state, id);
  return isOfEndedLogin(ended, stored?.run.evidence ?? null);
}
