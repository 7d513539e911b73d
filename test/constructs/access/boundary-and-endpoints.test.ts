import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { AgentBoundary } from "../../../constructs/access/agent-boundary";
import { AwsEndpoints } from "../../../constructs/access/aws-endpoints";
import type { VpcNetworkProps } from "../../../constructs";
import { facts } from "../../../fleet/platform";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const network = facts.aws.network as VpcNetworkProps;

const DATA_ACTIONS = [
  "dynamodb:BatchGetItem",
  "dynamodb:DeleteItem",
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:Query",
  "dynamodb:Scan",
  "dynamodb:UpdateItem",
  "kms:Decrypt",
  "kms:GenerateDataKey",
  "s3:AbortMultipartUpload",
  "s3:DeleteObject",
  "s3:GetObject",
  "s3:ListBucket",
  "s3:PutObject",
  "secretsmanager:GetSecretValue",
];

function boundary(endpointIds: readonly string[]) {
  const stack = newStack(platformWith());
  new AgentBoundary(stack, "Boundary", { endpointIds });
  return Template.of(stack).only(IamPolicy);
}

describe("boundary", () => {
  test("allows exact data actions and denies regions, accounts, networks, escalation and presigned requests", () => {
    const deny = (Sid: string, Action: string | string[], Condition?: object) => ({
      Sid,
      Effect: "Deny",
      Action,
      Resource: "*",
      ...(Condition && { Condition }),
    });
    expect(statementsOf(boundary(["vpce-1", "vpce-2"]).policy)).toEqual([
      { Sid: "DataOnly", Effect: "Allow", Action: DATA_ACTIONS, Resource: "*" },
      deny("NoEscalation", ["account:*", "iam:*", "organizations:*", "sso:*", "sts:*"]),
      deny("OtherRegions", "*", { StringNotEquals: { "aws:RequestedRegion": "eu-central-1" } }),
      deny("OtherAccounts", "*", {
        StringNotEquals: { "aws:ResourceAccount": ["111122223333", "444455556666"] },
      }),
      deny("NoPresignedRequests", "s3:*", { StringEquals: { "s3:authType": ["POST", "REST-QUERY-STRING"] } }),
      deny("NoKeysOfItsOwn", "s3:PutObject", {
        Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" },
      }),
      deny("OtherNetworks", "*", {
        BoolIfExists: { "aws:ViaAWSService": "false" },
        StringNotEquals: { "aws:SourceVpce": ["vpce-1", "vpce-2"] },
      }),
    ]);
  });

  test("has the name that every agent role refers to", () => {
    const { path, name } = boundary(["vpce-1"]);
    expect(`arn:aws:iam::111122223333:policy${path as string}${name as string}`).toBe(platformWith().boundaryArn);
  });

  test("demands no endpoint where the platform has none", () => {
    const open = { none: { reason: "a test", egressCidrs: ["203.0.113.0/24"] } };
    const stack = newStack(platformWith({ aws: { ...facts.aws, network: open } }));
    new AgentBoundary(stack, "Boundary");
    const sids = statementsOf(Template.of(stack).only(IamPolicy).policy).map(({ Sid }) => Sid);
    expect(sids).toEqual([
      "DataOnly",
      "NoEscalation",
      "OtherRegions",
      "OtherAccounts",
      "NoPresignedRequests",
      "NoKeysOfItsOwn",
    ]);
  });

  test("fails when the platform has endpoints and none are named", () => {
    expect(() => new AgentBoundary(newStack(), "Boundary")).toThrow(
      "[test/Boundary]: the platform has VPC endpoints, got no endpointIds: pass the endpointIds of AwsEndpoints",
    );
  });

  test("fails when more endpoints are named than fit the policy", () => {
    const many = Array.from({ length: 400 }, (_, index) => `vpce-${String(index).padStart(17, "0")}`);
    expect(() => boundary(many)).toThrow(
      /^\[test\/Boundary\]: permissions boundary must be at most 6144 characters, got \d+: name fewer regions, accounts or endpoints$/,
    );
  });
});

/** What passes beside the agents' own data: the exchange's transactions, and image layers that nodes pull */
const BESIDE: Readonly<Record<string, readonly object[]>> = {
  dynamodb: [
    {
      Effect: "Allow",
      Principal: "*",
      Action: ["dynamodb:ConditionCheckItem", "dynamodb:DescribeTable"],
      Resource: "*",
      Condition: {
        ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-exchange" },
        StringEquals: { "aws:ResourceAccount": "111122223333" },
      },
    },
  ],
  s3: [
    {
      Effect: "Allow",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*",
    },
  ],
};

const SPIRE_SERVER = "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-spire-server";

