import type { Start } from "../../task";
import type { Hop, User } from "../contract";
import type { Situation } from "./change";
import { withInput, withRequest } from "./edit";
import { type Facts, factsOf } from "./facts";

/** Stands for a user who is not known yet */
const UNKNOWN_USER: User = { issuer: "an issuer of the platform", subject: "the user who signs in" };
/** What proves most comes first; what the agent starts by itself comes last. */
const PREFERRED: readonly Start[] = ["user", "schedule", "event", "delegation", "agent"];

/** The declared start that fits the request best; undefined if none fits */
export function startFor(facts: Facts, fits: (start: Start) => boolean = () => true): Start | undefined {
  const { task, input } = facts;
  const possible = PREFERRED.filter((start) => {
    if (task === undefined || !Object.hasOwn(task.startedBy, start) || !fits(start)) return false;
    return start !== "delegation" || input.chain.length > 0 || delegatorOf(facts) !== undefined;
  });
  if (input.chain.length > 0 && possible.includes("delegation")) return "delegation";
  if (input.user === null && possible[0] === "user") return possible[1] ?? "user";
  return possible[0];
}

/** The request, had something else started it, with its evidence */
export function startBy(situation: Situation, by: Start): Situation {
  const { chain, user } = situation.input;
  const found = delegatorOf(factsOf(situation));
  const handedOn = chain.length > 0 || found === undefined ? chain : [found];
  const started = withInput(situation, { start: { by, evidence: by === "agent" ? "none" : "verified" } });
  const after = {
    chain: by === "delegation" ? handedOn : [],
    user: by === "user" ? (user ?? UNKNOWN_USER) : by === "delegation" ? user : null,
  };
  const same = after.user === user && after.chain.length === chain.length;
  return same ? started : withRequest(started, after);
}

/** The run, had a user started the first task of it */
export function forUser(situation: Situation): Situation {
  return situation.input.user === null ? withRequest(situation, { user: UNKNOWN_USER }) : situation;
}

/** An agent that may hand the work on */
export function delegatorOf({ policy, input }: Facts): Hop | undefined {
  const target = `${input.agent.name}.${input.task}`;
  for (const spiffeId of Object.keys(policy.agents).sort()) {
    const agent = policy.agents[spiffeId];
    if (agent === undefined || agent.suspended || input.time >= agent.expires) continue;
    const task = Object.keys(agent.tasks)
      .sort()
      .find((name) => Object.hasOwn(agent.tasks[name]?.delegates ?? {}, target));
    if (task !== undefined) return { spiffeId, task };
  }
  return undefined;
}
