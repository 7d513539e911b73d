import { keyOf, type Target } from "../session/revocations";
import type { EpochState } from "../session/stored";
import type { ApprovalRecord } from "./approval-record";

/** What was revoked waits for no decision: nothing that a person says lets it go on. */
export async function isStopped(
  { store }: EpochState,
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
  const items = await store.read(targets.map(keyOf));
  return items.some((item) => item !== undefined);
}
