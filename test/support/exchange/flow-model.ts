import type { Run } from "../../../runtime/session/session";

const IDLE_SECONDS = 1_800;

/** Where data lies, as it is declared */
export interface Place {
  readonly name: string;
  readonly sensitivity: "confidential" | "public";
  /** Whether it may hold words of strangers */
  readonly untrusted: boolean;
}

/** What somebody does, or may do as long as credentials are good */
export interface Does {
  readonly via: "aws" | "tool";
  readonly reads?: readonly Place[];
  readonly writes?: readonly Place[];
  /** Of high impact, and nobody approves it */
  readonly high?: boolean;
}

/** What somebody has read or was told, or what lies in a place */
interface Known {
  readonly confidential: boolean;
  readonly untrusted: boolean;
}

interface Live {
  readonly txn: string;
  readonly knower: string;
  /** Names of all knowers of its agent begin with it, where nothing from outside began its chain */
  readonly itself: string | undefined;
  readonly until: number;
}

interface Credentials {
  readonly knower: string;
  readonly does: Does;
  readonly until: number;
}

const NOTHING: Known = { confidential: false, untrusted: false };

/**
 * Who could know what, and how untrusted, in plain sets: the oracle of the rules of flow. It knows nothing of sessions,
 * marks and links. It takes for granted what SECURITY.md says: an agent keeps users apart, and transactions where there is no
 * user; a clean session has forgotten; and all live runs of a transaction tell each other everything at once. What no evidence
 * began knows all that its agent knows, as long as it runs. Places forget nothing.
 */
export class FlowModel {
  /** By name of the knower, or of the place behind {@link AT} */
  private known = new Map<string, Known>();
  private live: readonly Live[] = [];
  private held: readonly Credentials[] = [];
  private used = new Map<string, number>();
  private evidence = new Set<string>();

  public copy(): FlowModel {
    const copy = new FlowModel();
    copy.known = new Map(this.known);
    copy.live = this.live;
    copy.held = this.held;
    copy.used = new Map(this.used);
    copy.evidence = new Set(this.evidence);
    return copy;
  }

  /** A run begins, by new evidence from outside or by what its chain began with. */
  public began(run: Run, now: number): void {
    const knower = knowerOf(run);
    this.forgets(knower, run, now);
    const itself = run.evidence === null ? `${run.agent}/` : undefined;
    this.live = [...this.live, { txn: run.txn, knower, itself, until: run.expiresAt }];
    this.did(run, now);
  }

  /** A message to the agent that is handed the work */
  public handed(run: Run, delegate: string, now: number): void {
    const to = { ...run, agent: delegate };
    this.forgets(knowerOf(to), to, now);
    this.used.set(knowerOf(to), now);
    this.did(run, now);
    this.tell(knowerOf(to), this.of(knowerOf(run)));
    this.talk(now);
  }

  /** What is wrong about it, if it was allowed to */
  public use(run: Run, does: Does, now: number): string | undefined {
    const knower = knowerOf(run);
    this.did(run, now);
    if (does.via === "aws") this.held = [...this.held, { knower, does, until: Math.min(now + 900, run.expiresAt) }];
    const wrong = this.wrongOf(knower, does);
    if (does.via === "tool") this.moves(knower, does);
    this.talk(now);
    return wrong ?? this.wrong(now);
  }

  /** Time passes: what is over is over. */
  public talk(now: number): void {
    if (this.live.some(({ until }) => until <= now)) this.live = this.live.filter(({ until }) => until > now);
    if (this.held.some(({ until }) => until <= now)) this.held = this.held.filter(({ until }) => until > now);
    for (let changed = true; changed;) {
      changed = false;
      for (const { knower, does } of this.held) changed = this.moves(knower, does) || changed;
      for (const one of this.live) {
        changed = this.recalls(one) || changed;
        for (const other of this.live) {
          if (one.txn === other.txn) changed = this.tell(other.knower, this.of(one.knower)) || changed;
        }
      }
    }
  }

