import { refuse, shown } from "../../domain";

/** The broadest private range is 10.0.0.0/8 (RFC 1918). */
const BROADEST = 8;

/** AWS is reached through interface VPC endpoints and no other way. */
export interface VpcNetworkProps {
  /** Id of the VPC */
  readonly vpc: `vpc-${string}`;
  /** Subnets the endpoints stand in, at least one */
  readonly endpointSubnets: readonly { readonly id: `subnet-${string}`; readonly cidr: string }[];
  /** Address ranges that may reach the endpoints: of the pods, and of the nodes, which pull image layers through S3 */
  readonly podCidrs: readonly string[];
  /**
   * Whether the services' usual names resolve to the endpoints, in the whole VPC. Every workload there then reaches
   * these services only as far as the endpoints let agents; in a VPC shared with others, write `false` and give the
   * agents' SDKs the endpoints' own names (`AWS_ENDPOINT_URL_S3`, …).
   *
   * @default true
   */
  readonly privateDns?: boolean;
  /**
   * https address of the DynamoDB endpoint, where it is not the foundation's. DynamoDB offers no private DNS for interface
   * endpoints (DynamoDB developer guide, "AWS PrivateLink considerations"), so SDKs must be told.
   *
   * @default - that of the foundation's endpoint, found by its tag when a stack is planned
   */
  readonly dynamodbUrl?: `https://${string}`;
}

/** AWS is reached over addresses that IAM cannot tell from others: grants do not name the network. */
export interface OpenNetworkProps {
  readonly none: {
    /** Why there are no endpoints; the review shows it */
    readonly reason: string;
    /** Address ranges agents with AWS data may reach on port 443 */
    readonly egressCidrs: readonly string[];
  };
}

export type NetworkProps = VpcNetworkProps | OpenNetworkProps;

/** How agents reach AWS, checked. */
export type Network =
  | ({ readonly kind: "vpc" } & VpcNetworkProps)
  | { readonly kind: "open"; readonly reason: string; readonly egressCidrs: readonly string[] }
  | { readonly kind: "none" };

export function networkOf(props: NetworkProps | undefined, where: string): Network {
  if (props === undefined) return { kind: "none" };
  if ("none" in props) {
    if ((props.none.reason ?? "").trim() === "") {
      refuse(
        "platform.malformed",
        where,
        `aws.network.none.reason must say why there are no VPC endpoints, got nothing`,
      );
    }
    if (props.none.egressCidrs.length === 0) {
      // An egress rule without a destination means every destination (Kubernetes API, NetworkPolicyEgressRule).
      refuse("platform.malformed", where, "aws.network.none.egressCidrs must name the ranges agents may reach, got []");
    }
    return {
      kind: "open",
      reason: props.none.reason,
      egressCidrs: props.none.egressCidrs.map((cidr) => checkedCidr(cidr, where, "aws.network.none.egressCidrs")),
    };
  }
  if (!/^vpc-[0-9a-f]+$/.test(props.vpc)) {
    refuse(
      "platform.malformed",
      where,
      `aws.network.vpc must be a plain id such as "vpc-0abc12", got ${shown(props.vpc)}`,
    );
  }
  if (props.endpointSubnets.length === 0) {
    refuse("platform.malformed", where, `aws.network.endpointSubnets must name at least one subnet, got []`);
  }
  for (const { id, cidr } of props.endpointSubnets) {
    if (!/^subnet-[0-9a-f]+$/.test(id)) {
      const what = `aws.network.endpointSubnets must hold plain ids such as "subnet-0abc12"`;
      refuse("platform.malformed", where, `${what}, got ${shown(id)}`);
    }
    checkedCidr(cidr, where, "aws.network.endpointSubnets");
  }
  if (props.podCidrs.length === 0) {
    refuse("platform.malformed", where, "aws.network.podCidrs must name the address ranges of the pods, got []");
  }
  if (props.dynamodbUrl !== undefined && !/^https:\/\/[a-z0-9.-]+$/.test(props.dynamodbUrl)) {
    const what = `aws.network.dynamodbUrl must be the endpoint's https address without path`;
    refuse("platform.malformed", where, `${what}, got ${shown(props.dynamodbUrl)}`);
  }
  for (const cidr of props.podCidrs) checkedCidr(cidr, where, "aws.network.podCidrs");
  return { kind: "vpc", ...props };
}

export function checkedCidr(cidr: string, where: string, property: string): string {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const [a, b, c, d, bits] = (match ?? []).slice(1).map(Number);
  const octets = [a, b, c, d].every((octet) => octet !== undefined && octet <= 255);
  if (match === null || !octets || bits === undefined || bits > 32) {
    refuse("platform.malformed", where, `${property} must hold ranges such as "10.0.16.0/24", got ${shown(cidr)}`);
  }
  if (bits < BROADEST) {
    const sentence = `${property} must not hold ranges broader than /${BROADEST}, got ${shown(cidr)}`;
    refuse("platform.malformed", where, `${sentence}: name the ranges`);
  }
  return cidr;
}
