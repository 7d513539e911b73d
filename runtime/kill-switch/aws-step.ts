import { AttachRolePolicyCommand, type IAMClient } from "@aws-sdk/client-iam";
import type { KillSwitchConfig } from "./config";
import { Refused } from "./tried";

/** IAM CreateRole, RoleName */
const LONGEST_ROLE = 64;

/** An agent of the platform */
export interface RoleOwner {
  /** Undefined where its name was cut */
  readonly agent: string | undefined;
}

/** Names of a platform's agents and of their roles, as far as one tells of the other */
export class AgentRoles {
  private readonly prefix: string;

  constructor({ roles: { platform } }: Pick<KillSwitchConfig, "roles">) {
    this.prefix = `${platform}.`;
  }

  /** The role that the agent has where it is brokered; undefined where its name is too long to be told */
  public of(agent: string): string | undefined {
    const name = `${this.prefix}${agent}`;
    return name.length <= LONGEST_ROLE ? name : undefined;
  }

  /** Whose role it is; undefined where it is none of this platform's agents */
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

/**
 * Deny everything to a role and to every session that it has given, once. Where it is denied already, nothing changes.
 *
 * @throws Refused where there is no such role, or it is none that the kill switch may deny
 */
export async function denied(client: Pick<IAMClient, "send">, partition: string, role: string): Promise<void> {
  try {
    await client.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: denyAllArn(partition) }));
  } catch (error) {
    const { name, message } = error as Error;
    if (name === "NoSuchEntityException") throw new Refused(`there is no role ${role}`, { cause: error });
    if (/^AccessDenied/.test(name)) throw new Refused(`IAM does not let ${role} be denied: ${message}`);
    throw error;
  }
}
