import { ConfigError } from "../../../runtime/checked-config";
import { checkConfig } from "../../../runtime/exchange/config";
import { LEAST } from "../../support/exchange/least-config";

const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:a/b-AbCdEf";
const CHAINED = {
  kind: "chained",
  tokenEndpoint: "https://login.tool.example/token",
  audience: "https://login.tool.example",
  client: { id: "exchange", key: "exchange" },
};
const KEY = { kind: "api-key", secret: SECRET, header: "x-api-key" };
const AGENTCORE = { kind: "agentcore", workload: "w", provider: "p", credential: "oauth", region: "eu-central-1" };
const AGENTCORE_KEY = { ...AGENTCORE, credential: "api-key", header: "authorization", prefix: "Bearer " };

const tool = (identity: unknown, name = "mail") => ({ tools: { [name]: identity }, services: {} });
const service = (identity: unknown) => ({ tools: {}, services: { robot: identity } });

test.each<readonly [what: string, outbound: unknown]>([
  ["nothing", { tools: {}, services: {} }],
  ["a chained identity", tool(CHAINED)],
  ["a token exchange with scopes", tool({ ...CHAINED, kind: "token-exchange", scope: "a b", subject: "sub" })],
  [
    "users of two issuers who differ at the beginning",
    tool({ ...CHAINED, subject: { "https://a.example": "a|{sub}", "https://b.example": "b|{sub}" } }),
  ],
  ["a user's token in AgentCore", tool({ ...AGENTCORE, scopes: ["mail"] })],
  ["a client with a secret", service({ ...CHAINED, kind: "client-credentials", client: { id: "x", secret: SECRET } })],
  ["a key", service({ ...KEY, member: "key", prefix: "Bearer " })],
  ["a workload's key in AgentCore", service(AGENTCORE_KEY)],
  [
    "other addresses",
    {
      tools: {},
      services: {},
      ca: "/ca.pem",
      secretsEndpoint: "http://127.0.0.1:1",
      agentCoreEndpoint: "http://[::1]:1",
    },
  ],
])("%s is taken as it is", (_, outbound) => {
  expect(checkConfig({ ...LEAST, outbound }).outbound).toEqual(outbound);
});

test.each<readonly [what: string, outbound: unknown, message: string]>([
  ["the tools are a list", { tools: [], services: {} }, "outbound.tools must be an object by the name of a tool"],
  ["there are no services", { tools: {} }, "outbound.services must be an object by the name of a service"],
  ["a tool's name has a dot", tool(CHAINED, "a.b"), "outbound.tools.a.b"],
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
  ["an identity is a text", tool("x"), "outbound.tools.mail must be an object with a kind"],
  ["a member is unknown", tool({ ...CHAINED, scopes: "a" }), 'outbound.tools.mail must not have "scopes"'],
  [
    "the endpoint is in the clear",
    tool({ ...CHAINED, tokenEndpoint: "http://a.example" }),
    "tokenEndpoint must be an https address",
  ],
  [
    "the endpoint names a user",
    tool({ ...CHAINED, tokenEndpoint: "https://u:p@a.example" }),
    "tokenEndpoint must be an https address",
  ],
  ["the scopes have two spaces", tool({ ...CHAINED, scope: "a  b" }), "scope must be scopes, parted by single spaces"],
  ["the client has neither", tool({ ...CHAINED, client: { id: "x" } }), "client must be an object of id and secret"],
  [
    "the client has both",
    tool({ ...CHAINED, client: { id: "x", key: "exchange", secret: SECRET } }),
    "client must be an object of id and",
  ],
  [
    "the client's key is a path",
    tool({ ...CHAINED, client: { id: "x", key: "/key.pem" } }),
    "client must be an object of id and",
  ],
  ["a secret is a name", service({ ...KEY, secret: "tool" }), "secret must be the ARN of a secret"],
  [
    "a secret's ARN lacks its last characters",
    service({ ...KEY, secret: SECRET.slice(0, -7) }),
    "secret must be the ARN of a secret",
  ],
  ["a key is sent as Host", service({ ...KEY, header: "Host" }), "header must be the name of a header"],
  [
    "a key is sent as a transaction token",
    service({ ...KEY, header: "Txn-Token" }),
    "header must be the name of a header",
  ],
  ["a header has a line break", service({ ...KEY, header: "x\r\ny" }), "header must be the name of a header"],
  ["a prefix has a line break", service({ ...KEY, prefix: "a\nb" }), "prefix must be at most 64 visible characters"],
  ["a user's credential in AgentCore is a key", tool(AGENTCORE_KEY), 'credential must be "oauth"'],
  [
    "a key in AgentCore has no header",
    service({ ...AGENTCORE, credential: "api-key" }),
    "header must be the name of the header",
  ],
  [
    "a key in AgentCore has scopes",
    service({ ...AGENTCORE_KEY, scopes: ["a"] }),
    "scopes is not for api-key: leave it out",
  ],
  [
    "a token in AgentCore has a header",
    service({ ...AGENTCORE, header: "x" }),
    "header is not for oauth: leave it out",
  ],
  [
    "the subject is another claim",
    tool({ ...CHAINED, subject: "email" }),
    'subject must be "sub", or a text with {sub} in it',
  ],
  ["a template has no placeholder", tool({ ...CHAINED, subject: { "https://a.example": "admin" } }), "subject"],
  ["a template names the user twice", tool({ ...CHAINED, subject: { "https://a.example": "{sub}{sub}" } }), "subject"],
  [
    "users of two issuers could be one",
    tool({ ...CHAINED, subject: { "https://a.example": "{sub}", "https://b.example": "b|{sub}" } }),
    "subject",
  ],
  [
    "users of two issuers could be one, from both ends",
    tool({ ...CHAINED, subject: { "https://a.example": "x{sub}", "https://b.example": "{sub}y" } }),
    "subject",
  ],
])("fails when %s", (_, outbound, message) => {
  let thrown: unknown;
  try {
    checkConfig({ ...LEAST, outbound });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ConfigError);
  expect((thrown as Error).message).toContain(message);
});
