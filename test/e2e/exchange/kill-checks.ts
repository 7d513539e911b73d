import { deepStrictEqual as equal, ok, rejects } from "node:assert";
import type { FaultWorld } from "./fault-world";
import { claimsIn, tokenOf } from "./real-agent";
import type { Fate } from "./store-proxy";

type Adds = (name: string, act: (world: FaultWorld, note: (text: string) => void) => Promise<void>) => unknown;

const MOST_ATTEMPTS = 5;

/** kill -9 at the worst moment: what is written was not answered, and asking again is safe. */
export function killChecks(check: Adds): void {
  check("killed before its write arrives, it leaves nothing, and another process takes the same start", killedBefore);
  check("killed between write and answer, the record is there, and the same start gives nothing again", killedAfter);
}

async function killedBefore(world: FaultWorld): Promise<void> {
  const [before, exchange] = [await world.written(), await world.another(true)];
  const [chain, steady] = [world.chain("fred", exchange), world.chain("fred", world.steady)];
  const evidence = chain.startToken("lead");
  world.store.fate = async (): Promise<Fate> => {
    await exchange.process.kill();
    return "lose-request";
  };
  await rejects(chain.scheduled("lead", "tool:notes", evidence));
  world.healed();
  equal((await world.written()).length, before.length);
  tokenOf(world.noted(await steady.scheduled("lead", "tool:notes", evidence)));
}

/** Killed before it answers; anew, with evidence of its own, where the store was slower than its bound and 503 came first. */
async function killedAfter(world: FaultWorld, note: (text: string) => void): Promise<void> {
  for (const start of ["schedule", "user"] as const) {
    let attempts = 1;
    while (!(await killedUnanswered(world, start))) {
      ok(++attempts <= MOST_ATTEMPTS, `answered before it was killed, ${MOST_ATTEMPTS} times`);
      note(`the store was too slow: attempt ${attempts}`);
    }
  }
}

/** @returns whether it was killed before it answered */
async function killedUnanswered(world: FaultWorld, start: "schedule" | "user"): Promise<boolean> {
  const steady = world.chain("gwen", world.steady);
  const [before, exchange] = [await world.written(), await world.another(true)];
  const chain = world.chain("gwen", exchange);
  const evidence = start === "schedule" ? chain.startToken("lead") : chain.userToken("lead");
  const ask = (by = chain) =>
    start === "schedule" ? by.scheduled("lead", "tool:notes", evidence) : by.byUser("lead", "tool:notes", {}, evidence);
  world.store.answered = () => exchange.process.kill();
  const answer = await ask().catch(() => undefined);
  world.healed();
  if (answer !== undefined) {
    await exchange.process.kill();
    equal(answer.status, 503);
    return false;
  }
  const written = await world.written();
  const [unanswered] = written.filter((token) => !before.includes(token));
  equal(written.length, before.length + 1);
  const again = world.noted(await ask(steady));
  if (start === "schedule") {
    // Each start token starts one run, and that one is begun: the starter makes another.
    equal(again.codes, ["evidence.replayed"]);
    await world.granted(() => steady.scheduled("lead", "tool:notes"));
  } else {
    // A user's token starts several runs: this one is another, with a token of its own.
    const { jti } = claimsIn(tokenOf(again));
    equal(jti === unanswered, false);
  }
  return true;
}
