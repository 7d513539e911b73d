import { askedWith } from "../../approval/asked-with";
import { Refusal } from "../../refusal/refusal";
import type { FleetAgent, FleetEdge, FleetTask, FleetView } from "../../registry/registry";
import { arrivalOf } from "../../session/arrival";
import { evidenceBehind, type EvidenceVerifier, type ProvenStart } from "../../session/evidence";
import { join } from "../../session/joining";
import { newRunWrite, readRun, type StoredRun } from "../../session/runs";
import type { Run } from "../../session/session";
import { goOn, plan, type SessionPlan, txnOf } from "../../session/sessions";
import type { EpochState } from "../../session/stored";
import { runKey } from "../../store/keys";
import type { Write } from "../../store/store";
import type { Beginning, JoiningRun, Starting } from "../request/beginning";
import { malformed } from "../request/details";
import { chainBehind, edgesOf } from "./chain";
import { runEnd } from "./limits";
import { isSameCaller } from "./same-caller";

/** Who asks for which task, by what is declared and stored now */
export interface Situation {
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly task: FleetTask;
  readonly state: EpochState;
  readonly evidence: EvidenceVerifier;
  readonly newId: () => string;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** The run that a token would belong to, in its session, and what makes them so */
export interface RunInSession extends Omit<SessionPlan, "isNew"> {
  readonly run: Run;
  /** Declared edges of the way to it */
  readonly edges: readonly FleetEdge[];
  /** What the request has shown; undefined if the run just goes on */
  readonly proven: ProvenStart | undefined;
}

/** @throws Refusal */
export async function runOfRequest(situation: Situation, beginning: Beginning): Promise<RunInSession> {
  switch (beginning.kind) {
    case "start":
      return started(situation, beginning);
    case "join":
      return joined(situation, beginning);
    case "run":
      return goneOn(situation, beginning.run);
  }
}

async function started(
  { fleet, agent, task, state, evidence, newId, now }: Situation,
  { start, subjectToken, newSession }: Starting,
): Promise<RunInSession> {
  // What the agent asks for by itself is no wish of its caller's.
  if (newSession && task.servedBy.length === 0) {
    throw malformed(
      "session is for a task that a way in serves: elsewhere the user's token asks for it, by ambit_session",
    );
  }
  const asked = (digest: string) => askedWith(state, { agent: agent.name, task: task.name, evidence: digest }, now);
  const verified = await evidence.verify({ fleet, agent, task, start, subjectToken, asked, now });
  const proven = newSession ? withNewSession(verified) : verified;
  refuseUnserved(task, proven);
  const { parent, user, userEmail } = proven;
  const id = newId();
  const chain = chainBehind(parent);
  const edges = edgesOf(fleet, chain, agent, task.name);
  const expiresAt = runEnd(now, task, edges, proven);
  const arrival = arrivalOf(task, proven.by);
  const begins = { fleet, agent, proven, chain, arrival, run: id, expiresAt, now };
  const planned = await plan(state, begins);
  const run: Run = {
    run: id,
    txn: txnOf(proven, id),
    agent: agent.name,
    spiffeId: agent.spiffeId,
    task: task.name,
    user,
    ...(userEmail !== undefined && { userEmail }),
    start: proven.by,
    chain,
    evidence: evidenceBehind(proven),
    ...(proven.inherits === true && { inherits: true }),
    sid: planned.session.sid,
    startedAt: now,
    expiresAt,
    done: [],
  };
  return { ...planned, run, edges, proven, writes: [...planned.writes, newRunWrite(state.epoch, run)] };
}

async function joined(situation: Situation, { run: id, start, subjectToken }: JoiningRun): Promise<RunInSession> {
  const { fleet, agent, task, state, evidence, now } = situation;
  // An approval extends a start token only for beginning a run, not for joining one.
  const asked = async () => undefined;
  const proven = await evidence.verify({ fleet, agent, task, start, subjectToken, asked, now });
  refuseUnserved(task, proven);
  const stored = await storedRun(situation, id);
  const { run } = stored;
  if (!isSameCaller(run, proven) || now >= run.expiresAt) throw Refusal.of("run.unknown");
  const plan = await join(state, { fleet, agent, proven, run, arrival: arrivalOf(task, start), now });
  return goingOn(situation, stored, plan, proven);
}

async function goneOn(situation: Situation, id: string): Promise<RunInSession> {
  const { fleet, agent, state, now } = situation;
  const stored = await storedRun(situation, id);
  return goingOn(situation, stored, await goOn(state, fleet, stored.run, agent, now), undefined);
}

/** @throws Refusal `run.unknown` */
async function storedRun({ agent, task, state }: Situation, id: string): Promise<StoredRun> {
  const stored = await readRun(state, id);
  // The same answer for an unknown run and for another agent's: it does not reveal which runs exist.
  if (stored === undefined || !isOf(stored.run, agent, task)) throw Refusal.of("run.unknown");
  return stored;
}

function goingOn(
  { fleet, agent, task, state }: Situation,
  { run, version }: StoredRun,
  planned: SessionPlan,
  proven: ProvenStart | undefined,
): RunInSession {
  const unchanged: Write = { kind: "check", key: runKey(state.epoch, run.run), when: { version } };
  const edges = edgesOf(fleet, run.chain, agent, task.name);
  return { ...planned, run, edges, proven, writes: [...planned.writes, unchanged] };
}

function isOf(run: Run, agent: FleetAgent, task: FleetTask): boolean {
  return run.spiffeId === agent.spiffeId && run.agent === agent.name && run.task === task.name;
}

/**
 * Where no way in serves a task, no companion and no gateway see the messages to it, and what they tell would be lost.
 *
 * @throws Refusal `delegation.not-served`
 */
function refuseUnserved({ servedBy }: FleetTask, { by }: ProvenStart): void {
  if (by === "delegation" && servedBy.length === 0) throw Refusal.of("delegation.not-served");
}

/** As the claim of the user's token would say */
function withNewSession({ outside, ...proven }: ProvenStart): ProvenStart {
  return { ...proven, outside: outside && { ...outside, newSession: true } };
}
