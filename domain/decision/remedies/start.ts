import { STARTS } from "../../task";
import type { Change, Explanation } from "./change";
import { withInput, withOwnTask, withTool } from "./edit";
import { from } from "./edge";
import type { Facts } from "./facts";
import { forUser, startBy, startFor } from "./starting";
import { listed } from "./wording";

export function startIsUndeclared(facts: Facts): Explanation {
  const { task, input, name } = facts;
  return {
    what: `${input.start.by} is not among the starts of ${name} (${listed(Object.keys(task?.startedBy ?? {}))})`,
    about: { agent: input.agent.name, task: input.task },
    changes: [startAsDeclared(facts) ?? startDeclared(facts)],
  };
}

export function startHasNoEvidence({ input }: Facts): Explanation {
  const { by } = input.start;
  return {
    what: `the request says that ${by} started it, and nothing proves that`,
    changes: [
      {
        kind: "request",
        text: `send the evidence of the start by ${by} as subject token, made for this exchange and not yet used`,
        apply: (situation) => {
          const { start } = situation.input;
          return withInput(situation, {
            start: { by: start.by, evidence: start.by === "agent" ? "none" : "verified" },
          });
        },
      },
    ],
  };
}

export function startContradictsChain(facts: Facts): Explanation {
  const { input, name } = facts;
  const byDelegation = input.start.by === "delegation";
  const what = byDelegation
    ? `${name} was started by delegation, and no agent in the chain delegated it`
    : `${name} was started by ${input.start.by}, and ${facts.edges.map(from).join(" → ")} handed it on`;
  const change = startAsDeclared(facts);
  if (change !== undefined) return { what, changes: [change] };
  return { what, changes: facts.task === undefined ? [] : [startedAnew(facts)] };
}

export function userIsMissing(facts: Facts): Explanation {
  const { input, tool, task, name } = facts;
  const needed = tool?.actsAsUser === true;
  const toolName = input.call?.tool ?? "";
  const what = needed ? `${toolName} acts as the user` : `${name} was started by user`;
  return {
    what: `${what}, and the run serves none`,
    about: needed ? { tool: toolName } : { agent: input.agent.name, task: input.task },
    changes: [bringsUser(facts) || !needed || task === undefined ? withUser(facts) : serviceIdentity(toolName)],
  };
}

/** Started the way the task declares, with the chain that belongs to it */
function startAsDeclared(facts: Facts): Change | undefined {
  const by = startFor(facts);
  if (by === undefined) return undefined;
  const how = by === "delegation" ? "with a token that the delegator handed on" : "without a chain";
  const evidence = by === "agent" || by === "delegation" ? "" : ", with the evidence of the start";
  return {
    kind: "request",
    text: `start it by ${by}, as declared, ${how}${evidence}`,
    apply: (situation) => startBy(situation, by),
  };
}

function startDeclared({ input, name }: Facts): Change {
  const { by } = input.start;
  return {
    kind: "declaration",
    text: `add "${by}" to startedBy of task "${input.task}"`,
    about: { agent: input.agent.name, task: input.task },
    caution: `then every caller that can ${by === "agent" ? "run as the agent" : "give evidence of that start"} may start ${name}`,
    apply: (situation) =>
      withOwnTask(situation, (task) => {
        const starts = STARTS.filter((start) => start === by || Object.hasOwn(task.startedBy, start));
        return { ...task, startedBy: Object.fromEntries(starts.map((start) => [start, true as const])) };
      }),
  };
}

/** For a start without delegation, if nothing else may start the task */
function startedAnew({ input, name }: Facts): Change {
  return {
    kind: "declaration",
    text: `add "user" to startedBy of task "${input.task}", and start it by user: no active agent hands work to ${name}`,
    about: { agent: input.agent.name, task: input.task },
    caution: "adding the task to the delegates of the agent that shall hand the work on would do as well",
    apply: (situation) =>
      startBy(
        withOwnTask(situation, (task) => ({ ...task, startedBy: { ...task.startedBy, user: true } })),
        "user",
      ),
  };
}

function bringsUser({ task }: Facts): boolean {
  return ["user", "delegation"].some((start) => Object.hasOwn(task?.startedBy ?? {}, start));
}

/** A chain has the user that its first task was started with. */
function withUser(facts: Facts): Change {
  const { by } = facts.input.start;
  if (by === "user" || by === "delegation") {
    const text =
      by === "user"
        ? "start it with the token of the user who is served"
        : "hand it on from a task that a user started";
    return { kind: "request", text, apply: forUser };
  }
  const instead = startFor(facts, (start) => start === "user" || start === "delegation") ?? "user";
  return {
    kind: "request",
    text:
      instead === "user"
        ? "start it by user, for the user who is served"
        : "hand it on from a task that a user started",
    apply: (situation) => forUser(startBy(situation, instead)),
  };
}

function serviceIdentity(tool: string): Change {
  return {
    kind: "declaration",
    text: `give ${tool} an identity of its own: actsAs: { service: "…" }`,
    about: { tool },
    caution: `then every task that calls ${tool} uses the rights of that service, for every user`,
    apply: (situation) => withTool(situation, tool, (found) => ({ ...found, actsAsUser: false })),
  };
}
