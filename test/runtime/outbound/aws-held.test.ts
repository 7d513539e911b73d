import type { AgentCoreCredential as AgentCoreIdentity, ApiKey } from "../../../domain";
import { OutboundFailure } from "../../../runtime/outbound/credential";
import { AgentCoreCredential } from "../../../runtime/outbound/kinds/agentcore";
import { ApiKeyCredential } from "../../../runtime/outbound/kinds/api-key";
import { Secrets } from "../../../runtime/outbound/secrets";
import { userDigest } from "../../../runtime/store/user-digest";
import { ALICE, HopsWorld } from "../../support/exchange/hops-world";

const NOW = 1_800_000_000;
const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:tool-AbCdEf";
const OTHER = "arn:aws:secretsmanager:us-east-1:111122223333:secret:tool-AbCdEf";
const signal = AbortSignal.timeout(60_000);

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: Readonly<Record<string, unknown>>;
}

async function facts(user: typeof ALICE | null = ALICE) {
  const hops = new HopsWorld();
  return { claims: hops.world.claims(await hops.handed(user), { aud: "tool:mail" }), issuers: [] };
}

describe("Secrets Manager", () => {
  const asked: (readonly [region: string, secret: unknown])[] = [];
  let clock = NOW;
  let answer: () => unknown;
  const clientIn = (region: string) => ({
    send: async ({ input }: Sent) => (asked.push([region, input.SecretId]), answer()),
  });
  const secrets = () => new Secrets(clientIn as never, () => clock);
  beforeEach(() => {
    asked.splice(0);
    clock = NOW;
    answer = () => ({ SecretString: "sk-1" });
  });

  const key = (change: Partial<ApiKey> = {}, from = secrets()) =>
    new ApiKeyCredential({ kind: "api-key", secret: SECRET, header: "X-Api-Key", ...change }, from);

  test.each<readonly [what: string, text: string, change: Partial<ApiKey>, value: string]>([
    ["the whole secret", "sk-1", {}, "sk-1"],
    ["a member of it", '{"user":"u","key":"sk-2"}', { member: "key" }, "sk-2"],
    ["with what stands before it", "sk-3", { prefix: "Bearer " }, "Bearer sk-3"],
  ])("gives a key: %s", async (_, text, change, value) => {
    answer = () => ({ SecretString: text });
    expect(await key(change).headersFor(await facts(), signal)).toEqual({
      headers: { "x-api-key": value },
      expiresAt: NOW + 300,
    });
  });

  test("is asked again after 5 min, and in the secret's own region", async () => {
    const all = secrets();
    await all.read(SECRET);
    clock += 299;
    await all.read(SECRET);
    await all.read(OTHER);
    clock += 1;
    await all.read(SECRET);
    expect(asked).toEqual([
      ["eu-central-1", SECRET],
      ["us-east-1", OTHER],
      ["eu-central-1", SECRET],
    ]);
  });

  test.each<readonly [what: string, said: () => unknown, change: Partial<ApiKey>, because: string]>([
    [
      "is refused",
      () => thrown("AccessDeniedException"),
      {},
      `Secrets Manager gave no ${SECRET}: AccessDeniedException`,
    ],
    ["is binary", () => ({ SecretBinary: new Uint8Array(1) }), {}, `${SECRET} must be a text, and is binary or empty`],
    ["is empty", () => ({ SecretString: "" }), {}, `${SECRET} must be a text, and is binary or empty`],
    [
      "is two lines",
      () => ({ SecretString: "sk-1\n" }),
      {},
      `the key in ${SECRET} must be visible ASCII without spaces`,
    ],
    [
      "is no JSON",
      () => ({ SecretString: "sk-1" }),
      { member: "key" },
      `${SECRET} must be a JSON object with the text key`,
    ],
    ["has no such member", () => ({ SecretString: "{}" }), { member: "key" }, "a JSON object with the text key"],
    ["has a number there", () => ({ SecretString: '{"key":1}' }), { member: "key" }, "a JSON object with the text key"],
    ["has it twice", () => ({ SecretString: '{"key":"a","key":"b"}' }), { member: "key" }, "with the text key"],
    [
      "has it from its prototype alone",
      () => ({ SecretString: "{}" }),
      { member: "toString" },
      "with the text toString",
    ],
  ])("fails when a secret %s", async (_, said, change, because) => {
    answer = said;
    const asking = key(change).headersFor(await facts(), signal);
    await expect(asking).rejects.toThrow(OutboundFailure);
    await expect(key(change).headersFor(await facts(), signal)).rejects.toThrow(because);
    await expect(asking).rejects.not.toThrow("sk-1");
  });
});

