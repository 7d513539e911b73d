import { createHash } from "node:crypto";
import { type BudgetPeriod, LIMITS, type PolicyTask } from "../../domain";
import { budgetKey } from "../store/keys";
import type { Key, StateStore, Write } from "../store/store";
import { keptUntil } from "./runs";
import type { Run, Session } from "./session";

/** What has been spent of a budget, and where that is counted */
export interface Counter {
  /** As the policy names the budget (domain/decision/budget-key.ts) */
  readonly budget: string;
  readonly key: Key;
  /** Expiry of the counter's window */
  readonly expiresAt: number;
}

/** Longer names are digested: a sort key is short, and a budget may name many actions. */
const LONGEST_NAME = 128;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** Runs that evidence has started hand work on as long as they last. */
const EVIDENCE_SECONDS = LIMITS.taskTtl.ceiling.seconds + LIMITS.clockSkew.seconds;
/** A session that inherits goes on counting, and both last for 12 h at most. */
const SESSION_SECONDS = 2 * LIMITS.sessionTotal.ceiling.seconds;

/**
 * The budget counters of the run's task: per run and all others of its evidence, per session, and by agent and user per
 * UTC hour and day, across sessions.
 */
export function countersOf(
  epoch: number,
  run: Run,
  session: Session,
  budgets: PolicyTask["budgets"],
  now: number,
): readonly Counter[] {
  return Object.keys(budgets).map((budget) => {
    const { window, expiresAt } = windowOf(budget, run, session, now);
    return { budget, key: budgetKey(epoch, run, run.task, shortened(budget), window), expiresAt };
  });
}

/** What each has spent, by budget. */
export async function readSpent(
  store: Pick<StateStore, "read">,
  counters: readonly Counter[],
): Promise<Readonly<Record<string, number>>> {
  const items = await store.read(counters.map(({ key }) => key));
  return Object.fromEntries(counters.map(({ budget }, index) => [budget, spentOf(items[index]?.value ?? 0, budget)]));
}

/** Spends `amount`. Fails with StoreConflict where it would then be above `atMost`. */
export function spendWrite({ key, expiresAt }: Counter, amount: number, atMost: number): Write {
  return { kind: "add", key, amount, atMost, expiresAt };
}

function windowOf(budget: string, run: Run, session: Session, now: number): { window: string; expiresAt: number } {
  const period = budget.split(":", 1)[0] as BudgetPeriod;
  switch (period) {
    case "run":
      return runWindow(run);
    case "session":
      return { window: session.budgets.id, expiresAt: now + SESSION_SECONDS };
    case "hour":
      return aligned(now, HOUR_SECONDS);
    case "day":
      return aligned(now, DAY_SECONDS);
    default:
      throw new Error(`the period of a budget must be run, session, hour or day, got ${JSON.stringify(period)}`);
  }
}

/**
 * A run is one execution from one start: presenting a user's token again, or delegating twice, uses the same budget. A
 * self-started run has no evidence, so its transaction is counted.
 */
function runWindow(run: Run): { window: string; expiresAt: number } {
  const { evidence, txn } = run;
  if (evidence === null) return { window: txn, expiresAt: keptUntil(run) };
  return { window: evidence.digest, expiresAt: Math.max(keptUntil(run), evidence.until + EVIDENCE_SECONDS) };
}

function aligned(now: number, seconds: number): { window: string; expiresAt: number } {
  const begin = now - (now % seconds);
  return { window: String(begin), expiresAt: begin + seconds };
}

function shortened(budget: string): string {
  return budget.length <= LONGEST_NAME ? budget : `sha256:${createHash("sha256").update(budget).digest("base64url")}`;
}

function spentOf(value: unknown, budget: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new Error(`what ${budget} has spent must be a whole number, got ${JSON.stringify(value)}`);
}
