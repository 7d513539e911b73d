import { own } from "../../domain";
import type { AccessPath } from "../../iam/access/access";
import type { AwsPrincipal } from "../reach/aws/principal";
import type { RegistryDataset, RegistryTask } from "../reach/declared/registry";
import { type DeclaredAccess, type DeclaredData, placeOf } from "./declared-access";
import type { JudgedState } from "./state";

/** What one task of an agent declares of AWS, and the way on which it should have it */
export interface TaskAccess {
  readonly task: string;
  /** ARN of its role */
  readonly role: string;
  readonly data: readonly DeclaredData[];
  /** As its path in {@link AwsPrincipal} is called */
  readonly path: string;
}

export interface AgentAccess {
  readonly name: string;
  readonly principal: Pick<AwsPrincipal, "paths" | "denies">;
  readonly tasks: readonly TaskAccess[];
  /** Tasks with AWS data and no role */
  readonly roleless: readonly string[];
  /** Roles of which nobody can say where the data is that they open */
  readonly placeless: readonly string[];
}

const NOTHING: AgentAccess["principal"] = { paths: [], denies: [] };

/** Undefined where the agent has no AWS data and no role, or is none of the registry */
export function agentAccess(
  { registry, aws, estate }: JudgedState,
  name: string,
  declaredAccess: DeclaredAccess,
): AgentAccess | undefined {
  const agent = own(registry?.agents, name);
  if (registry === undefined || agent === undefined) return undefined;
  const principal = aws.principals.get(name);
  const tasks: TaskAccess[] = [];
  const placeless: string[] = [];
  const roleless: string[] = [];
  for (const [task, declared] of Object.entries(agent.tasks)) {
    const role = declared.aws?.role;
    if (role === undefined) {
      if (namesAwsData(declared, registry.datasets)) roleless.push(task);
      continue;
    }
    const resource = principal?.roles.find(({ key }) => key === role) ?? principal?.roles[0];
    const place = resource && placeOf(role, stackOf(resource.address), estate);
    if (place === undefined) placeless.push(role);
    else tasks.push({ task, role, data: declaredAccess.of(name, declared, place), path: `task ${task}` });
  }
  if (principal === undefined && roleless.length === 0) return undefined;
  return { name, principal: principal ?? NOTHING, tasks, roleless, placeless: [...new Set(placeless)] };
}

/** Whether a path is one of a task with its session policy, and which */
export function taskOf({ tasks }: AgentAccess, { name }: AccessPath): TaskAccess | undefined {
  return tasks.find(({ path }) => name === path || name.startsWith(`${path}, `));
}

function namesAwsData({ data }: RegistryTask, datasets: Readonly<Record<string, RegistryDataset>>): boolean {
  return Object.keys(data).some((name) => {
    const dataset = own(datasets, name);
    return dataset !== undefined && dataset.kind !== "external";
  });
}

function stackOf(address: string): string {
  return address.slice(0, address.lastIndexOf("/"));
}
