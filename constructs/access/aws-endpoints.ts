import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { Construct } from "constructs";
import { identitiesOf } from "../../domain";
import { type Condition, DATA_ACTIONS, PolicyDocument, type Statement } from "../../iam";
import { urlOf } from "../platform/dynamodb-url";
import type { VpcNetworkProps } from "../platform/network";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";

/** Services agents reach directly. KMS is called by those services, and by the platform's own components. */
const DATA_SERVICES = ["dynamodb", "s3", "secretsmanager"] as const;

export interface AwsEndpointsProps {
  readonly network: VpcNetworkProps;
}

/** The way from pods to AWS: interface endpoints that pass exact actions, between the platform's own accounts only. */
export class AwsEndpoints extends Construct {
  /** Ids of the endpoints, known after apply: for the boundary, which stands in the same stack */
  public readonly endpointIds: readonly string[];
  /** Where DynamoDB answers, known after apply: no private name leads to it */
  public readonly dynamodbUrl: string;

  constructor(scope: Construct, id: string, props: AwsEndpointsProps) {
    super(scope, id);
    const platform = platformOf(this);
    const { vpc, endpointSubnets, podCidrs, privateDns = true } = props.network;
    const group = new SecurityGroup(this, "SecurityGroup", {
      name: `ambit-${platform.name}-endpoints`,
      description: "Pods to AWS endpoints",
      vpcId: vpc,
      ingress: [{ description: "pods", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [...podCidrs] }],
      egress: [],
    });
    const endpoint = (service: string, policy: PolicyDocument): VpcEndpoint =>
      new VpcEndpoint(this, service, {
        vpcId: vpc,
        serviceName: `com.amazonaws.${platform.region}.${service}`,
        vpcEndpointType: "Interface",
        subnetIds: endpointSubnets.map((subnet) => subnet.id),
        securityGroupIds: [group.id],
        // DynamoDB's endpoint has no private DNS: clients find it by its tag (see dynamodbUrl in the platform folder).
        privateDnsEnabled: privateDns && service !== "dynamodb",
        // S3 alone ties private DNS to a gateway endpoint unless told otherwise (EC2 CreateVpcEndpoint, DnsOptions).
        ...(service === "s3" && privateDns ? { dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: false } } : {}),
        policy: policy.toTerraform(),
        tags: { Name: `ambit-${platform.name}-${service}` },
      });
    const data = DATA_SERVICES.map((service) => endpoint(service, dataEndpointPolicy(service, platform)));
    this.endpointIds = data.map(({ id: endpointId }) => endpointId);
    this.dynamodbUrl = urlOf(data[DATA_SERVICES.indexOf("dynamodb")] as VpcEndpoint);
    endpoint("sts", stsEndpointPolicy(platform));
    endpoint("kms", keyEndpointPolicy(platform));
    endpoint("tagging", tagEndpointPolicy(platform));
    if (usesAgentCore(platform)) endpoint("bedrock-agentcore", agentCoreEndpointPolicy(platform));
    if (platform.cluster.collector === "deployed") {
      endpoint("logs", logsEndpointPolicy(platform));
      endpoint("xray", tracesEndpointPolicy(platform));
    }
    if (platform.trustAnchorArn !== undefined) endpoint("rolesanywhere", rolesAnywhereEndpointPolicy(platform));
  }
}

/** Without it, a pod could carry data out with foreign credentials. */
export function dataEndpointPolicy(service: (typeof DATA_SERVICES)[number], platform: Platform): PolicyDocument {
  const ownAccounts = { "aws:PrincipalAccount": platform.account, "aws:ResourceAccount": platform.accounts };
  const actions = DATA_ACTIONS.filter((action) => action.startsWith(`${service}:`));
  const others = { dynamodb: exchangeState, s3: imageLayers, secretsmanager: () => [] }[service];
  return PolicyDocument.of([allows(actions, { StringEquals: ownAccounts }), ...others(platform)], {
    wildcardResource: "endpoint",
  });
}

/** The exchange checks conditions in transactions and which table it has, which no agent does. */
function exchangeState(platform: Platform): readonly Statement[] {
  return [
    allows(["dynamodb:ConditionCheckItem", "dynamodb:DescribeTable"], {
      ArnEquals: { "aws:PrincipalArn": platform.exchangeRoleArn },
      StringEquals: { "aws:ResourceAccount": platform.account },
    }),
  ];
}

