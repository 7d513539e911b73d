import type { PlatformProps } from "../../../constructs";
import { outboundSchema } from "../../../runtime/outbound/outbound-schema";
import { platformWith } from "../../support/synth";

type Outbound = NonNullable<PlatformProps["outbound"]>;

const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a-AbCdEf";
const CHAINED = {
  kind: "chained",
  tokenEndpoint: "https://login.tool.example/token",
  audience: "https://login.tool.example",
  client: { id: "ambit", key: "exchange" },
} as const;
const OWN = {
  kind: "client-credentials",
  tokenEndpoint: "https://a.example/t",
  client: { id: "x", secret: SECRET },
} as const;
const KEY = { kind: "api-key", secret: SECRET, header: "x-api-key" } as const;
const HELD = { kind: "agentcore", workload: "w", provider: "p", credential: "oauth", region: "eu-central-1" } as const;
const cidrs = ["198.51.100.0/24"];

const tool = (identity: unknown): Outbound => ({ tools: { mail: identity }, cidrs }) as Outbound;
const service = (identity: unknown): Outbound => ({ services: { robot: identity }, cidrs }) as Outbound;

test.each<readonly [what: string, outbound: Outbound]>([
  ["nothing", {}],
  ["a chained identity", tool({ ...CHAINED, scope: "a b", subject: "sub" })],
  ["a token exchange", tool({ ...CHAINED, kind: "token-exchange", subject: { "https://a.example": "a|{sub}" } })],
  ["a client", service({ ...OWN, audience: "https://api.example" })],
  ["a key", service({ ...KEY, member: "key", prefix: "Bearer " })],
  ["a user's token in AgentCore", tool({ ...HELD, scopes: ["mail"] })],
  ["a workload's key in AgentCore", service({ ...HELD, credential: "api-key", header: "x-key" })],
])("a platform takes %s as it is, and the exchange takes the same", (_, outbound) => {
  const { tools, services } = platformWith({ outbound }).outbound ?? {};
  expect({ tools, services }).toEqual({ tools: outbound.tools ?? {}, services: outbound.services ?? {} });
  expect(outboundSchema.parse({ tools, services })).toEqual({ tools, services });
});

test.each<readonly [what: string, outbound: Outbound, sentence: string]>([
  ["a member is unknown", { tool: {} } as Outbound, 'platform.outbound: has no property "tool"'],
  ["a member of an identity is unknown", tool({ ...CHAINED, scopes: "a" }), 'has no property "scopes"'],
  [
    "a tool that acts as the user has a key",
    tool(KEY),
    "outbound.tools.mail.kind must be one of chained, token-exchange, agentcore",
  ],
  [
    "a service is chained",
    service(CHAINED),
    "outbound.services.robot.kind must be one of client-credentials, api-key, agentcore",
  ],
  ["a name has a dot", { tools: { "a.b": CHAINED }, cidrs }, "outbound.tools"],
  ["no server's addresses are named", { tools: { mail: CHAINED } }, "outbound.cidrs must name the address ranges"],
  ["a range is too broad", { cidrs: ["0.0.0.0/0"] }, "outbound.cidrs must not hold ranges broader than"],
  [
    "an endpoint is in the clear",
    tool({ ...CHAINED, tokenEndpoint: "http://a.example" }),
    "outbound.tools.mail.tokenEndpoint must be an https address",
  ],
  [
    "an audience names a user",
    tool({ ...CHAINED, audience: "https://u@a.example" }),
    "outbound.tools.mail.audience must be an https address",
  ],
  [
    "scopes are parted by commas and spaces",
    tool({ ...CHAINED, scope: "a,  b" }),
    "outbound.tools.mail.scope must be scopes",
  ],
  [
    "a client has no id",
    tool({ ...CHAINED, client: { key: "exchange" } }),
    "outbound.tools.mail.client.id must be a non-empty string",
  ],
  [
    "a client has neither secret nor key",
    tool({ ...CHAINED, client: { id: "x" } }),
    "outbound.tools.mail.client must have secret",
  ],
  [
    "a client's key is another",
    tool({ ...CHAINED, client: { id: "x", key: "own" } }),
    "outbound.tools.mail.client must have secret",
  ],
  [
    "a secret is a name",
    service({ ...KEY, secret: "a" }),
    "outbound.services.robot.secret must be the ARN of a secret",
  ],
  [
    "a secret is in another region",
    service({ ...KEY, secret: SECRET.replace("eu-central", "us-east") }),
    "secret must be in eu-central-1",
  ],
  [
    "a secret is in a stranger's account",
    service({ ...KEY, secret: SECRET.replace("1111", "9999") }),
    "in one of the accounts",
  ],
  [
    "a client's secret is in a stranger's account",
    service({ ...OWN, client: { id: "x", secret: SECRET.replace("1111", "9999") } }),
    "client.secret must be in",
  ],
  [
    "a key is sent as a transaction token",
    service({ ...KEY, header: "Txn-Token" }),
    "outbound.services.robot.header must be the name of a header",
  ],
  [
    "a prefix has a line break",
    service({ ...KEY, prefix: "a\n" }),
    "outbound.services.robot.prefix must be at most 64",
  ],
  [
    "a user's credential in AgentCore is a key",
    tool({ ...HELD, credential: "api-key", header: "x" }),
    'credential must be "oauth" where a tool',
  ],
  ["AgentCore is in another region", tool({ ...HELD, region: "us-east-1" }), "region must be eu-central-1"],
  [
    "a provider's name has a slash",
    tool({ ...HELD, provider: "a/b" }),
    "provider must be a name of AgentCore Identity",
  ],
  ["a token in AgentCore has a header", service({ ...HELD, header: "x" }), "header is not for oauth: leave it out"],
  [
    "a key in AgentCore has scopes",
    service({ ...HELD, credential: "api-key", header: "x", scopes: ["a"] }),
    "scopes is not for api-key",
  ],
  [
    "a key in AgentCore has no header",
    service({ ...HELD, credential: "api-key" }),
    "header must be the name of a header",
  ],
  [
    "a template has no placeholder",
    tool({ ...CHAINED, subject: { "https://a.example": "admin" } }),
    "texts with {sub} in them once",
  ],
  [
    "users of two issuers could be one",
    tool({ ...CHAINED, subject: { "https://a.example": "{sub}", "https://b.example": "b|{sub}" } }),
    "must tell the users of https://a.example and https://b.example apart",
  ],
])("fails when %s", (_, outbound, sentence) => {
  expect(() => platformWith({ outbound })).toThrow(sentence);
});
