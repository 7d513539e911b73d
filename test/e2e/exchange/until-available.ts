import { setTimeout as after } from "node:timers/promises";

const PATIENCE = 3;
const PAUSE_MILLISECONDS = 1_000;

/** Asks again where the exchange says so: on a busy machine moto may be late, and then the exchange is. */
export async function untilAvailable<Answer extends { readonly status: number }>(
  ask: () => Promise<Answer>,
  retryAfter: (answer: Answer) => number,
): Promise<Answer> {
  let answer = await ask();
  for (let again = 0; again < PATIENCE && answer.status === 503; again++) {
    await after(retryAfter(answer) * 1_000);
    answer = await ask();
  }
  return answer;
}

/** The same where a client's library throws what it was answered, with its status */
export async function untilGranted<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let again = 0; ; again++) {
    try {
      return await ask();
    } catch (error) {
      if (again === PATIENCE || (error as { readonly status?: unknown }).status !== 503) throw error;
      await after(PAUSE_MILLISECONDS);
    }
  }
}
