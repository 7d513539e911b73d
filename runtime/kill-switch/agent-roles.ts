import type { KillSwitchConfig } from "./config";

/** IAM CreateRole, RoleName */
const LONGEST_ROLE = 64;

/** An agent of the platform */
export interface RoleOwner {
  /** Undefined if its name was cut */
  readonly agent: string | undefined;
}

/** Names of a platform's agents and of their roles, as far as one tells of the other */
export class AgentRoles {
  private readonly prefix: string;

  constructor({ roles: { platform } }: Pick<KillSwitchConfig, "roles">) {
    this.prefix = `${platform}.`;
  }

  /** The role that the agent has where it is brokered; undefined if its name is too long to be told */
  public of(agent: string): string | undefined {
    const name = `${this.prefix}${agent}`;
    return name.length <= LONGEST_ROLE ? name : undefined;
  }

  /** Owner of a role; undefined if the role belongs to no agent of this platform */
  public ownerOf(role: string): RoleOwner | undefined {
    if (!role.startsWith(this.prefix)) return undefined;
    const [agent = "", ...rest] = role.slice(this.prefix.length).split(".");
    if (agent === "") return undefined;
    // A name that was too long is cut at its end, where a hash follows: what a dot follows is whole.
    return { agent: role.length < LONGEST_ROLE || rest.length > 0 ? agent : undefined };
  }
}

/** AWS's own policy, which denies everything (AWS managed policy reference, `AWSDenyAll`) */
export function denyAllArn(partition: string): string {
  return `arn:${partition}:iam::aws:policy/AWSDenyAll`;
}

/** Name of a role, whose ARN has its path too */
export function nameOfRole(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
