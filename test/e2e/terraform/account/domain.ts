import type { AgentClass, Fleet, Platform } from "../../../../constructs";
import { agentTrust } from "../../../../constructs/access/agent-trust";
import { scopedDataAllows } from "../../../../constructs/access/data-grants";
import type { AgentDeclaration, Task } from "../../../../domain";
import { parsePolicy, type Statement } from "../../../../iam";
import type { Connection } from "./connection";
import { same } from "./expected";
import { readRoles, type RoleRead } from "./iam";

/** The roles of every agent are there, no others below the agents' path, and each is what the declaration says. */
export async function checkAgentRoles(
  connection: Connection,
  fleet: Fleet<AgentClass>,
  platform: Platform,
): Promise<readonly string[]> {
  const roles = await readRoles(connection);
  const declared = fleet.agents.flatMap((agent) => declaredRoles(agent, platform));
  const found = Object.keys(roles).filter((name) => roles[name]?.path === platform.agentRolePath);
  same(found, declared.map(({ name }) => name).sort(), "names of agent roles");
  for (const { name, agent, tasks } of declared) {
    const role = roles[name] as RoleRead;
    same(role.boundary, platform.boundaryArn, `boundary of ${name}`);
    same(statementsOf(role.trust), agentTrust(agent, platform).statements, `trust of ${name}`);
    const policies = agent.isSuspended(platform.clock) ? ["ambit-access", "ambit-suspended"] : ["ambit-access"];
    same([Object.keys(role.inline), role.attached], [policies, []], `policies of ${name}`);
    const access = statementsOf(role.inline["ambit-access"]);
    same(access.filter(isAllow), parsed(scopedDataAllows(tasks, agent, platform)), `access of ${name}`);
    const denies = agent.credentials === "brokered" ? ["Expired", "OtherSourceIdentity"] : ["Expired"];
    same(
      access.filter((statement) => !isAllow(statement)).map(({ Sid }) => Sid),
      denies,
      `denies of ${name}`,
    );
  }
  return found;
}

interface DeclaredRole {
  readonly name: string;
  readonly agent: AgentDeclaration;
  readonly tasks: readonly Task[];
}

/** One role for all tasks of a brokered agent, one for each task of a federated one; none without AWS data. */
function declaredRoles(agent: AgentDeclaration, platform: Platform): readonly DeclaredRole[] {
  const tasks = [...agent.tasks.values()].filter((task) => task.awsData.length > 0);
  const groups = agent.credentials === "brokered" ? [tasks] : tasks.map((task) => [task]);
  return groups.flatMap((group) => {
    const [task] = group;
    return task === undefined ? [] : [{ name: platform.agentRoleName(agent, task), agent, tasks: group }];
  });
}

function statementsOf(document: unknown): readonly Statement[] {
  return parsePolicy(JSON.stringify(document)).statements;
}

function parsed(statements: readonly Statement[]): readonly Statement[] {
  return statementsOf({ Version: "2012-10-17", Statement: statements });
}

function isAllow({ Effect }: Statement): boolean {
  return Effect === "Allow";
}
