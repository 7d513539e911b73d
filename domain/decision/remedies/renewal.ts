import type { Start } from "../../task";
import type { Revocable } from "../contract";
import type { Change, Situation } from "./change";
import { withInput } from "./edit";
import { type Facts, factsOf } from "./facts";
import { startBy, startFor } from "./starting";
import { duration } from "./wording";

/** A token lives no longer (docs/decisions.md, `token.too-long`) */
export const LONGEST_TOKEN_SECONDS = 300;

/** A token of its own for what is asked, as the exchange would make it; it needs a run that is not over. */
export function newToken(facts: Facts): Change {
  const { call, time, run } = facts.input;
  if (time >= run.expiresAt) return newRun(facts);
  const audience = call === null ? "" : ` for tool:${call.tool}`;
  return {
    kind: "request",
    text: `ask for a new token${audience}, good for at most ${duration(LONGEST_TOKEN_SECONDS)} and no longer than its run`,
    apply: renewedToken,
  };
}

/** A run starts with tokens of its own, and with budgets and order per run from the beginning. */
export function newRun(facts: Facts): Change {
  const most = facts.task === undefined ? "" : ` of at most ${duration(longestRun(facts))}`;
  return { kind: "request", text: `start a new run${most}`, apply: renewedRun };
}

/**
 * A clean session begins with evidence from outside the agent, and with a run of its own. A self-start inherits the
 * agent's knowledge, so something else must start the task; undefined if nothing else may.
 */
export function newSession(facts: Facts): Change | undefined {
  const { input } = facts;
  const by: Start | undefined =
    input.start.by === "agent" ? startFor(facts, (start) => start !== "agent") : input.start.by;
  if (by === undefined) return undefined;
  const instead = input.start.by === "agent" ? `, by ${by}: what the agent starts itself inherits the session` : "";
  return {
    kind: "state",
    text: `start a new session, and with it a new run, on evidence from outside the agent${instead}`,
    apply: (situation) => {
      const { time, revocation, start } = situation.input;
      const begun = renewedRun(start.by === "agent" ? startBy(situation, by) : situation);
      return withInput(begun, {
        session: { startedAt: time, lastUsedAt: time, mark: "public", tainted: false, writable: null },
        budgets: restarted(begun.input.budgets, "session:"),
        done: { run: [], session: [] },
        revocation: without(revocation, "session", "run", "token"),
      });
    },
  };
}

/** A run that is going on, cut to what its task and its chain allow */
export function shorterRun(facts: Facts): Change {
  const seconds = longestRun(facts);
  if (facts.input.time >= facts.input.run.startedAt + seconds) return newRun(facts);
  return {
    kind: "request",
    text: `end the run after ${duration(seconds)}`,
    apply: (situation) => {
      const { run, token } = situation.input;
      const expiresAt = Math.min(run.expiresAt, run.startedAt + seconds);
      return withInput(situation, {
        run: { startedAt: run.startedAt, expiresAt },
        token: { ...token, expiresAt: Math.min(token.expiresAt, expiresAt) },
      });
    },
  };
}

export const NO_OTHER_START =
  "only the agent itself may start this task, and a session that it starts inherits what it has read: " +
  "a clean one needs another start in startedBy";

function renewedToken(situation: Situation): Situation {
  const { time, call, token, run, revocation } = situation.input;
  return withInput(situation, {
    token: {
      audience: call === null ? token.audience : `tool:${call.tool}`,
      expiresAt: Math.min(time + LONGEST_TOKEN_SECONDS, run.expiresAt),
      scope: call === null ? token.scope : [call.action],
    },
    revocation: without(revocation, "token"),
  });
}

function renewedRun(situation: Situation): Situation {
  const { time, done, budgets, revocation } = situation.input;
  return renewedToken(
    withInput(situation, {
      run: { startedAt: time, expiresAt: time + longestRun(factsOf(situation)) },
      budgets: restarted(budgets, "run:"),
      done: { ...done, run: [] },
      revocation: without(revocation, "run"),
    }),
  );
}

/** What the task and every declared edge allow; where neither is known, as long as a token */
function longestRun({ task, edges }: Facts): number {
  const limits = [task?.ttlSeconds, ...edges.map(({ declared }) => declared?.ttlSeconds)];
  const known = limits.filter((seconds) => seconds !== undefined);
  return known.length > 0 ? Math.min(...known) : LONGEST_TOKEN_SECONDS;
}

/** Asked for that many seconds later: what ends meanwhile has to be renewed too. */
export function later(situation: Situation, seconds: number): Situation {
  return withInput(situation, { time: situation.input.time + seconds });
}

export function restarted(budgets: Situation["input"]["budgets"], period: string): Situation["input"]["budgets"] {
  return Object.fromEntries(
    Object.entries(budgets).map(([key, budget]) => [key, key.startsWith(period) ? { ...budget, spent: 0 } : budget]),
  );
}

function without(
  { known, revoked }: Situation["input"]["revocation"],
  ...lifted: readonly Revocable[]
): Situation["input"]["revocation"] {
  return { known, revoked: revoked.filter((what) => !lifted.includes(what)) };
}
