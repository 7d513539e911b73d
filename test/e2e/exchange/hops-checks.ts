import { deepStrictEqual as equal, ok } from "node:assert";
import { join } from "node:path";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { ExchangeConfig } from "../../../runtime/exchange/config";
import { codes, ServedExchange, TRIAGE } from "../../support/exchange/served-exchange";
import { pythonWith } from "../harness/python";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { AgentCoreStandIn } from "./agentcore-stand-in";
import { REGION } from "./state-table";
import { CLIENT, CLIENT_SECRET, ToolServer } from "./tool-server";

type Outbound = NonNullable<ExchangeConfig["outbound"]>;
type Identities = Pick<Outbound, "services" | "tools">;

/** In the example the first acts as the user, the second as the service `model-gateway`. */
const [AS_USER, AS_SERVICE] = ["tool:zendesk", "tool:claude"];
const SERVICE = "model-gateway";
const AUTHORIZER = "authorizer";

/** What a tool's call passes on, at third-party servers */
export function hopsChecks(suite: Suite, moto: Check<Moto>): void {
  const tool = suite.check("a tool answers whose authorization server is Authlib's", [], async () => {
    const python = await pythonWith("authlib-server", join(__dirname, "..", "engines", "authlib-server"));
    const started = await ToolServer.start(python);
    suite.afterwards(() => started.stop());
    return started;
  });
  suite.check("hops: Authlib verifies the exchange's grant, and issues each user's own token", [tool], byGrant);
  suite.check(
    "hops: the same by token exchange (Authlib has no such grant: one is added here that verifies by Authlib)",
    [tool],
    byExchange,
  );
  suite.check("hops: Authlib refuses another audience, an unknown user or client, and a wrong secret", [tool], refused);
  suite.check("hops: an OAuth client's secret and an API key come from Secrets Manager", [tool, moto], fromSecrets);
  suite.check(
    "hops: AgentCore Identity (moto has none of its data plane: a stand-in over HTTP) is asked per user",
    [],
    fromAgentCore,
  );
}

const chained = ({ origin, tokenEndpoint }: ToolServer, change: object = {}) => ({
  kind: "chained" as const,
  tokenEndpoint,
  audience: origin,
  client: { id: CLIENT, key: "exchange" as const },
  ...change,
});
const asUser = (identity: Identities["tools"][string]): Identities => ({ tools: { zendesk: identity }, services: {} });
const asService = (identity: Identities["services"][string]): Identities => ({
  tools: {},
  services: { [SERVICE]: identity },
});

async function byGrant([tool]: readonly [ToolServer]): Promise<void> {
  await exchanging(asUser(chained(tool, { scope: "tickets" })), tool, async (exchange) => {
    const before = await tool.issued();
    const [first, again, other] = [
      await given(exchange, AS_USER),
      await given(exchange, AS_USER),
      await given(exchange, AS_USER, "bob"),
    ];
    equal(again.headers, first.headers);
    equal((await tool.issued()) - before, 2);
    const agent = exchange.platform.agentId(TRIAGE);
    const called = await tool.whoami(first.headers);
    equal(
      { ...called, txn: undefined },
      { user: "alice", act: { sub: agent }, client: CLIENT, scope: "tickets", txn: undefined },
    );
    equal((await tool.whoami(other.headers))?.user, "bob");
    equal(await tool.whoami({ authorization: `Bearer ${first.token}` }), undefined);
  });
}

async function byExchange([tool]: readonly [ToolServer]): Promise<void> {
  await exchanging(asUser(chained(tool, { kind: "token-exchange" })), tool, async (exchange) => {
    const called = await tool.whoami((await given(exchange, AS_USER)).headers);
    equal([called?.user, called?.act], ["alice", { sub: exchange.platform.agentId(TRIAGE) }]);
  });
}

async function refused([tool]: readonly [ToolServer]): Promise<void> {
  const [elsewhere, unknown] = ["https://login.other.example", "mallory"];
  const [wrong, right] = [chained(tool, { audience: elsewhere }), chained(tool)];
  const rows: readonly (readonly [identity: typeof right, user: string, error: RegExp])[] = [
    [wrong, "alice", /answered with status \d+ and invalid_(client|grant)/],
    [right, unknown, /answered with status 400 and invalid_grant/],
    [
      chained(tool, { client: { id: "unknown", key: "exchange" } }),
      "alice",
      /answered with status \d+ and invalid_client/,
    ],
  ];
  for (const [identity, user, error] of rows) {
    await exchanging(asUser(identity), tool, async (exchange) => {
      const before = await tool.issued();
      const answer = await asked(exchange, await toolToken(exchange, AS_USER, user));
      equal([answer.status, codes(answer)], [503, ["outbound.failed"]]);
      equal(await tool.issued(), before);
      ok(
        exchange.logged.some((line) => error.test(line)),
        exchange.logged.join("\n"),
      );
    });
  }
}

