import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import { refuse } from "../../domain";
import { allow, DATA_ACTIONS, deny, MANAGED_POLICY_CHARACTERS, PolicyDocument, type Statement } from "../../iam";
import { PLATFORM_PATH } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { withinSize } from "./size";

/** Present where a request brings its own key (S3 condition keys, SSE-C) */
const CUSTOMER_KEY = "s3:x-amz-server-side-encryption-customer-algorithm";

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

/** A Deny by a key that the request lacks applies as well: an unknown region, account or endpoint is another one. */
export function agentBoundary(platform: Platform, endpointIds: readonly string[]): PolicyDocument {
  const named = (sid: string, statement: Statement): Statement => ({ Sid: sid, ...statement });
  const network =
    endpointIds.length === 0
      ? []
      : [
          named(
            "OtherNetworks",
            // A service that calls another on the agent's behalf (S3 to KMS) comes from its own network.
            deny("*", "*", {
              StringNotEquals: { "aws:SourceVpce": endpointIds },
              BoolIfExists: { "aws:ViaAWSService": "false" },
            }),
          ),
        ];
  return PolicyDocument.of(
    [
      named("DataOnly", allow(DATA_ACTIONS, "*")),
      named("NoEscalation", deny(["iam:*", "sts:*", "organizations:*", "account:*", "sso:*"], "*")),
      named("OtherRegions", deny("*", "*", { StringNotEquals: { "aws:RequestedRegion": platform.regions } })),
      named("OtherAccounts", deny("*", "*", { StringNotEquals: { "aws:ResourceAccount": platform.accounts } })),
      named(
        "NoPresignedRequests",
        deny("s3:*", "*", { StringEquals: { "s3:authType": ["POST", "REST-QUERY-STRING"] } }),
      ),
      // // With a key of its own, an agent could write objects that only it can read.
      named("NoKeysOfItsOwn", deny("s3:PutObject", "*", { Null: { [CUSTOMER_KEY]: "false" } })),
      ...network,
    ],
    { wildcardResource: "boundary" },
  );
}
