import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { AwsEndpoints } from "../../../constructs/access/aws-endpoints";
import { Platform, type PlatformProps, type VpcNetworkProps } from "../../../constructs";
import { TokenExchange } from "../../../constructs/exchange";
import { facts } from "../../../fleet/platform";
import { checkConfig } from "../../../runtime/exchange/config";
import { exchangeRights } from "../../support/exchange/exchange-role";
import { waysOf } from "../../support/spire";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:";
const AGENTCORE = "arn:aws:bedrock-agentcore:eu-central-1:111122223333:";
const AUTHORIZER = "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-gateway";
const held = { kind: "agentcore", workload: "ambit", region: "eu-central-1" } as const;

const OUTBOUND = {
  tools: {
    zendesk: {
      kind: "chained",
      tokenEndpoint: "https://login.zendesk.example/token",
      audience: "https://login.zendesk.example",
      client: { id: "ambit", key: "exchange" },
    },
    payments: { ...held, provider: "payments", credential: "oauth", scopes: ["refund"] },
  },
  services: {
    "model-gateway": { kind: "api-key", secret: `${SECRET}models-AbCdEf`, header: "x-api-key" },
    "ci-reader": {
      kind: "client-credentials",
      tokenEndpoint: "https://ci.example/token",
      client: { id: "ambit", secret: `${SECRET}ci-AbCdEf` },
    },
    "docs-writer": { ...held, provider: "docs", credential: "api-key", header: "x-docs-key" },
  },
  cidrs: ["198.51.100.0/24"],
} as const satisfies PlatformProps["outbound"];

const { outbound: _ofExample, ...withoutOutbound } = facts;
const withOutbound = (outbound: PlatformProps["outbound"]): Platform =>
  outbound === undefined ? new Platform(withoutOutbound) : platformWith({ outbound });

/** Ranges outside the cluster and AWS */
const to443 = (template: Template) =>
  waysOf(template.only(NetworkPolicyV1)).out.filter((way) => /^(198|203)\S+ TCP\/443$/.test(way));

const rights = (outbound: PlatformProps["outbound"]) =>
  exchangeRights(withOutbound(outbound), /secretsmanager|bedrock/);

test("the exchange's role may read exactly the secrets that are named, and ask AgentCore for exactly the providers", () => {
  const allow = (Action: string, Resource: string | readonly string[]) => ({ Effect: "Allow", Action, Resource });
  const workload = [
    `${AGENTCORE}workload-identity-directory/default`,
    `${AGENTCORE}workload-identity-directory/default/workload-identity/ambit`,
  ];
  const vault = `${AGENTCORE}token-vault/default`;
  expect(rights(OUTBOUND)).toEqual([
    allow("secretsmanager:GetSecretValue", [`${SECRET}ci-AbCdEf`, `${SECRET}models-AbCdEf`]),
    allow("bedrock-agentcore:GetWorkloadAccessTokenForUserId", workload),
    allow("bedrock-agentcore:GetWorkloadAccessToken", workload),
    allow("bedrock-agentcore:GetResourceOauth2Token", [
      vault,
      `${vault}/oauth2credentialprovider/payments`,
      ...workload,
    ]),
    allow("bedrock-agentcore:GetResourceApiKey", [vault, `${vault}/apikeycredentialprovider/docs`, ...workload]),
  ]);
});

test.each([
  ["names nothing", undefined],
  ["names no identity", {}],
  [
    "names servers alone that know the exchange by its key",
    { tools: { zendesk: OUTBOUND.tools.zendesk }, cidrs: OUTBOUND.cidrs },
  ],
])("the role has no right of these where the platform %s", (_, outbound) => {
  expect(rights(outbound)).toEqual([]);
});

test("the exchange is configured with what the platform names, and the gateway may ask for it", () => {
  const stack = newStack(withOutbound(OUTBOUND));
  new TokenExchange(stack, "Exchange", { keyCidrs: ["203.0.113.0/24"] });
  const template = Template.of(stack);
  const { data } = template.only(ConfigMapV1) as { data: Readonly<Record<string, string>> };
  const { outbound, services } = checkConfig(JSON.parse(data["config.json"] ?? ""));
  expect(outbound).toEqual({ tools: OUTBOUND.tools, services: OUTBOUND.services });
  expect(services).toMatchObject({ transaction: [AUTHORIZER], outbound: [AUTHORIZER] });
  expect(to443(template)).toEqual(["203.0.113.0/24 TCP/443", "198.51.100.0/24 TCP/443"]);
});

test("a range that keys and authorization servers share is one way out", () => {
  const stack = newStack(withOutbound(OUTBOUND));
  new TokenExchange(stack, "Exchange", { keyCidrs: OUTBOUND.cidrs });
  expect(to443(Template.of(stack))).toEqual(["198.51.100.0/24 TCP/443"]);
});

test.each([
  ["with an endpoint, for the exchange alone, where AgentCore is named", OUTBOUND, 1],
  ["not at all where it is not", { services: { "model-gateway": OUTBOUND.services["model-gateway"] } }, 0],
])("pods reach AgentCore %s", (_, outbound, count) => {
  const stack = newStack(withOutbound(outbound));
  new AwsEndpoints(stack, "Endpoints", { network: facts.aws.network as VpcNetworkProps });
  const found = Template.of(stack)
    .all(VpcEndpoint)
    .filter(({ service_name: name }) => name === "com.amazonaws.eu-central-1.bedrock-agentcore");
  expect(found).toHaveLength(count);
  for (const { policy } of found) {
    expect(statementsOf(policy)).toEqual([
      expect.objectContaining({
        Condition: {
          ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-exchange" },
        },
      }),
    ]);
  }
});
