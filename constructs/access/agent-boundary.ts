import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import { refuse } from "../../domain";
import { MANAGED_POLICY_CHARACTERS } from "../../iam";
import { PLATFORM_PATH } from "../platform/names";
import { platformOf } from "../platform/scope";
import { agentBoundary } from "./boundary-document";
import { withinSize } from "./size";

export interface AgentBoundaryProps {
  /**
   * Ids of the VPC endpoints agents use.
   *
   * @default - no endpoint is demanded; refused on a platform that has a VPC
   */
  readonly endpointIds?: readonly string[];
}

/** The ceiling of every agent role: exact data actions, in the platform's regions, accounts and network. */
export class AgentBoundary extends Construct {
  public readonly policyArn: string;

  constructor(scope: Construct, id: string, props: AgentBoundaryProps = {}) {
    super(scope, id);
    const platform = platformOf(this);
    if (platform.network.kind === "vpc" && props.endpointIds === undefined) {
      const fix = "pass the endpointIds of AwsEndpoints";
      refuse("platform.malformed", `[${this.node.path}]`, `the platform has VPC endpoints, got no endpointIds: ${fix}`);
    }
    const document = agentBoundary(platform, props.endpointIds ?? []);
    const advice = "name fewer regions, accounts or endpoints";
    withinSize(`[${this.node.path}]`, "permissions boundary", document, MANAGED_POLICY_CHARACTERS, advice);
    new IamPolicy(this, "Resource", {
      name: platform.boundaryName,
      path: PLATFORM_PATH,
      description: "Ceiling of every Ambit agent role",
      policy: document.toTerraform(),
    });
    this.policyArn = platform.boundaryArn;
  }
}
