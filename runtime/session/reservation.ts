import type { ReasonCode, SensitivityName } from "../../domain";
import type { Act, Ledger } from "../audit/audit";
import { deniedBy } from "../refusal/denied";
import { Refusal } from "../refusal/refusal";
import { StoreConflict, type Write } from "../store/store";
import { type Beside, besideOf, type Side } from "./beside";
import { type Changed, changedTo, writeOf } from "./changed";
import { heldWrite } from "./held";
import { lastBelow, latest, NOTHING, reservedAbove } from "./knowledge";
import type { Knowledge, Until } from "./session";
import { raised } from "./session-state";
import type { EpochState, StoredSession } from "./stored";
import { together } from "./together";

/** How long a reservation outlasts the last lower credential, so that the waiting reader can come back */
export const RESERVED_SECONDS = 60;

const BELOW = "mark.credential-below" satisfies ReasonCode;

/** @throws Refusal `mark.reserved` where a higher read waits for credentials such as these to expire */
export function refuseReserved(
  known: Pick<Knowledge, "reserved">,
  written: SensitivityName | undefined | null,
  now: number,
): void {
  const until = reservedAbove(known, written, now);
  if (until !== undefined) throw Refusal.of("mark.reserved").until({ seconds: until - now, act: undefined });
}

/**
 * A read conflicts with credentials that have not expired, so it gets a reservation: from now on no lower
 * one is issued, until they have expired, to an agent that would learn what is read. That holds for what the agent has yet to start by
 * itself too. It ends by itself, whether or not the reader comes back.
 *
 * @param side the session that must not write below it; its `last` undefined if it would only begin
 * @param last when the last of its credentials expires
 */
async function waitingFor(
  state: EpochState,
  side: Side,
  read: SensitivityName,
  last: number,
  now: number,
): Promise<Refusal> {
  const [beside] = await besideOf(state, [{ side, news: { ...NOTHING, mark: read } }]);
  const stored = [side.last, beside?.started].filter((each) => each !== undefined);
  const over = latest([last, ...stored.map(({ session }) => lastBelow(session, read, now))]) ?? last;
  const reserved = { sensitivity: read, until: over + RESERVED_SECONDS };
  return deniedBy(BELOW).until({ seconds: over - now, act: actOf(state, side, stored, beside?.held, reserved, now) });
}

/**
 * Writes of {@link together}, if no self-started session holds credentials that can write below what it learns.
 *
 * @throws Refusal `mark.credential-below` if one does
 */
export async function knowingTogether(
  state: EpochState,
  changed: readonly Changed[],
  now: number,
): Promise<readonly Write[]> {
  const { writes, below } = await together(state, changed, now);
  if (below === undefined) return writes;
  throw await waitingFor(state, below.told, below.told.next.mark, below.until, now);
}

/**
 * A session reads what it learns, so like every read it waits for credentials that can write below it. A call that the
 * policy refuses anyway must not reserve: it would keep others from their credentials.
 *
 * @returns `mark.credential-below` with its reservations; undefined if there is no obstacle
 */
export async function waitingBelow(
  state: EpochState,
  own: Changed,
  read: SensitivityName | undefined,
  now: number,
): Promise<Refusal | undefined> {
  const last = read === undefined ? undefined : lastBelow(own.next, read, now);
  return read === undefined || last === undefined ? undefined : waitingFor(state, own, read, last, now);
}

/**
 * {@link waitingBelow} of what the policy has allowed.
 *
 * @throws Refusal `mark.credential-below`
 */
export async function refuseBelow(...asked: Parameters<typeof waitingBelow>): Promise<void> {
  const waits = await waitingBelow(...asked);
  if (waits !== undefined) throw waits;
}

/**
 * The refusal of a denied request: if lower credentials are the only obstacle, it reserves and waits for them.
 *
 * @param stored undefined if there was no session before, so that it holds no credentials
 */
export async function waitingIfBelow(
  state: EpochState,
  refusal: Refusal,
  stored: StoredSession | undefined,
  read: SensitivityName | undefined,
  now: number,
): Promise<Refusal> {
  if (stored === undefined || refusal.reasons.some(({ code }) => code !== BELOW)) return refusal;
  return (await waitingBelow(state, changedTo(stored, stored.session), read, now)) ?? refusal;
}

/**
 * Writes a refusal's reservations, on a best-effort basis: a refused caller asks again, and then it is tried again.
 *
 * @param report called with errors
 * @param error result of a decision: a refusal, or any other error
 * @returns false if something that it depends on has changed: then decide again, because the reader may wait for
 * nothing
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

/** @returns undefined if all of it is reserved already */
function actOf(
  { epoch }: EpochState,
  { knower: { agent, whose } }: Side,
  stored: readonly StoredSession[],
  held: Beside["held"],
  { sensitivity, until }: Until,
  now: number,
): Act | undefined {
  const reserved = { [sensitivity]: until };
  const writes = [
    ...stored.map((each) => writeOf(epoch, changedTo(each, raised(each.session, { reserved }, now)))),
    ...(held === undefined ? [] : [heldWrite(epoch, agent, held, { ...NOTHING, reserved }, false, now)]),
  ];
  if (!writes.some(({ kind }) => kind === "put")) return undefined;
  const facts = { knowers: [{ agent, whose }], sensitivity, until };
  return { writes, event: { kind: "mark.reserved", time: now, facts } };
}
