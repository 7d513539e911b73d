import { setTimeout as after } from "node:timers/promises";
import { told } from "../log";

/** Milliseconds before the second and the third try */
export const WAITS: readonly number[] = [500, 2_000];

/** The other side has refused: it would again. */
export class Refused extends Error {
  public override readonly name = "Refused";
}

/** From which a fault is the server's own, and may be over with the next try */
const FIRST_FAULT = 500;

/** @param passing statuses below 500 with which a later try may pass */
export function failureOf(status: number, what: string, passing: readonly number[]): Error {
  return status < FIRST_FAULT && !passing.includes(status) ? new Refused(what) : new Error(what);
}

export interface Tried<T> {
  readonly tries: number;
  /** Undefined if each try failed */
  readonly came: T | undefined;
  /** Of the last try; undefined if something came of it */
  readonly because: string | undefined;
}

/**
 * Three tries, fewer where one was refused. Never throws.
 *
 * @param wait for so many milliseconds
 */
export async function tried<T>(
  act: () => Promise<T>,
  wait: (milliseconds: number) => Promise<unknown> = after,
): Promise<Tried<T>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return { tries, came: await act(), because: undefined };
    } catch (error) {
      const pause = WAITS[tries - 1];
      if (pause === undefined || error instanceof Refused) return { tries, came: undefined, because: told(error) };
      await wait(pause);
    }
  }
}