describe("endpoints", () => {
  const stack = newStack();
  const endpoints = new AwsEndpoints(stack, "Endpoints", { network });
  const template = Template.of(stack);

  test("stand in the declared subnets, by private name, one per service", () => {
    const all = template.all(VpcEndpoint);
    expect(all.map((endpoint) => endpoint.service_name)).toEqual(
      ["dynamodb", "kms", "logs", "s3", "secretsmanager", "sts", "tagging", "xray"].map(
        (service) => `com.amazonaws.eu-central-1.${service}`,
      ),
    );
    for (const endpoint of all) {
      expect(endpoint).toMatchObject({
        vpc_id: network.vpc,
        vpc_endpoint_type: "Interface",
        private_dns_enabled: endpoint.service_name !== "com.amazonaws.eu-central-1.dynamodb",
        subnet_ids: network.endpointSubnets.map(({ id }) => id),
      });
    }
  });

  test("are reached from pods on port 443 only, and start nothing", () => {
    expect(template.only(SecurityGroup)).toMatchObject({
      ingress: [{ cidr_blocks: ["10.0.64.0/18"], from_port: 443, to_port: 443, protocol: "tcp" }],
      egress: [],
    });
  });

  test("pass exact actions between the platform's accounts only", () => {
    const data = template
      .all(VpcEndpoint)
      .filter(({ service_name }) => !/(sts|kms|logs|tagging|xray)$/.test(String(service_name)));
    for (const endpoint of data) {
      const service = String(endpoint.service_name).split(".").at(-1) as string;
      const actions = DATA_ACTIONS.filter((action) => action.startsWith(`${service}:`));
      expect(statementsOf(endpoint.policy)).toEqual([
        {
          Effect: "Allow",
          Principal: "*",
          Action: actions.length === 1 ? actions[0] : actions,
          Resource: "*",
          Condition: {
            StringEquals: {
              "aws:PrincipalAccount": "111122223333",
              "aws:ResourceAccount": ["111122223333", "444455556666"],
            },
          },
        },
        ...(BESIDE[service] ?? []),
      ]);
    }
  });

  test("lead to Roles Anywhere only where the platform has an anchor", () => {
    const trustAnchorArn = `arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/${"0".repeat(36)}`;
    const anchored = newStack(platformWith({ aws: { ...facts.aws, rolesAnywhere: { trustAnchorArn } } }));
    new AwsEndpoints(anchored, "Endpoints", { network });
    const found = Template.of(anchored)
      .all(VpcEndpoint)
      .find(({ service_name }) => service_name === "com.amazonaws.eu-central-1.rolesanywhere");
    expect(statementsOf(found?.policy)).toEqual([
      {
        Effect: "Allow",
        Principal: "*",
        Action: "rolesanywhere:CreateSession",
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceAccount": "111122223333" } },
      },
      {
        Effect: "Allow",
        Principal: "*",
        Action: "rolesanywhere:UpdateTrustAnchor",
        Resource: "*",
        Condition: { ArnEquals: { "aws:PrincipalArn": SPIRE_SERVER } },
      },
    ]);
  });

  test("pass keys and tags to SPIRE's servers and the exchange alone, each what it does", () => {
    const policy = (service: string) =>
      statementsOf(
        template.all(VpcEndpoint).find(({ service_name }) => service_name === `com.amazonaws.eu-central-1.${service}`)
          ?.policy,
      );
    const by = (role: string, Action: string | readonly string[]) => ({
      Effect: "Allow",
      Principal: "*",
      Action,
      Resource: "*",
      Condition: { ArnEquals: { "aws:PrincipalArn": role } },
    });
    const keys = ["CreateAlias", "CreateKey", "DescribeKey", "GetPublicKey", "ListAliases", "ScheduleKeyDeletion"];
    expect(policy("kms")).toEqual([
      by(
        SPIRE_SERVER,
        [...keys, "Sign", "TagResource", "UpdateAlias"].map((action) => `kms:${action}`),
      ),
      by("arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-exchange", ["kms:GetPublicKey", "kms:Sign"]),
    ]);
    expect(policy("tagging")).toEqual([by(SPIRE_SERVER, "tag:GetResources")]);
  });

  test("let the collector that Ambit deploys write traces, and logs of the own account be written", () => {
    const all = template.all(VpcEndpoint);
    const [logs, xray] = ["logs", "xray"].map((service) =>
      statementsOf(all.find(({ service_name: name }) => String(name).endsWith(`.${service}`))?.policy),
    );
    const own = { "aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333" };
    expect(logs).toMatchObject([{ Effect: "Allow", Condition: { StringEquals: own } }]);
    expect(JSON.stringify(logs)).not.toMatch(/logs:(?:Get|Filter|Delete|Start)/);
    expect(xray).toMatchObject([
      {
        Action: "xray:PutTraceSegments",
        Condition: {
          ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-collector" },
        },
      },
    ]);
  });

  test("leave the usual names alone in a VPC that others share", () => {
    const shared = newStack();
    new AwsEndpoints(shared, "Endpoints", { network: { ...network, privateDns: false } });
    const all = Template.of(shared).all(VpcEndpoint);
    expect(all.map(({ private_dns_enabled }) => private_dns_enabled)).toEqual(Array(8).fill(false));
    expect(all.filter(({ dns_options }) => dns_options !== undefined)).toEqual([]);
  });

  test("let identities be exchanged in the platform's account only", () => {
    const sts = template.all(VpcEndpoint).find(({ service_name }) => /sts$/.test(String(service_name)));
    const to = { "aws:ResourceAccount": "111122223333" };
    const any = { Effect: "Allow", Principal: "*", Resource: "*" };
    expect(statementsOf(sts?.policy)).toEqual([
      {
        ...any,
        Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
        Condition: { StringEquals: { "aws:PrincipalAccount": "111122223333", ...to } },
      },
      {
        ...any,
        Action: "sts:GetCallerIdentity",
        Condition: { StringEquals: { "aws:PrincipalAccount": "111122223333" } },
      },
      { ...any, Action: "sts:AssumeRoleWithWebIdentity", Condition: { StringEquals: to } },
    ]);
  });

  test("hand the data endpoints, not that of STS, to the boundary", () => {
    expect(endpoints.endpointIds).toHaveLength(3);
  });
});