async function fromSecrets([tool, { url }]: readonly [ToolServer, Moto]): Promise<void> {
  const manager = new SecretsManagerClient({
    endpoint: url,
    region: REGION,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const made = async (name: string, SecretString: string): Promise<string> =>
    (await manager.send(new CreateSecretCommand({ Name: name, SecretString }))).ARN as string;
  try {
    const secret = await made("hops/client", CLIENT_SECRET);
    const own = { kind: "client-credentials" as const, tokenEndpoint: tool.tokenEndpoint, scope: "models" };
    const byClient = asService({ ...own, client: { id: CLIENT, secret } });
    await exchanging({ ...byClient, secretsEndpoint: url }, tool, async (exchange) => {
      const called = await tool.whoami((await given(exchange, AS_SERVICE)).headers);
      equal(called, { user: null, act: null, txn: null, client: CLIENT, scope: "models" });
    });
    await manager.send(new PutSecretValueCommand({ SecretId: secret, SecretString: "rotated" }));
    await exchanging({ ...byClient, secretsEndpoint: url }, tool, async (exchange) => {
      equal(codes(await asked(exchange, await toolToken(exchange, AS_SERVICE))), ["outbound.failed"]);
    });
    const key = await made("hops/key", '{"key":"sk-4711"}');
    const byKey = asService({ kind: "api-key", secret: key, member: "key", header: "X-Api-Key" });
    await exchanging({ ...byKey, secretsEndpoint: url }, tool, async (exchange) => {
      equal((await given(exchange, AS_SERVICE)).headers, { "x-api-key": "sk-4711" });
    });
  } finally {
    manager.destroy();
  }
}

async function fromAgentCore(): Promise<void> {
  const agentCore = new AgentCoreStandIn();
  const agentCoreEndpoint = await agentCore.listen();
  const held = { kind: "agentcore" as const, workload: "ambit", provider: "tickets", region: REGION };
  const identities: Identities = {
    tools: { zendesk: { ...held, credential: "oauth" } },
    services: { [SERVICE]: { ...held, credential: "api-key", header: "x-api-key" } },
  };
  try {
    await exchanging({ ...identities, agentCoreEndpoint }, undefined, async (exchange) => {
      const users = [await given(exchange, AS_USER), await given(exchange, AS_USER, "bob")];
      const [alice, bob] = users.map(({ headers }) => headers.authorization);
      ok(alice?.startsWith("Bearer token-of-user:") && bob?.startsWith("Bearer token-of-user:") && alice !== bob);
      ok(!JSON.stringify(agentCore.asked).includes("alice"), "a user is told by a digest");
      equal((await given(exchange, AS_SERVICE)).headers, { "x-api-key": "key-of-workload:ambit" });
    });
  } finally {
    await agentCore.close();
  }
}

/** The whole exchange over TLS with the example fleet, which the tool's server trusts */
async function exchanging(
  outbound: Identities & Partial<Outbound>,
  tool: ToolServer | undefined,
  act: (exchange: ServedExchange) => Promise<void>,
): Promise<void> {
  const exchange = new ServedExchange();
  const restore = credentialsAsTheyAre();
  await exchange.start({ outbound: { ...outbound, ...(tool !== undefined && { ca: tool.ca }) } });
  try {
    tool?.trust(exchange.issuer, exchange.platform.files.bundle);
    await act(exchange);
  } finally {
    await exchange.close();
    restore();
  }
}

/** On one machine the exchange has its own credentials, independent of the process's. */
function credentialsAsTheyAre(): () => void {
  const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
  const before = names.map((name) => [name, process.env[name]] as const);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

async function toolToken(exchange: ServedExchange, audience: string, user = "alice"): Promise<string> {
  const subject = exchange.platform.issuers.userToken({
    agentId: exchange.platform.agentId(TRIAGE),
    task: `${TRIAGE}.answer`,
    user,
  });
  const form = exchange.byUser(TRIAGE, "answer", { audience, subject_token: subject });
  const { status, text, json } = await exchange.post("/token", form, { as: TRIAGE });
  equal(status, 200, text);
  return json.access_token as string;
}

function asked(exchange: ServedExchange, token: string) {
  const headers = { "content-type": "application/json" };
  return exchange.post("/outbound", JSON.stringify({ token }), { as: AUTHORIZER, headers });
}

/** What the gateway is given for a call of this user */
async function given(exchange: ServedExchange, audience: string, user = "alice") {
  const token = await toolToken(exchange, audience, user);
  const { status, text, json, headers } = await asked(exchange, token);
  equal([status, headers["cache-control"]], [200, "no-store"], text);
  return { token, headers: json.headers as Record<string, string> };
}
