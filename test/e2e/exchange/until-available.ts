import { setTimeout as after } from "node:timers/promises";

const PATIENCE = 3;

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
