import type { ReasonCode, SensitivityName } from "../../domain";
import type { Act, Ledger } from "../audit/audit";
import { deniedBy } from "../refusal/denied";
import { Refusal } from "../refusal/refusal";
import { StoreConflict, type Write } from "../store/store";
import { higher, lastBelow, laterOf, latest, type News, NOTHING, rank, reservedAbove, reservedBy } from "./common";
import { type Changed, changedTo, holdingOf, together, writeOf } from "./domain";
import { type Held, heldWrite } from "./held";
import { knowerName } from "./knower";
import { membersOf, toldOf } from "./members";
import type { Common, Until, Untils } from "./session";
import { raised } from "./session-state";
import type { EpochState, StoredSession } from "./stored";

/** For which a reservation outlasts the last lower credential: time to come back for whoever was told to wait */
export const RESERVED_SECONDS = 60;

/** A session, or one that would begin, between which knowledge would flow */
export type Side = Pick<Changed, "held" | "knower" | "last">;

const BELOW = "mark.credential-below" satisfies ReasonCode;

/** @throws Refusal `mark.reserved` where a higher read waits for credentials such as these to expire */
export function refuseReserved(
  known: Pick<Common, "reserved">,
  written: SensitivityName | undefined | null,
  now: number,
): void {
  const until = reservedAbove(known, written, now);
  if (until !== undefined) throw Refusal.of("mark.reserved").until({ seconds: until - now, act: undefined });
}

/**
 * That a read is in the way of credentials that have not expired, with the reservation that it gets: from now on no lower
 * one is issued, until they have, to anybody who would be told what is read. That holds for what agents have yet to start by
 * themselves too. It ends by itself, whether or not the reader comes back.
 *
 * @param sides a session of each domain that must not write below it, undefined where it would only begin
 * @param last when the last of theirs expires
 * @throws Refusal as {@link toldOf}
 */
export async function waitingFor(
  state: EpochState,
  sides: readonly Side[],
  read: SensitivityName,
  last: number,
  now: number,
): Promise<Refusal> {
  const listeners = await listenersOf(state, sides, { ...NOTHING, mark: read }, now);
  const over = Math.max(last, lastOf(listeners.stored, read, now) ?? 0);
  const reserved = { sensitivity: read, until: over + RESERVED_SECONDS };
  return deniedBy(BELOW).until({ seconds: over - now, act: actOf(state, sides, listeners, [reserved], now) });
}

/**
 * That work is not handed on between two sides of which one waits to read, and the other could write below it, with the
 * reservation for both: when what could write has expired, the work is handed on, and nothing asked for meanwhile delays it. No read
 * is waited for longer by that. Undefined where nothing is in the way.
 *
 * @throws Refusal as {@link toldOf}
 */
export async function waitingTogether(
  state: EpochState,
  sides: readonly [Changed, Changed],
  now: number,
): Promise<Refusal | undefined> {
  const known = sides.map(({ next }) => next.mark).reduce(higher);
  const found: { readonly reserved: Until; readonly over: number }[] = [];
  for (const [reader, writer] of [sides, [...sides].reverse()] as readonly (typeof sides)[]) {
    // What is known already is in the way by itself: {@link together}.
    for (const reserved of reservedBy(reader.next, now).filter(({ sensitivity }) => rank(sensitivity) > rank(known))) {
      const news = { ...NOTHING, mark: reserved.sensitivity };
      const [told, more] = [
        await listenersOf(state, [reader], news, now),
        await listenersOf(state, [writer], news, now),
      ];
      // What the read waits for already is not in its way anew, as long as those are linked that hold it.
      const names = told.stored.map(({ knower }) => knowerName(knower));
      const others = more.stored.filter(({ knower }) => !names.includes(knowerName(knower)));
      if (lastOf(others, reserved.sensitivity, now) === undefined) continue;
      // Of all: those that are linked now may not be when the last of the others has expired.
      const last = lastOf([...told.stored, ...more.stored], reserved.sensitivity, now) ?? now;
      found.push({ reserved, over: Math.min(reserved.until, last) });
    }
  }
  if (found.length === 0) return undefined;
  const reserved = found.map((each) => each.reserved).sort((one, other) => other.until - one.until);
  const listeners = await listenersOf(state, sides, { ...NOTHING, reserved: untilsOf(reserved) }, now);
  const act = actOf(state, sides, listeners, reserved, now);
  const over = Math.max(...found.map((each) => each.over));
  return Refusal.of("mark.reserved").until({ seconds: over - now, act });
}

