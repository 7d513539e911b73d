import type { Run } from "../../../runtime/session/session";
import { DEEDS, type Deed } from "./flow-fleet";

const IDLE_SECONDS = 1_800;

/** What somebody has read, or was told */
interface Known {
  confidential: boolean;
  untrusted: boolean;
}

interface Live {
  readonly run: string;
  readonly txn: string;
  readonly knower: string;
  readonly until: number;
}

interface Credentials {
  readonly knower: string;
  readonly deed: Deed;
  readonly until: number;
}

/**
 * Who could know what, and how untrusted, in plain sets: the oracle of the rules of flow. It knows nothing of sessions,
 * marks and links. It takes for granted what SECURITY.md says: an agent keeps users apart, and transactions where there is no
 * user; a clean session has forgotten; and all live runs of a transaction tell each other everything at once.
 */
export class FlowModel {
  private known = new Map<string, Known>();
  private live: Live[] = [];
  private held: Credentials[] = [];
  private used = new Map<string, number>();
  private evidence = new Set<string>();

  public copy(): FlowModel {
    const copy = new FlowModel();
    copy.known = new Map([...this.known].map(([name, known]) => [name, { ...known }]));
    copy.live = [...this.live];
    copy.held = [...this.held];
    copy.used = new Map(this.used);
    copy.evidence = new Set(this.evidence);
    return copy;
  }

  /** A run begins, by new evidence from outside or by what its chain began with. */
  public began(run: Run, now: number): void {
    const knower = knowerOf(run);
    const since = this.used.get(knower);
    const proof = run.evidence === null ? undefined : `${run.evidence.digest} ${run.agent}`;
    const idle = since !== undefined && now >= since + IDLE_SECONDS;
    if (idle && proof !== undefined && !this.evidence.has(proof)) this.known.delete(knower);
    if (proof !== undefined) this.evidence.add(proof);
    // Who starts by itself brings all that it knows, from whomever.
    if (run.start === "agent") {
      for (const [name, known] of this.known) if (name.startsWith(`${run.agent}/`)) this.tell(knower, known);
    }
    this.live.push({ run: run.run, txn: run.txn, knower, until: run.expiresAt });
    this.did(run, now);
  }

  /** A message to whoever is handed the work */
  public handed(run: Run, delegate: string, now: number): void {
    this.evidence.add(`${run.evidence?.digest} ${delegate}`);
    const to = knowerOf({ ...run, agent: delegate });
    const since = this.used.get(to);
    if (since !== undefined && now >= since + IDLE_SECONDS && run.evidence !== null) this.known.delete(to);
    this.used.set(to, now);
    this.did(run, now);
    this.tell(to, this.of(knowerOf(run)));
    this.talk(now);
  }

  /** What is wrong about it, if it was allowed to */
  public use(run: Run, deed: Deed, now: number): string | undefined {
    const what: { reads?: string; writes?: string; untrusted?: boolean; high?: boolean; via: string } = DEEDS[deed];
    const knower = knowerOf(run);
    this.did(run, now);
    const { confidential, untrusted } = this.of(knower);
    if (what.via === "aws") {
      this.held.push({ knower, deed, until: Math.min(now + 900, run.expiresAt) });
    } else {
      if (deed === "post" && confidential) return `${knower} posts what is confidential`;
      if (what.high === true && untrusted) return `${knower} pays because a stranger said so`;
      this.tell(knower, { confidential: what.reads === "confidential", untrusted: what.untrusted === true });
    }
    this.talk(now);
    return this.wrong(now);
  }

  /** Time passes: what is over is over. */
  public talk(now: number): void {
    this.live = this.live.filter(({ until }) => until > now);
    this.held = this.held.filter(({ until }) => until > now);
    for (const { knower, deed } of this.held) {
      const what: { via: string; reads?: string; untrusted?: boolean } = DEEDS[deed];
      if (what.reads !== undefined) {
        this.tell(knower, { confidential: what.reads === "confidential", untrusted: what.untrusted === true });
      }
    }
    for (let changed = true; changed;) {
      changed = false;
      for (const one of this.live) {
        for (const other of this.live) {
          if (one.txn === other.txn) changed = this.tell(other.knower, this.of(one.knower)) || changed;
        }
      }
    }
  }

  /** Whoever holds credentials to write could write below what it knows. */
  public wrong(now: number): string | undefined {
    const below = this.held.find(
      ({ knower, deed, until }) => until > now && "writes" in DEEDS[deed] && this.of(knower).confidential,
    );
    return below && `${below.knower} could write what is confidential to what is public`;
  }

  private did(run: Run, now: number): void {
    this.used.set(knowerOf(run), now);
    this.talk(now);
  }

  private of(knower: string): Known {
    return this.known.get(knower) ?? { confidential: false, untrusted: false };
  }

  private tell(knower: string, { confidential, untrusted }: Known): boolean {
    const before = this.of(knower);
    const after = {
      confidential: before.confidential || confidential,
      untrusted: before.untrusted || untrusted,
    };
    if (after.confidential === before.confidential && after.untrusted === before.untrusted) return false;
    this.known.set(knower, after);
    return true;
  }

  /** For merging states: who knows what, and who may still be told */
  public summary(now: number): unknown {
    const idle = (name: string) => now >= (this.used.get(name) ?? 0) + IDLE_SECONDS;
    return [...this.known].map(([name, known]) => [name, known, idle(name)]);
  }
}

export function knowerOf({ agent, user, txn }: Pick<Run, "agent" | "txn" | "user">): string {
  return `${agent}/${user?.subject ?? txn}`;
}