describe("AgentCore", () => {
  const asked: (readonly [command: string, input: Readonly<Record<string, unknown>>])[] = [];
  let answers: Readonly<Record<string, unknown>>;
  const client = {
    send: async ({ constructor: { name }, input }: Sent) => {
      asked.push([name, input]);
      const answer = answers[name];
      return typeof answer === "function" ? (answer as () => unknown)() : answer;
    },
  };
  beforeEach(() => {
    asked.splice(0);
    answers = {
      GetWorkloadAccessTokenCommand: { workloadAccessToken: "of-workload" },
      GetWorkloadAccessTokenForUserIdCommand: { workloadAccessToken: "of-user" },
      GetResourceApiKeyCommand: { apiKey: "sk-1" },
      GetResourceOauth2TokenCommand: { accessToken: "token-1" },
    };
  });

  const held = (forUser: boolean, change: Partial<AgentCoreIdentity> = {}) => {
    const identity: AgentCoreIdentity = {
      kind: "agentcore",
      workload: "ambit-prod",
      provider: "google",
      credential: "oauth",
      region: "eu-central-1",
      ...change,
    };
    return new AgentCoreCredential({ identity, forUser, client: client as never, clock: () => NOW });
  };

  test("gives the token of a user, who is a digest there", async () => {
    const given = await held(true, { scopes: ["mail"] }).headersFor(await facts(), signal);
    expect(given).toEqual({ headers: { authorization: "Bearer token-1" }, expiresAt: NOW });
    expect(asked).toEqual([
      ["GetWorkloadAccessTokenForUserIdCommand", { workloadName: "ambit-prod", userId: userDigest(ALICE) }],
      [
        "GetResourceOauth2TokenCommand",
        {
          workloadIdentityToken: "of-user",
          resourceCredentialProviderName: "google",
          scopes: ["mail"],
          oauth2Flow: "USER_FEDERATION",
        },
      ],
    ]);
  });

  test("gives the workload's own token, to every caller", async () => {
    await held(false).headersFor(await facts(), signal);
    expect(asked).toMatchObject([
      ["GetWorkloadAccessTokenCommand", { workloadName: "ambit-prod" }],
      ["GetResourceOauth2TokenCommand", { workloadIdentityToken: "of-workload", oauth2Flow: "M2M", scopes: [] }],
    ]);
  });

  test("gives the workload's key, for five minutes", async () => {
    const key = held(false, { credential: "api-key", header: "X-Key", prefix: "Key " });
    expect(await key.headersFor(await facts(), signal)).toEqual({
      headers: { "x-key": "Key sk-1" },
      expiresAt: NOW + 300,
    });
  });

  const KEY = { credential: "api-key", header: "x-key" } as const;
  test.each<
    readonly [
      what: string,
      change: Partial<AgentCoreIdentity>,
      said: Readonly<Record<string, unknown>>,
      because: string,
    ]
  >([
    [
      "the user has not agreed",
      {},
      { GetResourceOauth2TokenCommand: { authorizationUrl: "https://login.example/?code=secret" } },
      "the user has not agreed to google in AgentCore",
    ],
    [
      "there is no token",
      {},
      { GetResourceOauth2TokenCommand: {} },
      "the answer of AgentCore for google must be visible",
    ],
    ["a token is two headers", {}, { GetResourceOauth2TokenCommand: { accessToken: "a\nb" } }, "must be visible ASCII"],
    ["there is no key", KEY, { GetResourceApiKeyCommand: {} }, "the answer of AgentCore for google must be visible"],
    [
      "the provider is refused",
      {},
      { GetResourceOauth2TokenCommand: () => thrown("AccessDeniedException") },
      "AgentCore gave nothing of google: AccessDeniedException",
    ],
    [
      "the workload is unknown",
      {},
      { GetWorkloadAccessTokenForUserIdCommand: () => thrown("ResourceNotFoundException") },
      "AgentCore gave nothing of google: ResourceNotFoundException",
    ],
  ])("fails when %s", async (_, change, said, because) => {
    answers = { ...answers, ...said };
    const asking = held(true, change).headersFor(await facts(), signal);
    await expect(asking).rejects.toThrow(OutboundFailure);
    await expect(held(true, change).headersFor(await facts(), signal)).rejects.toThrow(because);
    await expect(asking).rejects.not.toThrow("secret");
  });

  test("fails when there is no user, without a request to AWS", async () => {
    await expect(held(true).headersFor(await facts(null), signal)).rejects.toThrow(OutboundFailure);
    expect(asked).toEqual([]);
  });
});

function thrown(name: string): never {
  throw Object.assign(new Error("sk-1 and secret"), { name });
}
