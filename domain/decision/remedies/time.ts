import type { Explanation } from "./change";
import type { Facts } from "./facts";
import { LONGEST_TOKEN_SECONDS, newRun, newSession, newToken, NO_OTHER_START, shorterRun } from "./renewal";
import { duration, instant, listed } from "./wording";

export function runIsOver(facts: Facts): Explanation {
  const { run, time } = facts.input;
  return {
    what: `the run was over at ${instant(run.expiresAt)}, ${ago(run.expiresAt, time)}`,
    changes: [newRun(facts)],
  };
}

export function runIsTooLong(facts: Facts): Explanation {
  const { task, input, name } = facts;
  const most = task === undefined ? "" : `, and ${name} allows ${duration(task.ttlSeconds)}`;
  return {
    what: `the run takes ${duration(input.run.expiresAt - input.run.startedAt)}${most}`,
    about: { agent: input.agent.name, task: input.task },
    changes: [shorterRun(facts)],
  };
}

export function sessionIsIdle(facts: Facts): Explanation {
  const { agent, input } = facts;
  const most = agent === undefined ? "" : `, and ${agent.name} allows ${duration(agent.session.idleSeconds)}`;
  const what = `nothing happened in the session for ${duration(input.time - input.session.lastUsedAt)}${most}`;
  return renewed(facts, what);
}

export function sessionIsOver(facts: Facts): Explanation {
  const { agent, input } = facts;
  const most = agent === undefined ? "" : `, and ${agent.name} allows ${duration(agent.session.totalSeconds)}`;
  return renewed(facts, `the session is ${duration(input.time - input.session.startedAt)} old${most}`);
}

export function tokenIsOver(facts: Facts): Explanation {
  const { token, time } = facts.input;
  return {
    what: `the token expired at ${instant(token.expiresAt)}, ${ago(token.expiresAt, time)}`,
    changes: [newToken(facts)],
  };
}

export function tokenIsTooLong(facts: Facts): Explanation {
  const { token, run, time } = facts.input;
  const lives = token.expiresAt - time;
  const what =
    lives > LONGEST_TOKEN_SECONDS
      ? `the token is good for another ${duration(lives)}, and ${duration(LONGEST_TOKEN_SECONDS)} are allowed`
      : `the token is good until ${instant(token.expiresAt)}, and its run ends at ${instant(run.expiresAt)}`;
  return { what, changes: [newToken(facts)] };
}

export function tokenIsForAnother(facts: Facts): Explanation {
  const { token, call } = facts.input;
  return {
    what: `the token is for ${token.audience}, and the call goes to tool:${call?.tool ?? ""}`,
    changes: [newToken(facts)],
  };
}

export function tokenIsOutOfScope(facts: Facts): Explanation {
  const { token, call, time, run } = facts.input;
  const [tool = "", action = ""] = [call?.tool, call?.action];
  const change = newToken(facts);
  const text = `ask for a new token for tool:${tool} whose scope has ${action}`;
  return {
    what: `the token's scope is ${listed(token.scope)}, and the call is ${tool}.${action}`,
    // A run that is over has no more tokens: then the change is another run.
    changes: [time < run.expiresAt ? { ...change, text } : change],
  };
}

function renewed(facts: Facts, what: string): Explanation {
  const about = { agent: facts.input.agent.name };
  const change = newSession(facts);
  return change === undefined
    ? { what, about, changes: [], hopeless: NO_OTHER_START }
    : { what, about, changes: [change] };
}

function ago(then: number, now: number): string {
  return now === then ? "which is now" : `${duration(now - then)} before the request`;
}
