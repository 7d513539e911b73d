import { own } from "../../own";
import type { PolicyAgent } from "../policy-document";
import type { Change, Explanation } from "./change";
import { withAgent, withRequest } from "./edit";
import { type Edge, type Facts } from "./facts";
import { unidentifiable, unnameable } from "./naming";
import { day, listed } from "./wording";

const DAY_SECONDS = 86_400;
/** Default of a declaration (domain/limits.ts) */
const SESSION = { idleSeconds: 1_800, totalSeconds: 28_800 };

export function agentIsUnknown({ input: { agent }, policy }: Facts): Explanation {
  const declared = own(policy.agents, agent.spiffeId);
  if (declared !== undefined) {
    return {
      what: `${agent.spiffeId} is declared as ${declared.name}, and the request names itself ${agent.name}`,
      about: { agent: declared.name },
      changes: [named(declared.name, agent.spiffeId, `name the agent ${declared.name}, as its identity is declared`)],
    };
  }
  const elsewhere = Object.entries(policy.agents).find(([, { name }]) => name === agent.name)?.[0];
  if (elsewhere !== undefined) {
    return {
      what: `${agent.name} is declared as ${elsewhere}, and the request comes from ${agent.spiffeId}`,
      about: { agent: agent.name },
      changes: [named(agent.name, elsewhere, `send the request with the identity ${elsewhere}, which is the agent's`)],
    };
  }
  const what = `no agent is declared as ${agent.spiffeId} (declared are ${listed(namesOf(policy.agents))})`;
  const hopeless = unidentifiable(agent.spiffeId, policy.trustDomain) ?? unnameable("agent", agent.name);
  if (hopeless !== undefined) return { what, changes: [], hopeless };
  return {
    what,
    changes: [
      {
        kind: "declaration",
        text: `declare the agent ${agent.name} with its owner, purpose, expiry and tasks, and list it in the fleet`,
        about: { agent: agent.name },
        apply: (situation) =>
          withAgent(situation, agent.spiffeId, (there) => there ?? declaredNow(agent.name, situation.input.time)),
      },
    ],
  };
}

export function agentIsSuspended({ agent, input }: Facts): Explanation {
  const name = agent?.name ?? input.agent.name;
  return {
    what: `${name} is suspended in its declaration`,
    about: { agent: name },
    changes: [
      {
        kind: "declaration",
        text: `remove suspended from ${name}, after a review of why it stands there`,
        about: { agent: name },
        apply: (situation) =>
          withAgent(situation, situation.input.agent.spiffeId, (there) => there && { ...there, suspended: false }),
      },
    ],
  };
}

export function agentHasExpired({ agent, input }: Facts): Explanation {
  const name = agent?.name ?? input.agent.name;
  const expires = dayAfter(input.time);
  return {
    what: `${name} may not act since ${agent === undefined ? "its expiry" : day(agent.expires)}`,
    about: { agent: name },
    changes: [
      {
        kind: "declaration",
        text: `write expires: "${day(expires)}" or later (a year ahead at most) in ${name}, after a review`,
        about: { agent: name },
        apply: (situation) =>
          withAgent(situation, situation.input.agent.spiffeId, (there) => there && { ...there, expires }),
      },
    ],
  };
}

/** A delegator that may act again, whether it was suspended or expired */
export function activeAgain({ hop, from }: Edge, time: number): Change {
  const name = from?.name ?? hop.spiffeId;
  const steps = [
    ...(from?.suspended ? [`remove suspended from ${name}`] : []),
    ...(from !== undefined && time >= from.expires
      ? [`write expires: "${day(dayAfter(time))}" or later in ${name}`]
      : []),
  ];
  return {
    kind: "declaration",
    text: `${steps.join(" and ")}, after a review`,
    about: { agent: name },
    apply: (situation) =>
      withAgent(
        situation,
        hop.spiffeId,
        (there) => there && { ...there, suspended: false, expires: Math.max(there.expires, dayAfter(time)) },
      ),
  };
}

function named(name: string, spiffeId: string, text: string): Change {
  return { kind: "request", text, apply: (situation) => withRequest(situation, { agent: { name, spiffeId } }) };
}

function declaredNow(name: string, time: number): PolicyAgent {
  return { name, suspended: false, expires: dayAfter(time), session: SESSION, tasks: {} };
}

/** The first day that is not over at this time */
function dayAfter(time: number): number {
  return (Math.floor(time / DAY_SECONDS) + 1) * DAY_SECONDS;
}

function namesOf(agents: Readonly<Record<string, PolicyAgent>>): readonly string[] {
  return Object.values(agents).map(({ name }) => name);
}