/** Nodes pull the layers of images in ECR from this bucket of AWS (ECR user guide, "Minimum Amazon S3 bucket permissions"). */
function imageLayers({ partition, region }: Platform): readonly Statement[] {
  const bucket = `arn:${partition}:s3:::prod-${region}-starport-layer-bucket`;
  return [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `${bucket}/*` }];
}

/** A request with a web identity is not signed, so it has no principal account; the role's trust names the identity. */
export function stsEndpointPolicy(platform: Platform): PolicyDocument {
  const from = { "aws:PrincipalAccount": platform.account };
  const to = { "aws:ResourceAccount": platform.account };
  return PolicyDocument.of(
    [
      allows(["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"], { StringEquals: { ...from, ...to } }),
      allows(["sts:GetCallerIdentity"], { StringEquals: from }),
      allows(["sts:AssumeRoleWithWebIdentity"], { StringEquals: to }),
    ],
    { wildcardResource: "endpoint" },
  );
}

/** What SPIRE's servers do with the keys they make (SPIRE plugin aws_kms) */
const SPIRE_KEY_ACTIONS = [
  "CreateAlias",
  "CreateKey",
  "DescribeKey",
  "GetPublicKey",
  "ListAliases",
  "ScheduleKeyDeletion",
  "Sign",
  "TagResource",
  "UpdateAlias",
].map((action) => `kms:${action}`);

/**
 * SPIRE servers and the exchange sign. No other principal may call KMS here: agents' data services call it on their
 * own.
 */
export function keyEndpointPolicy(platform: Platform): PolicyDocument {
  return PolicyDocument.of(
    [
      allows(SPIRE_KEY_ACTIONS, madeBy(platform.spireServerRoleArn)),
      allows(["kms:GetPublicKey", "kms:Sign"], madeBy(platform.exchangeRoleArn)),
    ],
    { wildcardResource: "endpoint" },
  );
}

/** SPIRE's servers find their keys by tag. */
export function tagEndpointPolicy(platform: Platform): PolicyDocument {
  return PolicyDocument.of([allows(["tag:GetResources"], madeBy(platform.spireServerRoleArn))], {
    wildcardResource: "endpoint",
  });
}

function usesAgentCore({ outbound }: Platform): boolean {
  return outbound !== undefined && identitiesOf(outbound).some(({ kind }) => kind === "agentcore");
}

/** The exchange asks for the credentials of tools. */
export function agentCoreEndpointPolicy(platform: Platform): PolicyDocument {
  const names = [
    "GetResourceApiKey",
    "GetResourceOauth2Token",
    "GetWorkloadAccessToken",
    "GetWorkloadAccessTokenForUserId",
  ];
  const actions = names.map((name) => `bedrock-agentcore:${name}`);
  return PolicyDocument.of([allows(actions, madeBy(platform.exchangeRoleArn))], { wildcardResource: "endpoint" });
}

/**
 * The log shipper of the nodes also uses this endpoint, because the usual name resolves to it: it may write logs of its
 * own account and read none.
 */
export function logsEndpointPolicy({ account }: Platform): PolicyDocument {
  const names = ["CreateLogGroup", "CreateLogStream", "DescribeLogGroups", "DescribeLogStreams", "PutLogEvents"];
  const actions = [...names, "PutRetentionPolicy"].map((name) => `logs:${name}`);
  const own = { StringEquals: { "aws:PrincipalAccount": account, "aws:ResourceAccount": account } };
  return PolicyDocument.of([allows(actions, own)], { wildcardResource: "endpoint" });
}

/** The collector writes traces. Reading is denied. */
export function tracesEndpointPolicy(platform: Platform): PolicyDocument {
  const statement = allows(["xray:PutTraceSegments"], madeBy(platform.collectorRoleArn));
  return PolicyDocument.of([statement], { wildcardResource: "endpoint" });
}

function madeBy(roleArn: string): Condition {
  return { ArnEquals: { "aws:PrincipalArn": roleArn } };
}

/**
 * A session is asked for with a certificate, so the request has no principal yet; the role's trust names it. SPIRE's
 * servers publish their CAs into the anchor.
 */
export function rolesAnywhereEndpointPolicy(platform: Platform): PolicyDocument {
  const to = { StringEquals: { "aws:ResourceAccount": platform.account } };
  return PolicyDocument.of(
    [
      allows(["rolesanywhere:CreateSession"], to),
      allows(["rolesanywhere:UpdateTrustAnchor"], madeBy(platform.spireServerRoleArn)),
    ],
    { wildcardResource: "endpoint" },
  );
}

function allows(actions: readonly string[], condition: Condition): Statement {
  return { Effect: "Allow", Principal: "*", Action: actions, Resource: "*", Condition: condition };
}
