import type { AgentDeclaration, Task } from "../../domain";
import { fleet } from "../../fleet";
import type { DevelopmentPlatform } from "./development-platform";
import type { ReadyMadeCommand } from "./ready-made-command";
import { toolCommands } from "./tool-commands";
import { awsCommand, runCommand, startToken, TOKEN_ALONE, tokenCommand, userToken } from "./shell";

/** The task as it is begun here, by the simplest of its starts */
interface Begun {
  readonly start: string;
  /** In double quotes of a shell */
  readonly evidence: string | undefined;
  readonly by: string;
}

/** A command for each task of the agent that the exchange gives anything for, begun as the task says that it may be */
export function taskCommands(platform: DevelopmentPlatform, agent: AgentDeclaration): readonly ReadyMadeCommand[] {
  const companion = platform.companions.get(agent.name);
  return [...agent.tasks.values()].flatMap((task) => {
    const begun = begunAs(platform, agent, task);
    if (begun === undefined || companion === undefined) return [];
    const name = `${agent.name}.${task.name}`;
    const asked = { task: task.name, start: begun.start };
    const [tool] = task.tools;
    if (tool !== undefined) {
      const what = `${begun.by}: a token for the tool ${tool.tool.name}, from its companion`;
      const audience = `tool:${tool.tool.name}`;
      const run = runCommand(companion, begun.evidence, { ...asked, audience });
      return [{ name, what, command: run }, ...toolCommands(platform, agent, task, companion)];
    }
    if (task.awsData.length === 0 || agent.credentials !== "brokered") return [];
    const what = `${begun.by}: AWS credentials for its data`;
    return [{ name, what, command: awsCommand(platform, agent.name, begun.evidence, asked) }];
  });
}

function begunAs(platform: DevelopmentPlatform, agent: AgentDeclaration, task: Task): Begun | undefined {
  const may = (start: Task["startedBy"][number]): boolean => task.startedBy.includes(start);
  if (may("user")) {
    return { start: "user", evidence: userToken(platform, agent.name, task.name), by: "begun by alice" };
  }
  for (const start of ["schedule", "event"] as const) {
    if (may(start))
      return { start, evidence: startToken(platform, agent.name, task.name, start), by: `begun by ${start}` };
  }
  if (may("agent")) return { start: "agent", evidence: undefined, by: "begun by itself" };
  return handedOn(platform, agent, task);
}

/** Chains end, as the fleet has checked. */
function handedOn(platform: DevelopmentPlatform, agent: AgentDeclaration, task: Task): Begun | undefined {
  const delegate = `${agent.name}.${task.name}`;
  for (const delegator of fleet.agents) {
    for (const from of delegator.tasks.values()) {
      if (!from.delegates.some(({ target }) => target === delegate)) continue;
      const begun = begunAs(platform, delegator, from);
      if (begun === undefined) continue;
      const asked = { task: from.name, start: begun.start, audience: "exchange", delegate };
      const token = tokenCommand(platform, delegator.name, begun.evidence, asked);
      const by = `handed on by ${delegator.name}.${from.name}`;
      return { start: "delegation", evidence: `$(${token} | ${TOKEN_ALONE})`, by };
    }
  }
  return undefined;
}
