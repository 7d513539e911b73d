import { AttachRolePolicyCommand, type IAMClient } from "@aws-sdk/client-iam";
import { denyAllArn } from "./agent-roles";
import { Refused } from "./tried";

/**
 * Deny all actions to a role and to its sessions, once. Idempotent.
 *
 * @throws Refused if there is no such role, or if the kill switch may not deny it
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
