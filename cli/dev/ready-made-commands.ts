import type { AgentDeclaration } from "../../domain";
import { fleet } from "../../fleet";
import { callerCommands } from "./caller-commands";
import type { DevelopmentPlatform } from "./development-platform";
import type { ReadyMadeCommand } from "./ready-made-command";
import { awsCommand, runCommand, TOKEN_ALONE, tokenCommand, userToken } from "./shell";
import { taskCommands } from "./task-commands";

const TRIAGE = "support-triage";
const ANSWER = { task: "answer", start: "user" };

/** One for each task of the agents that run here, and with the example fleet those that show what is in it */
export function readyMadeCommands(platform: DevelopmentPlatform): readonly ReadyMadeCommand[] {
  const running = fleet.agents.filter(({ name }) => platform.companions.has(name));
  const isPlayed = platform.companions.has(TRIAGE) && platform.users?.agents.includes(TRIAGE) !== true;
  const example = running.length === fleet.agents.length && isPlayed;
  return [...(example ? tour(platform) : []), ...running.flatMap((agent) => commandsOf(platform, agent))];
}

/** Of an agent that serves here, evidence never passes through its companion: it is asked as callers ask it. */
function commandsOf(platform: DevelopmentPlatform, agent: AgentDeclaration): readonly ReadyMadeCommand[] {
  const serves = platform.users?.agents.includes(agent.name) === true;
  return serves ? callerCommands(platform, agent) : taskCommands(platform, agent);
}

function tour(platform: DevelopmentPlatform): readonly ReadyMadeCommand[] {
  const user = userToken(platform, TRIAGE, "answer");
  const handed = tokenCommand(platform, TRIAGE, user, {
    ...ANSWER,
    audience: "exchange",
    delegate: "researcher.lookup",
  });
  return [
    {
      name: "token",
      what: "support-triage answers a ticket for alice: a token for the tool zendesk",
      command: tokenCommand(platform, TRIAGE, user, { ...ANSWER, audience: "tool:zendesk" }),
    },
    {
      name: "delegation",
      what: "support-triage hands a look-up to researcher, which gets a token of its own: act has both",
      command: tokenCommand(platform, "researcher", `$(${handed} | ${TOKEN_ALONE})`, {
        task: "lookup",
        start: "delegation",
        audience: "tool:claude",
      }),
    },
    {
      name: "companion",
      what: "the same as an agent sees it: from its companion",
      command: runCommand(platform.companions.get(TRIAGE) ?? "", user, { ...ANSWER, audience: "tool:zendesk" }),
    },
    {
      name: "aws",
      what: "AWS credentials for the data of the task answer",
      command: awsCommand(platform, TRIAGE, user, ANSWER),
    },
    {
      name: "refusal",
      what: "support-triage asks for a tool that its task does not grant",
      command: tokenCommand(platform, TRIAGE, user, { ...ANSWER, audience: "tool:payments" }),
    },
  ];
}
