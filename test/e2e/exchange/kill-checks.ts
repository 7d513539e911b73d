import { deepStrictEqual as equal, ok } from "node:assert";
import type { FaultWorld } from "./fault-world";
import { type Answered, claimsIn, tokenOf } from "./real-agent";
import type { RealExchange } from "./real-exchange";
import type { Fate } from "./store-proxy";

type Adds = (name: string, act: (world: FaultWorld, note: (text: string) => void) => Promise<void>) => unknown;

const MOST_ATTEMPTS = 5;

/** kill -9 at the worst moment: what is written was not answered, and asking again is safe. */
export function killChecks(check: Adds): void {
  check("killed before its write arrives, it leaves nothing, and another process takes the same start", killedBefore);
  check("killed between write and answer, the record is there, and the same start gives nothing again", killedAfter);
}

async function killedBefore(world: FaultWorld, note: (text: string) => void): Promise<void> {
  await tried(note, () => killedUnwritten(world));
}

async function killedAfter(world: FaultWorld, note: (text: string) => void): Promise<void> {
  for (const start of ["schedule", "user"] as const) await tried(note, () => killedUnanswered(world, start));
}

/** Anew, with evidence of its own, where the store was slower than its bound and 503 came first */
async function tried(note: (text: string) => void, act: () => Promise<boolean>): Promise<void> {
  let attempts = 1;
  while (!(await act())) {
    ok(++attempts <= MOST_ATTEMPTS, `the store was too slow, ${MOST_ATTEMPTS} times`);
    note(`the store was too slow: attempt ${attempts}`);
  }
}

/** Other transactions are the process's own, or what an earlier check had refused. */
function isIssue(body: string): boolean {
  return body.includes("token.issued");
}

/** @returns whether it was killed before its write, and the other process was answered in time */
async function killedUnwritten(world: FaultWorld): Promise<boolean> {
  const [before, exchange] = [await world.written(), await world.another(true)];
  const [chain, steady] = [world.chain("fred", exchange), world.chain("fred", world.steady)];
  const evidence = chain.startToken("lead");
  world.store.fate = async (_, body): Promise<Fate> => {
    if (!isIssue(body)) return "pass";
    await exchange.process.kill();
    return "lose-request";
  };
  const answer = await chain.scheduled("lead", "tool:notes", evidence).catch(() => undefined);
  world.healed();
  if (answer !== undefined) return tooSlow(exchange, answer);
  equal((await world.written()).length, before.length);
  const taken = world.noted(await steady.scheduled("lead", "tool:notes", evidence));
  if (taken.status === 503) return false;
  tokenOf(taken);
  return true;
}

async function tooSlow(exchange: RealExchange, { status }: Answered): Promise<false> {
  await exchange.process.kill();
  equal(status, 503);
  return false;
}

/** @returns whether it was killed before it answered */
async function killedUnanswered(world: FaultWorld, start: "schedule" | "user"): Promise<boolean> {
  const steady = world.chain("gwen", world.steady);
  const [before, exchange] = [await world.written(), await world.another(true)];
  const chain = world.chain("gwen", exchange);
  const evidence = start === "schedule" ? chain.startToken("lead") : chain.userToken("lead");
  const ask = (by = chain) =>
    start === "schedule" ? by.scheduled("lead", "tool:notes", evidence) : by.byUser("lead", "tool:notes", {}, evidence);
  world.store.answered = (_, body, status) => (isIssue(body) && status === 200 ? exchange.process.kill() : undefined);
  const answer = await ask().catch(() => undefined);
  world.healed();
  if (answer !== undefined) return tooSlow(exchange, answer);
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
