import { isRecord } from "../../../domain/is-record";
import type { SensitivityName } from "../../../domain";
import type { Act } from "../../../runtime/audit/audit";
import { LEVELS } from "../../../runtime/session/knowledge";
import type { NoteSeen, RunSeen, SessionSeen } from "./events";

type Facts = Act["event"]["facts"];

/** Sessions as the act leaves them */
export function sessionsIn({ writes }: Act): readonly Omit<SessionSeen, "rose">[] {
  return writes.flatMap((write) => {
    if (write.kind !== "put" || write.key.sort !== "session" || !isRecord(write.value)) return [];
    const [family, , agent = ""] = write.key.partition.split("#");
    const { sid, mark, tainted } = write.value;
    if (family !== "session" || typeof sid !== "string" || typeof tainted !== "boolean") return [];
    return [{ kind: "session", sid, agent: decodeURIComponent(agent), mark: mark as SensitivityName, tainted }];
  });
}

/** Whether one session knows more than it did before */
export function knowsMore(before: Pick<SessionSeen, "mark" | "tainted">, now: Pick<SessionSeen, "mark" | "tainted">) {
  return LEVELS.indexOf(now.mark) > LEVELS.indexOf(before.mark) || (now.tainted && !before.tainted);
}

/**
 * The run that the record tells of; undefined where it tells of none
 *
 * @param userOf name of a user by the digest
 */
export function runIn({ event: { kind, facts } }: Act, userOf: (digest: string) => string): RunSeen | undefined {
  if (kind !== "run.begun" && kind !== "run.joined" && kind !== "token.issued") return undefined;
  const { user, chain, runExpiresAt } = facts;
  return {
    kind: "run",
    how: kind === "run.joined" ? "joined" : "begun",
    run: text(facts, "run"),
    txn: text(facts, "txn"),
    agent: text(facts, "agent"),
    task: text(facts, "task"),
    start: text(facts, "start"),
    ...(typeof user === "string" && { user: userOf(user) }),
    chain: Array.isArray(chain)
      ? chain.filter(isRecord).map((hop) => ({ agent: `${hop["agent"]}`, task: `${hop["task"]}` }))
      : [],
    sid: text(facts, "sid"),
    expiresAt: Number(runExpiresAt),
  };
}

/** What else the record tells, where a person wants to know it */
export function noteIn({ event: { kind, facts } }: Act): NoteSeen | undefined {
  const whose = {
    agent: text(facts, "agent"),
    task: text(facts, "task"),
    run: text(facts, "run"),
    txn: text(facts, "txn"),
  };
  switch (kind) {
    case "token.issued": {
      const delegate = facts["delegate"];
      const to = typeof delegate === "string" ? `, to hand work on to ${delegate}` : "";
      return { kind: "issued", ...whose, what: `token for ${text(facts, "audience")}${to}` };
    }
    case "aws.issued":
      return { kind: "issued", ...whose, what: `AWS credentials of ${text(facts, "role")}` };
    case "approval.requested":
      return { kind: "approval", ...whose, what: text(facts, "call") };
    case "call.outcome":
      return { kind: "outcome", ...whose, what: `${text(facts, "call")} ${text(facts, "outcome")}` };
    default:
      return undefined;
  }
}

/** Of a line of a log; empty where it says nothing */
export function text(facts: Facts, name: string): string {
  const value = facts[name];
  return typeof value === "string" ? value : "";
}
