import * as client from "openid-client";
import { details, JWT_SPIFFE, ServedExchange, TOKEN_EXCHANGE, TRIAGE } from "../../../support/exchange/served-exchange";

const READER = "web-reader";
const exchange = new ServedExchange();

beforeAll(() => exchange.start());
afterAll(() => exchange.close());

/** As its documentation says: discovery with the client's id, its authentication, and a fetch of one's own for TLS */
async function configured(agent: string, by: "certificate" | "jwt-svid"): Promise<client.Configuration> {
  const authentication = by === "certificate" ? client.TlsClientAuth() : jwtSvid(agent);
  return client.discovery(new URL(exchange.issuer), exchange.platform.agentId(agent), undefined, authentication, {
    algorithm: "oauth2",
    [client.customFetch]: exchange.fetch(by === "certificate" ? agent : undefined) as client.CustomFetch,
  });
}

const jwtSvid =
  (agent: string): client.ClientAuth =>
  (_server, { client_id }, body) => {
    const { authority } = exchange.platform;
    body.set("client_id", client_id);
    body.set("client_assertion_type", JWT_SPIFFE);
    body.set("client_assertion", authority.jwtSvid(client_id, exchange.issuer));
    expect(client_id).toBe(exchange.platform.agentId(agent));
  };

const parameters = (audience: string): Record<string, string> => {
  const { grant_type: _, ...sent } = exchange.byUser(TRIAGE, "answer", { audience });
  return sent;
};

test("a token is exchanged by mutual TLS, introspected and revoked", async () => {
  const config = await configured(TRIAGE, "certificate");
  const token = await client.genericGrantRequest(config, TOKEN_EXCHANGE, parameters("tool:zendesk"));
  expect(token).toMatchObject({ token_type: "bearer", expires_in: 300, scope: "comment read" });
  expect(await client.tokenIntrospection(config, token.access_token)).toMatchObject({ active: true, task: "answer" });
  await client.tokenRevocation(config, token.access_token);
  expect(await client.tokenIntrospection(config, token.access_token)).toEqual({ active: false });
});

test("a token is exchanged by JWT-SVID and a DPoP proof", async () => {
  const config = await configured(TRIAGE, "jwt-svid");
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
  const token = await client.genericGrantRequest(config, TOKEN_EXCHANGE, parameters("tool:claude"), { DPoP });
  expect(token).toMatchObject({ token_type: "dpop", scope: "ask" });
});

test("a task that starts by itself gets a token with client credentials", async () => {
  const config = await configured(READER, "certificate");
  const token = await client.clientCredentialsGrant(config, {
    audience: "tool:search",
    authorization_details: details({ task: "fetch", start: "agent" }),
  });
  expect(token).toMatchObject({ token_type: "bearer", scope: "query" });
});

test("fails when the audience is not one of the task's", async () => {
  const config = await configured(TRIAGE, "certificate");
  await expect(client.genericGrantRequest(config, TOKEN_EXCHANGE, parameters("aws-of-others"))).rejects.toMatchObject({
    error: "invalid_target",
  });
});

test("fails when a JWT-SVID comes without a proof", async () => {
  const config = await configured(TRIAGE, "jwt-svid");
  await expect(client.genericGrantRequest(config, TOKEN_EXCHANGE, parameters("tool:zendesk"))).rejects.toMatchObject({
    error: "invalid_request",
  });
});

test("fails when another agent's user token is sent", async () => {
  const config = await configured(READER, "certificate");
  await expect(client.genericGrantRequest(config, TOKEN_EXCHANGE, parameters("tool:search"))).rejects.toMatchObject({
    error: "access_denied",
  });
});
