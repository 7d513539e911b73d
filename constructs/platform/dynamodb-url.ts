import { DataAwsVpcEndpoint } from "@cdktf/provider-aws/lib/data-aws-vpc-endpoint";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { dynamodbEndpointName } from "./names";
import { platformOf } from "./scope";

/** Capitals, so that no agent has the name */
const ID = "DynamodbEndpoint";

/**
 * Where DynamoDB answers: as the platform says, or as the endpoint of the foundation says when the stack is planned. It has
 * no private DNS, so no name can be known before. Undefined without a VPC: then its usual name leads to it.
 */
export function dynamodbUrl(scope: Construct): string | undefined {
  const { network, name } = platformOf(scope);
  if (network.kind !== "vpc") return undefined;
  if (network.dynamodbUrl !== undefined) return network.dynamodbUrl;
  const stack = TerraformStack.of(scope);
  const found = stack.node.tryFindChild(ID) as DataAwsVpcEndpoint | undefined;
  const endpoint =
    found ??
    new DataAwsVpcEndpoint(stack, ID, {
      vpcId: network.vpc,
      filter: [{ name: "tag:Name", values: [dynamodbEndpointName(name)] }],
    });
  return urlOf(endpoint);
}

interface Endpoint {
  readonly dnsEntry: { get(index: number): { readonly dnsName: string } };
}

/** The first of its names is the one that every zone answers. */
export function urlOf({ dnsEntry }: Endpoint): string {
  return `https://${dnsEntry.get(0).dnsName}`;
}
