import { isRecord } from "../../../domain/is-record";
import type { SensitivityName, User } from "../../../domain";
import type { Act } from "../../../runtime/audit/audit";
import { LEVELS } from "../../../runtime/session/knowledge";
import type { NoteSeen, RunSeen, SessionSeen, StopSeen } from "./events";

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
 * The run of a record; undefined if the record is about none
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

/**
 * What is stopped, or acts again; undefined if the record tells of neither
 *
 * @param userOf name of a user by the digest
 */
export function stopIn(act: Act, userOf: (digest: string) => string): StopSeen | undefined {
  const { kind, facts } = act.event;
  if (kind !== "revocation.ordered" && kind !== "revocation.restored") return undefined;
  const what = [text(facts, "target"), text(facts, "id") || text(facts, "user").slice(0, 8)].join(" ");
  const by = text(facts, "killSwitch") || userOf(text(facts, "by"));
  const said = { what, why: text(facts, "why"), by };
  if (kind === "revocation.restored") return { kind: "restored", ...said };
  const [restorableAt] = valuesIn(act).flatMap(({ restorableAt: at }) => (typeof at === "number" ? [at] : []));
  return { kind: "stopped", ...said, ...(restorableAt !== undefined && { restorableAt }) };
}

/** Handle of the request that the act opens; undefined if it opens none */
function handleIn(act: Act): string | undefined {
  const handle = valuesIn(act).find(({ digest }) => digest !== undefined)?.["handle"];
  return typeof handle === "string" ? handle : undefined;
}

/** What the act puts into the store */
function valuesIn({ writes }: Act): readonly Readonly<Record<string, unknown>>[] {
  return writes.flatMap((write) => (write.kind === "put" && isRecord(write.value) ? [write.value] : []));
}

/** Who decides on a request, as the store keeps it: the record does not name them */
export function personsIn(act: Act): readonly User[] {
  return valuesIn(act).flatMap(({ decision, approvals }) =>
    [decision, ...(Array.isArray(approvals) ? approvals : [])].flatMap((said) =>
      isRecord(said) && isRecord(said["by"]) ? [said["by"] as unknown as User] : [],
    ),
  );
}

/**
 * What else the record tells, where a person wants to know it
 *
 * @param userOf name of a user by the digest
 * @param linkTo where a person decides on the request with a handle; undefined if there is no page
 */
export function noteIn(
  act: Act,
  userOf: (digest: string) => string,
  linkTo: (handle: string) => string | undefined,
): NoteSeen | undefined {
  const {
    event: { kind, facts },
  } = act;
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
    case "approval.requested": {
      const handle = handleIn(act);
      const link = handle === undefined ? undefined : linkTo(handle);
      return { kind: "approval", ...whose, what: text(facts, "call"), ...(link !== undefined && { link }) };
    }
    case "approval.decided":
      return { kind: "decided", what: `${text(facts, "verdict")} by ${decider(facts, userOf)}` };
    case "approval.seconded":
      return { kind: "decided", what: `approved by ${decider(facts, userOf)}: another person must approve too` };
    case "approval.submitted":
      return { kind: "decided", ...whose, what: "submitted by the agent, which follows what people decide" };
    case "approval.cancelled":
      return { kind: "decided", ...whose, what: "withdrawn by the agent" };
    case "approval.decision-refused":
      return { kind: "decided", what: `not by ${decider(facts, userOf)}: ${texts(facts, "codes").join(", ")}` };
    case "call.outcome":
      return { kind: "outcome", ...whose, what: `${text(facts, "call")} ${text(facts, "outcome")}` };
    default:
      return undefined;
  }
}

function decider(facts: Facts, userOf: (digest: string) => string): string {
  return `${userOf(text(facts, "by"))} of ${text(facts, "group")}`;
}

function texts(facts: Facts, name: string): readonly string[] {
  const value = facts[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** A fact of a log line as text; empty if it is absent */
export function text(facts: Facts, name: string): string {
  const value = facts[name];
  return typeof value === "string" ? value : "";
}
