import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { Construct } from "constructs";
import { DATA_ACTIONS, PolicyDocument, type Statement } from "../../iam";
import type { VpcNetworkProps } from "../platform/network";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";

/** Services agents reach directly. KMS is called by those services, never by an agent. */
const DATA_SERVICES = ["dynamodb", "s3", "secretsmanager"] as const;

export interface AwsEndpointsProps {
  readonly network: VpcNetworkProps;
}

/** The way from pods to AWS: interface endpoints that pass exact actions, between the platform's own accounts only. */
export class AwsEndpoints extends Construct {
  /** Ids of the endpoints, known after apply: for the boundary, which stands in the same stack */
  public readonly endpointIds: readonly string[];

  constructor(scope: Construct, id: string, props: AwsEndpointsProps) {
    super(scope, id);
    const platform = platformOf(this);
    const { vpc, endpointSubnets, podCidrs } = props.network;
    const group = new SecurityGroup(this, "SecurityGroup", {
      name: `ambit-${platform.name}-endpoints`,
      description: "Pods to AWS endpoints",
      vpcId: vpc,
      ingress: [{ description: "pods", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [...podCidrs] }],
      egress: [],
    });
    const endpoint = (service: string, policy: PolicyDocument): string =>
      new VpcEndpoint(this, service, {
        vpcId: vpc,
        serviceName: `com.amazonaws.${platform.region}.${service}`,
        vpcEndpointType: "Interface",
        subnetIds: endpointSubnets.map((subnet) => subnet.id),
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        // S3 alone ties private DNS to a gateway endpoint unless told otherwise (EC2 CreateVpcEndpoint, DnsOptions).
        ...(service === "s3" ? { dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: false } } : {}),
        policy: policy.toTerraform(),
        tags: { Name: `ambit-${platform.name}-${service}` },
      }).id;
    this.endpointIds = DATA_SERVICES.map((service) => endpoint(service, dataEndpointPolicy(service, platform)));
    endpoint("sts", stsEndpointPolicy(platform));
  }
}

export function dataEndpointPolicy(service: (typeof DATA_SERVICES)[number], platform: Platform): PolicyDocument {
  const statement: Statement = {
    Effect: "Allow",
    Principal: "*",
    Action: DATA_ACTIONS.filter((action) => action.startsWith(`${service}:`)),
    Resource: "*",
    Condition: {
      StringEquals: { "aws:PrincipalAccount": platform.account, "aws:ResourceAccount": platform.accounts },
    },
  };
  return PolicyDocument.of([statement], { wildcardResource: "endpoint" });
}

/** A request with a web identity is not signed, so it has no principal account; the role's trust names the identity. */
export function stsEndpointPolicy(platform: Platform): PolicyDocument {
  const to = { "aws:ResourceAccount": platform.account };
  const allows = (actions: readonly string[], condition: Readonly<Record<string, string>>): Statement => ({
    Effect: "Allow",
    Principal: "*",
    Action: actions,
    Resource: "*",
    Condition: { StringEquals: condition },
  });
  return PolicyDocument.of(
    [
      allows(["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"], {
        ...to,
        "aws:PrincipalAccount": platform.account,
      }),
      allows(["sts:AssumeRoleWithWebIdentity"], to),
    ],
    { wildcardResource: "endpoint" },
  );
}
