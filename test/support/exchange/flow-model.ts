import { LIMITS } from "../../../domain";
import type { Run } from "../../../runtime/session/session";

const IDLE_SECONDS = 1_800;

/** Where data lies, as it is declared */
export interface Place {
  readonly name: string;
  readonly sensitivity: "confidential" | "public";
  /** Whether it may hold words of strangers */
  readonly untrusted: boolean;
}

/** What an agent does, or may do while its credentials are good */
export interface Does {
  readonly via: "aws" | "tool";
  readonly reads?: readonly Place[];
  readonly writes?: readonly Place[];
  /** Of high impact, without approval */
  readonly high?: boolean;
}

/** A thing that can be known: the content of a place before any write */
type Datum = Pick<Place, "sensitivity" | "untrusted">;
/** What an agent has read or was told, or what lies in a place: each thing by the name of the place that it is from */
type Known = ReadonlyMap<string, Datum>;

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

/** What was sent, and may not have come in yet */
interface UnderWay {
  readonly to: string;
  readonly says: Known;
  readonly until: number;
}

const NOTHING: Known = new Map();

/**
 * By which agents tell each other what they know: `messages`, each of which says all that its sender knows by then; or, as it was counted while
 * messages were not seen, all live runs of one of the `transactions`, everything and at once, from the moment in which work is handed on.
 */
export type Counting = "messages" | "transactions";

/**
 * Who could know which things, in plain sets: the oracle of the rules of flow. It knows nothing of sessions and
 * marks. It takes for granted what SECURITY.md says: an agent keeps users apart, and transactions where there is no
 * user; a clean session has forgotten. What no evidence
 * began knows all that its agent knows, as long as it runs. Places forget nothing.
 */
export class FlowModel {
  /** By name of the knower, or of the place behind {@link AT} */
  private known = new Map<string, Known>();
  private live: readonly Live[] = [];
  private held: readonly Credentials[] = [];
  private used = new Map<string, number>();
  private evidence = new Set<string>();
  private underWay: readonly UnderWay[] = [];

  /** By which it was counted that credentials are good for longer: clocks differ */
  private readonly margin: number;

  constructor(private readonly counting: Counting = "messages") {
    this.margin = counting === "transactions" ? LIMITS.clockSkew.seconds : 0;
  }

  public copy(): FlowModel {
    const copy = new FlowModel(this.counting);
    copy.known = new Map(this.known);
    copy.live = this.live;
    copy.held = this.held;
    copy.used = new Map(this.used);
    copy.evidence = new Set(this.evidence);
    copy.underWay = this.underWay;
    return copy;
  }

  /** A run begins, by new evidence from outside or by what its chain began with. */
  public began(run: Run, now: number): void {
    const knower = knowerOf(run);
    this.forgets(knower, run, now);
    const itself = run.evidence === null ? `${run.agent}/` : undefined;
    this.live = [...this.live, { txn: run.txn, knower, itself, until: run.expiresAt + this.margin }];
    this.asked(run, now);
  }

  /** Work is handed on, and the delegate may get a request. */
  public handed(run: Run, delegate: string, now: number): void {
    if (this.counting === "messages") return this.did(run, now);
    const to = { ...run, agent: delegate };
    this.forgets(knowerOf(to), to, now);
    this.used.set(knowerOf(to), now);
    this.did(run, now);
    this.tell(knowerOf(to), this.of(knowerOf(run)));
    this.talk(now);
  }

  /** A request, or a part of one, to an agent from the one that handed the work to it */
  public asked(run: Run, now: number): void {
    const from = delegatorOf(run);
    if (from !== undefined) this.sent(knowerOf(run), this.of(from), now);
    this.did(run, now);
  }

  /** A part of an answer to the agent that handed the work on */
  public answered(run: Run, now: number): void {
    const to = delegatorOf(run);
    if (to !== undefined) this.sent(to, this.of(knowerOf(run)), now);
    this.did(run, now);
  }

  /** What is wrong about it, if it was allowed to */
  public use(run: Run, does: Does, now: number): string | undefined {
    const knower = knowerOf(run);
    this.did(run, now);
    const until = Math.min(now + 900, run.expiresAt) + this.margin;
    if (does.via === "aws") this.held = [...this.held, { knower, does, until }];
    const wrong = this.wrongOf(knower, does);
    if (does.via === "tool") this.moves(knower, does);
    this.talk(now);
    return wrong ?? this.wrong(now);
  }

