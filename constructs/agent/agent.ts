import { Annotations, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import {
  AgentDeclaration,
  type AgentSpec,
  Delegation,
  type DelegationProps,
  rememberDefined,
  rememberSource,
  type Starter,
  type Task,
} from "../../domain";
import { AgentRole } from "../access/agent-role";
import { sessionPolicy } from "../access/session-policy";
import { RolesAnywhereProfile } from "../identity/roles-anywhere-profile";
import { WorkloadIdentity } from "../identity/workload-identity";
import { AmbitStack } from "../platform/ambit-stack";
import { withoutCreationStacks } from "../platform/creation-stacks";
import { platformOf } from "../platform/scope";
import { AgentNetworkPolicy } from "./agent-network-policy";
import { AgentService } from "./agent-service";
import { checkAgainstPlatform } from "./platform-rules";

/** A class made by {@link Agent.define}: a value for the fleet, and a construct in a stack. */
export interface AgentClass<K extends string = string> {
  new (scope: Construct): Agent;
  readonly declaration: AgentDeclaration;

  /** An edge to one of its tasks, for another agent's `delegates` */
  task(name: K, props?: DelegationProps): Delegation;
}

/** One autonomous workload: its identity, its permissions and their lifetime. It can do only what its tasks declare. */
export class Agent extends Construct {
  public readonly declaration: AgentDeclaration;
  public readonly identity: WorkloadIdentity;
  /** One for all tasks if brokered, one per task if federated; empty without AWS data */
  public readonly roles: readonly AgentRole[];

  constructor(scope: Construct, id: string, spec: AgentSpec | AgentDeclaration) {
    super(scope, id);
    const agent = spec instanceof AgentDeclaration ? spec : new AgentDeclaration(id, spec);
    const platform = platformOf(this);
    checkAgainstPlatform(agent, platform, startersOf(this));
    this.declaration = agent;
    const suspended = agent.isSuspended(platform.clock);
    if (agent.isExpired(platform.clock)) {
      const sentence = `agent "${agent.name}" expired on ${agent.expires} and is suspended`;
      Annotations.of(this).addWarning(`${sentence}: extend expires after a review, or remove the agent`);
    }
    const made = withoutCreationStacks(() => this.make(agent, suspended));
    this.identity = made.identity;
    this.roles = made.roles;
    for (const task of agent.tasks.values()) sessionPolicy(agent, task, platform);
  }

  /**
   * Declare an agent as a value, before any stack exists.
   *
   * @throws DeclarationError at the line that calls it.
   */
  public static define<K extends string>(name: string, spec: AgentSpec<K>): AgentClass<K> {
    const declaration = new AgentDeclaration(name, spec);
    rememberSource(declaration, Agent.define);
    rememberDefined(declaration);
    return class extends Agent {
      public static readonly declaration = declaration;

      constructor(scope: Construct) {
        super(scope, declaration.name, declaration);
      }

      public static task(task: K, props?: DelegationProps): Delegation {
        return Delegation.to(declaration, task, props);
      }
    };
  }

  private make(agent: AgentDeclaration, suspended: boolean): Pick<Agent, "identity" | "roles"> {
    const identity = new WorkloadIdentity(this, "Identity", { agent, suspended });
    new AgentNetworkPolicy(this, "NetworkPolicy", { agent });
    if (agent.ways.length > 0) new AgentService(this, "Service", { agent });
    const roles = this.makeRoles(agent, suspended);
    if (agent.credentials === "roles-anywhere") {
      for (const role of roles) new RolesAnywhereProfile(role, "Profile", { role, enabled: !suspended });
    }
    return { identity, roles };
  }

  private makeRoles(agent: AgentDeclaration, suspended: boolean): readonly AgentRole[] {
    const [first, ...rest] = [...agent.tasks.values()].filter((task) => task.awsData.length > 0);
    if (first === undefined) return [];
    if (agent.credentials === "brokered")
      return [new AgentRole(this, "Role", { agent, tasks: [first, ...rest], suspended })];
    const single = (task: Task): AgentRole =>
      new AgentRole(this, `Role-${task.name}`, { agent, tasks: [task], suspended });
    return [first, ...rest].map(single);
  }
}

/** Of the fleet that the stack was given */
function startersOf(agent: Agent): readonly Starter[] {
  const stack = TerraformStack.of(agent);
  return stack instanceof AmbitStack ? stack.fleet.starters : [];
}