  /** What somebody who holds credentials could do wrong with them */
  public wrong(now: number): string | undefined {
    for (const { knower, does, until } of this.held) {
      const wrong = until > now ? this.wrongOf(knower, does) : undefined;
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  /** Whether the oracle minds it: what it allows need not be tried */
  public minds(run: Run, does: Does): boolean {
    return this.wrongOf(knowerOf(run), does) !== undefined;
  }

  /** Whether anybody holds credentials: without them nothing is wrong but what is done */
  public get holds(): boolean {
    return this.held.length > 0;
  }

  /** For merging states: who knows what, and may still read and write what */
  public summary(now: number): readonly unknown[] {
    const idle = (name: string) => now >= (this.used.get(name) ?? 0) + IDLE_SECONDS;
    const names = (places: readonly Place[] = []) => places.map(({ name }) => name).join();
    return [
      ...[...this.remembered()].map(([name, known]) => [name, known, idle(name)]),
      ...this.held.map(({ knower, does, until }) => [knower, names(does.reads), names(does.writes), until]),
    ];
  }

  /** What is known, where of transactions that are over it is only of matter that their agents know it */
  private remembered(): ReadonlyMap<string, Known> {
    const going = new Set([...this.live, ...this.held].map(({ knower }) => knower));
    const all = new Map<string, Known>();
    for (const [name, known] of this.known) {
      const [agent = "", whose = ""] = name.split("/");
      const kept = whose.startsWith(A_TRANSACTION) && !going.has(name) ? `${agent}/over` : name;
      all.set(kept, together(known, all.get(kept) ?? NOTHING));
    }
    return all;
  }

  private wrongOf(knower: string, { writes = [], high = false }: Does): string | undefined {
    const { confidential, untrusted } = this.of(knower);
    for (const { name, ...place } of writes) {
      if (confidential && place.sensitivity === "public")
        return `${knower} could write what is confidential to ${name}`;
      if (untrusted && !place.untrusted) return `${knower} could write words of strangers to ${name}`;
    }
    return high && untrusted ? `${knower} pays because a stranger said so` : undefined;
  }

  /** Facts go from places that are read to the knower, and on to those that it writes. */
  private moves(knower: string, { reads = [], writes = [] }: Does): boolean {
    let changed = false;
    for (const { name, sensitivity, untrusted } of reads) {
      const declared = { confidential: sensitivity === "confidential", untrusted };
      changed = this.tell(knower, declared) || this.tell(knower, this.of(AT + name)) || changed;
    }
    for (const { name } of writes) changed = this.tell(AT + name, this.of(knower)) || changed;
    return changed;
  }

  /** A run without evidence from outside may use all that its agent knows, of every user. */
  private recalls({ knower, itself }: Live): boolean {
    if (itself === undefined) return false;
    const all = [...this.known].filter(([name]) => name.startsWith(itself));
    return all.reduce((changed, [, known]) => this.tell(knower, known) || changed, false);
  }

  private forgets(knower: string, { agent, evidence }: Pick<Run, "agent" | "evidence">, now: number): void {
    if (evidence === null) return;
    const since = this.used.get(knower);
    const proof = `${evidence.digest} ${agent}`;
    if (since !== undefined && now >= since + IDLE_SECONDS && !this.evidence.has(proof)) this.known.delete(knower);
    this.evidence.add(proof);
  }

  private did(run: Run, now: number): void {
    this.used.set(knowerOf(run), now);
    this.talk(now);
  }

  private of(name: string): Known {
    return this.known.get(name) ?? NOTHING;
  }

  private tell(name: string, { confidential, untrusted }: Known): boolean {
    const before = this.of(name);
    if ((before.confidential || !confidential) && (before.untrusted || !untrusted)) return false;
    this.known.set(name, together(before, { confidential, untrusted }));
    return true;
  }
}

const AT = "at ";
const A_TRANSACTION = "id-of-";

function together(one: Known, other: Known): Known {
  return { confidential: one.confidential || other.confidential, untrusted: one.untrusted || other.untrusted };
}

export function knowerOf({ agent, user, txn }: Pick<Run, "agent" | "txn" | "user">): string {
  return `${agent}/${user?.subject ?? txn}`;
}
