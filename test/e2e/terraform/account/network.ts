import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import type { VpcNetworkProps } from "../../../../constructs";
import { facts } from "../../../../fleet/platform";
import type { Connection } from "./connection";

/** A VPC and subnets with the address ranges of the example platform, as its network team would have made them. */
export async function makeNetwork(connection: Connection): Promise<VpcNetworkProps> {
  const { network } = facts.aws;
  if (network === undefined || "none" in network) throw new Error("the example platform names no VPC to stand in for");
  const ec2 = new EC2Client(connection);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const vpc = idOf(Vpc?.VpcId, "vpc-");
  // Interface endpoints with private DNS are refused in a VPC without names.
  for (const attribute of ["EnableDnsSupport", "EnableDnsHostnames"]) {
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpc, [attribute]: { Value: true } }));
  }
  const endpointSubnets: VpcNetworkProps["endpointSubnets"][number][] = [];
  for (const [index, { cidr }] of network.endpointSubnets.entries()) {
    // The database takes one instance per zone, and stands in the same subnets.
    const zone = { AvailabilityZone: `${connection.region}${"abc"[index]}` };
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: cidr, ...zone }));
    endpointSubnets.push({ id: idOf(Subnet?.SubnetId, "subnet-"), cidr });
  }
  return { ...network, vpc, endpointSubnets };
}

export interface EndpointRead {
  readonly id: string;
  readonly type: string | undefined;
  readonly vpc: string | undefined;
  readonly subnets: readonly string[];
  readonly privateDns: boolean | undefined;
  /** Of its policy */
  readonly statements: unknown;
  /** Names of its security groups */
  readonly groups: readonly string[];
}

/** Every interface endpoint by the name of its service. */
export async function readEndpoints(connection: Connection): Promise<Readonly<Record<string, EndpointRead>>> {
  const ec2 = new EC2Client(connection);
  const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({}));
  const standing = VpcEndpoints.filter(({ State }) => State?.toLowerCase() !== "deleted");
  const entries = standing.map((endpoint) => {
    const read: EndpointRead = {
      id: endpoint.VpcEndpointId ?? "",
      type: endpoint.VpcEndpointType,
      vpc: endpoint.VpcId,
      subnets: [...(endpoint.SubnetIds ?? [])].sort(),
      privateDns: endpoint.PrivateDnsEnabled,
      statements: (JSON.parse(endpoint.PolicyDocument ?? "{}") as { Statement?: unknown }).Statement,
      groups: (endpoint.Groups ?? []).map(({ GroupName = "" }) => GroupName),
    };
    return [endpoint.ServiceName ?? "", read] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the VPC's own security groups let in and out, by name; the default group is not ours. */
export async function readSecurityGroups(
  connection: Connection,
  vpc: string,
): Promise<Readonly<Record<string, unknown>>> {
  const ec2 = new EC2Client(connection);
  const filter = { Filters: [{ Name: "vpc-id", Values: [vpc] }] };
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand(filter));
  const ours = SecurityGroups.filter(({ GroupName }) => GroupName !== "default");
  return Object.fromEntries(
    ours.map(({ GroupName = "", IpPermissions = [], IpPermissionsEgress = [] }) => [
      GroupName,
      {
        ingress: IpPermissions.map(({ IpProtocol, FromPort, ToPort, IpRanges = [] }) => ({
          protocol: IpProtocol,
          ports: [FromPort, ToPort],
          from: IpRanges.map(({ CidrIp }) => CidrIp),
        })),
        egress: IpPermissionsEgress.length,
      },
    ]),
  );
}

function idOf<P extends string>(id: string | undefined, prefix: P): `${P}${string}` {
  if (id?.startsWith(prefix) !== true) throw new Error(`expected an id that starts with ${prefix}, got ${id}`);
  return id as `${P}${string}`;
}
