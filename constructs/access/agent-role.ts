import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { AgentDeclaration, Task } from "../../domain";
import { awsSessionTtl } from "../../domain";
import { deny, PolicyDocument, ROLE_INLINE_POLICIES_CHARACTERS, type Statement } from "../../iam";
import { LABELS } from "../platform/names";
import { platformOf } from "../platform/scope";
import { agentTrust } from "./agent-trust";
import { scopedDataAllows } from "./data-grants";
import { withinSize } from "./size";

/** IAM takes no less for a role; sessions are cut to 900 s where they are asked for. */
const MAX_SESSION_SECONDS = 3600;

export interface AgentRoleProps {
  readonly agent: AgentDeclaration;
  /** Tasks whose AWS data the role opens: all of a brokered agent's, one of a federated agent's */
  readonly tasks: readonly [Task, ...Task[]];
  /** Whether the agent is stopped as code, or expired */
  readonly suspended: boolean;
}

/** The AWS role of one agent: what its tasks declare, from the platform's network, until it expires. */
export class AgentRole extends Construct {
  public readonly roleName: string;
  public readonly roleArn: string;

  constructor(scope: Construct, id: string, props: AgentRoleProps) {
    super(scope, id);
    const platform = platformOf(this);
    const { agent, tasks } = props;
    const [task] = tasks;
    this.roleName = platform.agentRoleName(agent, task);
    this.roleArn = platform.agentRoleArn(agent, task);

    const access = PolicyDocument.of([...scopedDataAllows(tasks, agent, platform), ...agentDenies(agent)]);
    const room = ROLE_INLINE_POLICIES_CHARACTERS - SUSPENDED.toJson().length;
    withinSize(
      agent.where,
      "access of all tasks",
      access,
      room,
      "move tasks to another agent, so that each has less data",
    );

    const role = new IamRole(this, "Resource", {
      name: this.roleName,
      path: platform.agentRolePath,
      description: `Ambit agent ${agent.name}`,
      assumeRolePolicy: agentTrust(agent, platform).toTerraform(),
      permissionsBoundary: platform.boundaryArn,
      maxSessionDuration: Math.max(MAX_SESSION_SECONDS, awsSessionTtl(agent).seconds),
      tags: { [LABELS.agent]: agent.name, "ambit:owner": agent.owner },
    });
    new IamRolePolicy(this, "Access", { role: role.name, name: "ambit-access", policy: access.toTerraform() });
    if (props.suspended) {
      new IamRolePolicy(this, "Suspended", {
        role: role.name,
        name: "ambit-suspended",
        policy: SUSPENDED.toTerraform(),
      });
    }
  }
}

/** Suspension as code has a policy of its own, so that a deploy never touches what the kill switch attached. */
const SUSPENDED = PolicyDocument.of([{ ...deny("*", "*"), Sid: "Suspended" }]);

function agentDenies(agent: AgentDeclaration): readonly Statement[] {
  const expired: Statement = {
    ...deny("*", "*", { DateGreaterThanEquals: { "aws:CurrentTime": agent.expires.timestamp } }),
    Sid: "Expired",
  };
  if (agent.credentials !== "brokered") return [expired];
  const foreign: Statement = {
    ...deny("*", "*", { StringNotEquals: { "aws:SourceIdentity": agent.name } }),
    Sid: "OtherSourceIdentity",
  };
  return [expired, foreign];
}
