import { z } from "zod";
import { INPUT_LIMITS } from "../../domain";
import type { Counter } from "../session/budgets";
import type { EpochState } from "../session/stored";
import { tokensKey } from "../store/keys";
import type { Write } from "../store/store";

/** By which a call is found again that has taken tokens from budgets before it went out */
export const reservationId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);

/** What of a reservation was used; the rest is given back. */
export const settlement = z.strictObject({
  reservation: reservationId,
  used: z.int().min(0).max(INPUT_LIMITS.units),
});

export type Settlement = z.infer<typeof settlement>;

const whole = z.int().min(0);
const stored = z.strictObject({
  taken: z.array(z.strictObject({ partition: z.string(), sort: z.string(), amount: whole, expiresAt: whole })),
});

/** After which it is not settled any more: as long as outcomes come in, and for some time until they are told */
const SETTLED_SECONDS = 3_600;

export interface Taken {
  readonly counter: Counter;
  readonly amount: number;
}

/** Notes what a call has taken, and from where: a budget may begin again before the answer is there. */
export function reservationWrite(epoch: number, run: string, id: string, taken: readonly Taken[], now: number): Write {
  const value = {
    taken: taken.map(({ counter: { key, expiresAt }, amount }) => ({ ...key, amount, expiresAt })),
  };
  return { kind: "put", key: tokensKey(epoch, run, id), value, when: "absent", expiresAt: now + SETTLED_SECONDS };
}

/**
 * Returns a call's unused tokens once: the reservation is deleted with it. No effect without a reservation. A budget
 * window that began since is not changed.
 */
export async function settling(
  { store, epoch }: EpochState,
  run: string,
  { reservation, used }: Settlement,
): Promise<readonly Write[]> {
  const key = tokensKey(epoch, run, reservation);
  const [found] = await store.read([key]);
  if (found === undefined) return [];
  const { taken } = stored.parse(found.value);
  const counters = await store.read(taken.map(({ partition, sort }) => ({ partition, sort })));
  const back = taken.flatMap(({ partition, sort, amount, expiresAt }, index): readonly Write[] => {
    const counter = counters[index];
    const rest = Math.max(0, amount - used);
    if (counter === undefined || rest === 0) return [];
    return [
      {
        kind: "add",
        key: { partition, sort },
        amount: -rest,
        atMost: INPUT_LIMITS.units,
        // Others may have spent of it since, who need it longer.
        expiresAt: Math.max(expiresAt, counter.expiresAt ?? 0),
      },
    ];
  });
  return [{ kind: "delete", key, when: { version: found.version } }, ...back];
}
