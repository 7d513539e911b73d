import { own } from "../../domain";
import type { AwsPrincipal } from "../reach/aws/aws-principal";
import type { AwsPath } from "../reach/aws/way";
import type { RegistryDataset, RegistryTask } from "../reach/declared/registry";
import { type DeclaredAccess, type DeclaredData, placeOf } from "./declared-data";
import type { FleetState } from "../reach/fleet-state";

/** Declared AWS access of one task, and the way that should grant it */
export interface TaskAccess {
  readonly task: string;
  /** ARN of its role */
  readonly role: string;
  readonly data: readonly DeclaredData[];
}

export interface AgentAccess {
  readonly name: string;
  readonly principal: Pick<AwsPrincipal, "paths" | "denies">;
  readonly tasks: readonly TaskAccess[];
  /** Tasks with AWS data but no role */
  readonly roleless: readonly string[];
  /** Roles with data in an unknown place */
  readonly placeless: readonly string[];
}

const NOTHING: AgentAccess["principal"] = { paths: [], denies: [] };

/** Undefined if the agent has no AWS data and no role, or is not in the registry */
export function agentAccess(
  { registry, aws, estate }: FleetState,
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
    else tasks.push({ task, role, data: declaredAccess.of(name, declared, place) });
  }
  if (principal === undefined && roleless.length === 0) return undefined;
  return { name, principal: principal ?? NOTHING, tasks, roleless, placeless: [...new Set(placeless)] };
}

/** The task whose session a path is, limited by its session policy; undefined for other paths */
export function taskOf({ tasks }: AgentAccess, { way: { id } }: AwsPath): TaskAccess | undefined {
  const { start, assumed } = id;
  return start.by === "task" && assumed === undefined ? tasks.find(({ task }) => task === start.task) : undefined;
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
