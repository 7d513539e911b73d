import { Bounded } from "../../bounded";
import type { Clock } from "../../clock";
import type { Place } from "./asked";
import type { AwaitedAnswer } from "./awaited-answer";
import { digestOf, Handles } from "./handles";

/** Of one owner and of the process: of more, the one that was kept first is dropped, an owner's own before others'. */
const MOST_BYTES_OF_ONE = 1_048_576;
const MOST_BYTES = 16_777_216;
/** Of each, beside its text: so at most 256 of one owner are kept, and 4,096 in all. */
const BYTES_OF_EACH = 4_096;
const BYTES_OF_A_CHARACTER = 2;
/** A client comes back behind the last event that it got. */
const MOST_EVENTS = 16;
/** Envoy ends the stream of the request, and the one by which the client comes back, after half of it each. */
const KEPT_SECONDS = 600;

interface Kept {
  readonly answer: AwaitedAnswer;
  readonly place: Place;
  readonly bytes: number;
  readonly until: number;
  /** Digests of the last ones, on whichever stream */
  readonly events: Bounded<true>;
  /** Whether another request of the session had its id meanwhile */
  isDoubtful: boolean;
}

/**
 * Answers of servers of 2025-11-25 that are waited for while a client may come back for them, by `Last-Event-ID`: an event of the
 * request's stream says which request it was, so that its answer is read as it would have been there. An id of JSON-RPC alone does not
 * say it: an agent that gives it to two requests could have the list of tools read as the result of a call.
 */
export class KeptAnswers {
  /** By owner, session and id; the one that was kept first stands first. */
  private readonly all = new Map<string, Kept>();
  private readonly owners = new Map<string, Set<Kept>>();
  private bytes = 0;

  constructor(private readonly clock: Clock) {}

  /** An event of a stream that the answer may come on. From the first one on it is kept, and what was dropped is not kept again. */
  public saw(answer: AwaitedAnswer, event: string): void {
    const { place } = answer;
    if (place === undefined || answer.isTaken || !Handles.isSound(event)) return;
    this.dropOver();
    if (!answer.wasKept) this.keep(answer, place);
    this.keptOf(answer)?.events.put(digestOf(event), true);
  }

  /** Of the request whose stream had this event; undefined where none is known, or where it could be one of two */
  public of(place: Place | undefined, event: string): AwaitedAnswer | undefined {
    if (place === undefined) return undefined;
    this.dropOver();
    const digest = digestOf(event);
    const [first, ...others] = [...(this.owners.get(place.owner) ?? [])].filter(
      ({ place: { session, run }, events }) =>
        session === place.session && run === place.run && events.of(digest) !== undefined,
    );
    return others.length === 0 ? first?.answer : undefined;
  }

  /**
   * Whether an answer that comes now passes: the first one, and on another stream than that of its request while it is kept.
   *
   * @param isOwn whether the stream is that of its request
   */
  public take(answer: AwaitedAnswer, isOwn: boolean): boolean {
    this.dropOver();
    const kept = this.keptOf(answer);
    const isDue = isOwn || (kept !== undefined && !kept.isDoubtful);
    if (answer.isTaken || !isDue) return false;
    answer.isTaken = true;
    // One that is doubtful stays, as another request still has its id.
    if (kept?.isDoubtful === false) this.drop(kept);
    return true;
  }

  /** The session is over. */
  public end(owner: string, session: string): void {
    for (const kept of this.owners.get(owner) ?? []) if (kept.place.session === session) this.drop(kept);
  }

  private keep(answer: AwaitedAnswer, place: Place): void {
    answer.wasKept = true;
    const other = this.all.get(nameOf(place, answer));
    // MCP has a client give each id once in a session. Where it does not, each answer comes on its own stream or not at all.
    if (other !== undefined) {
      other.isDoubtful = true;
      return;
    }
    const bytes = BYTES_OF_EACH + BYTES_OF_A_CHARACTER * answer.length;
    const until = this.clock() + KEPT_SECONDS;
    const kept: Kept = { answer, place, bytes, until, events: new Bounded(MOST_EVENTS), isDoubtful: false };
    const own = this.owners.get(place.owner) ?? new Set();
    this.all.set(nameOf(place, answer), kept);
    this.owners.set(place.owner, own.add(kept));
    this.bytes += bytes;
    this.dropFirstOf(own, () => bytesOf(own) > MOST_BYTES_OF_ONE);
    this.dropFirstOf(this.all.values(), () => this.bytes > MOST_BYTES);
  }

  private keptOf(answer: AwaitedAnswer): Kept | undefined {
    const { place, wasKept } = answer;
    const kept = place !== undefined && wasKept ? this.all.get(nameOf(place, answer)) : undefined;
    return kept?.answer === answer ? kept : undefined;
  }

  /** Each is kept for the same time, so the first ones end first. */
  private dropOver(): void {
    const now = this.clock();
    this.dropFirstOf(this.all.values(), ({ until }) => until <= now);
  }

  private dropFirstOf(kept: Iterable<Kept>, isToGo: (kept: Kept) => boolean): void {
    for (const each of kept) {
      if (!isToGo(each)) return;
      this.drop(each);
    }
  }

  private drop(kept: Kept): void {
    const { place, answer, bytes } = kept;
    const own = this.owners.get(place.owner);
    this.all.delete(nameOf(place, answer));
    own?.delete(kept);
    if (own?.size === 0) this.owners.delete(place.owner);
    this.bytes -= bytes;
  }
}

/** The number 1 and the text "1" are two ids. */
function nameOf({ owner, session }: Place, { id }: AwaitedAnswer): string {
  return JSON.stringify([owner, session, id]);
}

function bytesOf(kept: Iterable<Kept>): number {
  let sum = 0;
  for (const { bytes } of kept) sum += bytes;
  return sum;
}