  /** Time passes: what is over is over. */
  public talk(now: number): void {
    if (this.live.some(({ until }) => until <= now)) this.live = this.live.filter(({ until }) => until > now);
    if (this.held.some(({ until }) => until <= now)) this.held = this.held.filter(({ until }) => until > now);
    if (this.underWay.some(({ until }) => until <= now))
      this.underWay = this.underWay.filter(({ until }) => until > now);
    for (let changed = true; changed;) {
      changed = false;
      for (const { knower, does } of this.held) changed = this.moves(knower, does) || changed;
      for (const one of this.live) {
        changed = this.recalls(one) || changed;
        if (this.counting === "messages") continue;
        for (const other of this.live) {
          if (one.txn === other.txn) changed = this.tell(other.knower, this.of(one.knower)) || changed;
        }
      }
    }
  }

  /** A forbidden act that issued credentials allow */
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

  /** Whether it objects to nothing, where this was done to it */
  public allows(does: (model: FlowModel) => string | undefined | void, now: number): boolean {
    const tried = this.copy();
    return does(tried) === undefined && tried.wrong(now) === undefined;
  }

  /** Whether credentials are held: without them only acts can be wrong */
  public get holds(): boolean {
    return this.held.length > 0;
  }

  /** For merging states: who knows what, and may still read and write what */
  public summary(now: number): readonly unknown[] {
    const idle = (name: string) => now >= (this.used.get(name) ?? 0) + IDLE_SECONDS;
    const names = (places: readonly Place[] = []) => places.map(({ name }) => name).join();
    return [
      ...[...this.remembered()].map(([name, known]) => [name, [...known.keys()].sort().join(), idle(name)]),
      ...this.underWay.map(({ to, says, until }) => [to, [...says.keys()].sort().join(), until]),
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
    const known = [...this.of(knower)];
    const untrusted = known.find(([, datum]) => datum.untrusted);
    for (const { name, ...place } of writes) {
      const secret = known.find(([, { sensitivity }]) => sensitivity === "confidential");
      if (secret !== undefined && place.sensitivity === "public")
        return `${knower} could write ${secret[0]} to ${name}`;
      if (untrusted !== undefined && !place.untrusted) return `${knower} could write ${untrusted[0]} to ${name}`;
    }
    return high && untrusted !== undefined ? `${knower} pays because of ${untrusted[0]}` : undefined;
  }

  /** Things go from places that are read to the knower, and on to those that it writes. */
  private moves(knower: string, { reads = [], writes = [] }: Does): boolean {
    let changed = false;
    for (const { name, sensitivity, untrusted } of reads) {
      changed = this.tell(knower, new Map([[name, { sensitivity, untrusted }]])) || changed;
      changed = this.tell(knower, this.of(AT + name)) || changed;
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
    if (since !== undefined && now >= since + IDLE_SECONDS && !this.evidence.has(proof)) {
      // What its agent has held once, its own starts were counted to know for ever.
      if (this.counting === "transactions") this.tell(`${agent}/held`, this.of(knower));
      this.known.delete(knower);
      for (const { to, says } of this.underWay) if (to === knower) this.tell(to, says);
    }
    this.evidence.add(proof);
  }

  /** Where messages are counted, all that the sender knows is on its way, and may come in later. */
  private sent(to: string, says: Known, now: number): void {
    if (this.counting === "transactions") return;
    this.tell(to, says);
    const others = this.underWay.filter((one) => one.to !== to || one.says !== says);
    if (says.size > 0) this.underWay = [...others, { to, says, until: now + LIMITS.stream.seconds }];
  }

  private did(run: Run, now: number): void {
    this.used.set(knowerOf(run), now);
    this.talk(now);
  }

  private of(name: string): Known {
    return this.known.get(name) ?? NOTHING;
  }

  private tell(name: string, says: Known): boolean {
    const before = this.of(name);
    if ([...says.keys()].every((thing) => before.has(thing))) return false;
    this.known.set(name, together(before, says));
    return true;
  }
}

const AT = "at ";
const A_TRANSACTION = "id-of-";

function together(one: Known, other: Known): Known {
  return new Map([...one, ...other]);
}

/** The delegator; undefined if the work was not delegated */
function delegatorOf({ chain, user, txn }: Pick<Run, "chain" | "txn" | "user">): string | undefined {
  const hop = chain.at(-1);
  return hop && knowerOf({ agent: hop.agent, user, txn });
}

export function knowerOf({ agent, user, txn }: Pick<Run, "agent" | "txn" | "user">): string {
  return `${agent}/${user?.subject ?? txn}`;
}
