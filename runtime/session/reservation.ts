import type { ReasonCode, SensitivityName } from "../../domain";
import type { Act, Ledger } from "../audit/audit";
import { deniedBy } from "../exchange/issue/denied";
import { Refusal } from "../exchange/refusal";
import { StoreConflict, type Write } from "../store/store";
import { higher, lastBelow, latest, rank } from "./common";
import { type Changed, changedTo, together } from "./domain";
import type { Common } from "./session";
import { raised } from "./session-state";
import type { EpochState, StoredSession } from "./stored";

/** For which a reservation outlasts the last lower credential: time to come back for whoever was told to wait */
export const RESERVED_SECONDS = 60;

const BELOW = "mark.credential-below" satisfies ReasonCode;

/**
 * Until when what waits to be read is higher than what would be written; undefined where nothing is.
 */
export function reservedAbove(
  { reserved }: Pick<Common, "reserved">,
  written: SensitivityName | undefined | null,
  now: number,
): number | undefined {
  return written === undefined || written === null
    ? undefined
    : latest(reserved, now, (level) => rank(level) > rank(written));
}

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
 * one is issued until they have. It ends by itself, whether or not the reader comes back.
 *
 * @param sides a session of each domain that must not write below it
 * @param last when the last of them expires
 */
export async function waitingFor(
  state: EpochState,
  sides: readonly (StoredSession | undefined)[],
  read: SensitivityName,
  last: number,
  now: number,
): Promise<Refusal> {
  const reserved = { sensitivity: read, until: last + RESERVED_SECONDS };
  const changed = sides.flatMap((stored): readonly Changed[] => {
    if (stored === undefined) return [];
    return [changedTo(stored, raised(stored.session, { reserved }, now))];
  });
  const writes: Write[] = [];
  const written = new Set<string>();
  // One after the other: they are of several domains, which this does not make one.
  for (const one of changed) {
    const { writes: more } = await together(state, [one], now);
    // Both sides may be of one domain: then the first has told the second.
    if (!more.some(({ key }) => written.has(key.partition))) writes.push(...more);
    for (const { key } of more) written.add(key.partition);
  }
  const act = writes.some(({ kind }) => kind === "put") ? actOf(changed, reserved, writes, now) : undefined;
  return deniedBy(BELOW).until({ seconds: last - now, act });
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
  const read = changed.map(({ next }) => next.mark).reduce(higher);
  throw await waitingFor(state, [...changed.map(({ last }) => last), ...below.sides], read, below.last, now);
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
  return last === undefined ? refusal : waitingFor(state, [stored], read, last, now);
}

/**
 * Write what a refusal reserves, as well as it goes: whoever is refused asks again, and then it is tried again.
 *
 * @param report told of what went wrong
 */
export async function reserve(ledger: Ledger, refusal: Refusal, report: (error: unknown) => void): Promise<void> {
  const act = refusal.waiting?.act;
  if (act === undefined) return;
  try {
    await ledger.commit(act);
  } catch (error) {
    if (!(error instanceof StoreConflict)) report(error);
  }
}

function actOf(
  changed: readonly Changed[],
  { sensitivity, until }: { readonly sensitivity: SensitivityName; readonly until: number },
  writes: readonly Write[],
  now: number,
): Act {
  const knowers = changed.map(({ knower: { agent, whose } }) => ({ agent, whose }));
  return { writes, event: { kind: "mark.reserved", time: now, facts: { knowers, sensitivity, until } } };
}
