import type { Start } from "../../../domain";
import { chainBehind } from "../../../runtime/exchange/issue/chain";
import type { Arrival } from "../../../runtime/session/arrival";
import { evidenceBehind } from "../../../runtime/session/evidence";
import { raise } from "../../../runtime/session/raise";
import { newRunWrite } from "../../../runtime/session/runs";
import { refuseBelow } from "../../../runtime/session/reservation";
import type { Run, Session } from "../../../runtime/session/session";
import type { Raise } from "../../../runtime/session/session-state";
import { plan, planWrites } from "../../../runtime/session/sessions";
import { readOwn, readSessions } from "../../../runtime/session/stored-sessions";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreConflict } from "../../../runtime/store/store";
import { EPOCH, evidence, fleetOf, NOW, ofAlice, runOf, startOf, TIMES } from "./sessions";

export const AGENTS = ["front", "worker", "reader"] as const;
export type AgentName = (typeof AGENTS)[number];

export interface Begin {
  readonly by: Start;
  /** Of evidence from outside; the same again is a replay */
  readonly evidence?: string;
  readonly newSession?: boolean;
  readonly parent?: Run | undefined;
  /** As the way in declares it */
  readonly arrival?: Arrival;
}

/** Sessions in memory that agents of one user go through, one step after another */
export class SessionWorld {
  public now = NOW;
  public readonly store = new MemoryStore(() => this.now);
  public readonly state = { store: this.store, epoch: EPOCH };
  private readonly fleet = fleetOf(...AGENTS);
  private runs = 0;

  /** Begin a run as `/token` does. */
  public async begin(
    agent: AgentName,
    { by, evidence: digest, newSession = false, parent, arrival }: Begin,
  ): Promise<Run> {
    const { now } = this;
    const id = `run-${(this.runs += 1)}`;
    const outside =
      digest === undefined ? undefined : evidence(digest, { single: by !== "user", until: now + 1e7, newSession });
    const start = startOf(agent, { by, outside, parent }, { run: id, expiresAt: now + 900, now, fleet: this.fleet });
    const planned = await plan(this.state, { ...start, arrival });
    await refuseBelow(this.state, planned.own, planned.reads, now);
    const run = runOf(agent, {
      run: id,
      txn: parent?.txn ?? id,
      start: by,
      chain: chainBehind(parent),
      evidence: evidenceBehind(start.proven),
      sid: planned.session.sid,
      startedAt: now,
      expiresAt: now + 900,
    });
    await this.store.write([...(await planWrites(this.state, planned, now)), newRunWrite(EPOCH, run)]);
    return run;
  }

  public async raise(run: Run, what: Raise): Promise<void> {
    for (;;) {
      try {
        const own = await readOwn(this.state, this.fleet, run);
        return await this.store.write(await raise(this.state, own, what, TIMES, this.now));
      } catch (error) {
        if (!(error instanceof StoreConflict)) throw error;
      }
    }
  }

  public async session(agent: AgentName): Promise<Session | undefined> {
    const [stored] = await readSessions(this.state, [ofAlice(agent)]);
    return stored?.session;
  }
}