/**
 * Writes of {@link together}, where no session that an agent started by itself could write below what it is told.
 *
 * @throws Refusal `mark.credential-below` where one could, and as together
 */
export async function knowingTogether(
  state: EpochState,
  changed: readonly Changed[],
  now: number,
): Promise<readonly Write[]> {
  const { writes, below } = await together(state, changed, now);
  if (below === undefined) return writes;
  throw await waitingFor(state, changed, changed.map(({ next }) => next.mark).reduce(higher), below, now);
}

/**
 * The refusal for what the policy denies: where credentials below what is read are all that is wrong, it waits for them.
 *
 * @param stored undefined where there was no session before: then nothing could be written with it
 */
export async function waitingIfBelow(
  state: EpochState,
  refusal: Refusal,
  stored: StoredSession | undefined,
  read: SensitivityName | undefined,
  now: number,
): Promise<Refusal> {
  if (stored === undefined || read === undefined || refusal.reasons.some(({ code }) => code !== BELOW)) return refusal;
  const last = lastBelow(stored.session, read, now);
  return last === undefined ? refusal : waitingFor(state, [{ knower: stored.knower, last: stored }], read, last, now);
}

/**
 * Writes what a refusal reserves, as well as it goes: a caller that is refused asks again, and then it is tried again.
 *
 * @param report told of what went wrong
 * @param error what a decision ended with: a refusal, or anything else
 * @returns false where something that it rests on has changed since: then decide again, or the reader waits for nothing
 */
export async function reserve(ledger: Ledger, error: unknown, report: (error: unknown) => void): Promise<boolean> {
  if (error instanceof StoreConflict) return false;
  const act = error instanceof Refusal ? error.waiting?.act : undefined;
  if (act === undefined) return true;
  try {
    await ledger.commit(act);
  } catch (failed) {
    if (failed instanceof StoreConflict) return false;
    report(failed);
  }
  return true;
}

/** All that would be told it: the sessions of these sides, and of all that they tell */
interface Listeners {
  readonly stored: readonly StoredSession[];
  readonly held: ReadonlyMap<string, Held>;
}

async function listenersOf(state: EpochState, sides: readonly Side[], news: News, now: number): Promise<Listeners> {
  const { sessions, held } = await toldOf(state, {
    begin: sides.map(({ knower }) => knower),
    members: new Set(sides.flatMap((side) => [...membersOf([side.knower], side.last?.session.links ?? [], now)])),
    holding: holdingOf(sides),
    news,
    now,
  });
  return { stored: [...sides.flatMap((side) => side.last ?? []), ...sessions], held };
}

function lastOf(stored: readonly StoredSession[], read: SensitivityName, now: number): number | undefined {
  return latest(stored.map(({ session }) => lastBelow(session, read, now)));
}

/** @returns undefined where all of it is reserved already; of several, the first is on record */
function actOf(
  { epoch }: EpochState,
  sides: readonly Side[],
  { stored, held }: Listeners,
  all: readonly Until[],
  now: number,
): Act | undefined {
  const reserved = untilsOf(all);
  const writes = [
    ...stored.map((each) => writeOf(epoch, changedTo(each, raised(each.session, { reserved }, now)))),
    ...[...held].map(([agent, holds]) => heldWrite(epoch, agent, holds, { ...NOTHING, reserved }, false, now)),
  ];
  if (!writes.some(({ kind }) => kind === "put")) return undefined;
  const knowers = sides.map(({ knower: { agent, whose } }) => ({ agent, whose }));
  return { writes, event: { kind: "mark.reserved", time: now, facts: { knowers, ...all[0] } } };
}

function untilsOf(reserved: readonly Until[]): Untils {
  return reserved.reduce<Untils>((all, { sensitivity, until }) => laterOf(all, { [sensitivity]: until }), {});
}
