import { askedWith } from "../../approval/asked-with";
import { Refusal } from "../../refusal/refusal";
import type { FleetAgent, FleetEdge, FleetTask, FleetView } from "../../registry/registry";
import type { Changed } from "../../session/domain";
import { arrivalOf } from "../../session/arrival";
import { evidenceBehind, type EvidenceVerifier, type ProvenStart } from "../../session/evidence";
import { newRunWrite, readRun } from "../../session/runs";
import type { Run, Session } from "../../session/session";
import { goOn, plan, txnOf } from "../../session/sessions";
import type { EpochState } from "../../session/stored";
import { runKey } from "../../store/keys";
import type { Write } from "../../store/store";
import type { Beginning, Starting } from "../request/beginning";
import { chainBehind, edgesOf } from "./chain";
import { runEnd } from "./limits";

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
export interface RunInSession {
  readonly run: Run;
  readonly session: Session;
  /** To be written with it by `together`: the session first, and the delegator's where work is handed on */
  readonly changed: readonly [Changed, ...Changed[]];
  /** Declared edges of the way to it */
  readonly edges: readonly FleetEdge[];
  /** Undefined where the run goes on */
  readonly proven: ProvenStart | undefined;
  /** Fail with StoreConflict where run, session or evidence changed since: then everything is decided again. */
  readonly writes: readonly Write[];
}

/** @throws Refusal */
export async function runOfRequest(situation: Situation, beginning: Beginning): Promise<RunInSession> {
  return beginning.kind === "start" ? started(situation, beginning) : goneOn(situation, beginning.run);
}

async function started(
  { fleet, agent, task, state, evidence, newId, now }: Situation,
  { start, subjectToken }: Starting,
): Promise<RunInSession> {
  const asked = (digest: string) => askedWith(state, { agent: agent.name, task: task.name, evidence: digest }, now);
  const proven = await evidence.verify({ fleet, agent, task, start, subjectToken, asked, now });
  const { parent, user } = proven;
  const id = newId();
  const chain = chainBehind(parent);
  const edges = edgesOf(fleet, chain, agent, task.name);
  const expiresAt = runEnd(now, task, edges, proven);
  const arrival = arrivalOf(task, proven.by);
  const begins = { fleet, agent, proven, chain, arrival, run: id, expiresAt, now };
  const { session, changed, writes } = await plan(state, begins);
  const run: Run = {
    run: id,
    txn: txnOf(proven, id),
    agent: agent.name,
    spiffeId: agent.spiffeId,
    task: task.name,
    user,
    start: proven.by,
    chain,
    evidence: evidenceBehind(proven),
    sid: session.sid,
    startedAt: now,
    expiresAt,
    done: [],
  };
  return { run, session, changed, edges, proven, writes: [...writes, newRunWrite(state.epoch, run)] };
}

async function goneOn({ fleet, agent, task, state, now }: Situation, id: string): Promise<RunInSession> {
  const stored = await readRun(state, id);
  // One answer for what is not there and what is another's: nobody learns which runs there are.
  if (stored === undefined || !isOf(stored.run, agent, task)) throw Refusal.of("run.unknown");
  const { run, version } = stored;
  const { session, changed, writes } = await goOn(state, fleet, run, agent, now);
  const unchanged: Write = { kind: "check", key: runKey(state.epoch, id), when: { version } };
  return {
    run,
    session,
    changed,
    edges: edgesOf(fleet, run.chain, agent, task.name),
    proven: undefined,
    writes: [...writes, unchanged],
  };
}

function isOf(run: Run, agent: FleetAgent, task: FleetTask): boolean {
  return run.spiffeId === agent.spiffeId && run.agent === agent.name && run.task === task.name;
}
