import * as oauth from "oauth4webapi";
import {
  ACCESS_TOKEN,
  details,
  JWT,
  JWT_SPIFFE,
  RESEARCHER,
  ServedExchange,
  TOKEN_EXCHANGE,
  TRIAGE,
} from "../../../support/exchange/served-exchange";

const READER = "web-reader";
const exchange = new ServedExchange();
let server: oauth.AuthorizationServer;

beforeAll(async () => {
  await exchange.start();
  const issuer = new URL(exchange.issuer);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...over() });
  server = await oauth.processDiscoveryResponse(issuer, answer);
});
afterAll(() => exchange.close());

const client = (agent: string): oauth.Client => ({ client_id: exchange.platform.agentId(agent) });
const over = (agent?: string) => ({
  [oauth.customFetch]: exchange.fetch(agent) as (url: string, options: object) => Promise<Response>,
});

/** The one thing that a client adds for SPIFFE: which assertion it sends (draft-ietf-oauth-spiffe-client-auth) */
const jwtSvid =
  (agent: string): oauth.ClientAuth =>
  (_server, { client_id }, body) => {
    body.set("client_id", client_id);
    body.set("client_assertion_type", JWT_SPIFFE);
    body.set(
      "client_assertion",
      exchange.platform.authority.jwtSvid(exchange.platform.agentId(agent), exchange.issuer),
    );
  };

const parameters = (agent: string, task: string, audience: string) => {
  const { grant_type: _, ...sent } = exchange.byUser(agent, task, { audience });
  return new URLSearchParams(sent);
};

/** A token by mutual TLS, bound to the certificate */
async function byCertificate(agent: string, sent: URLSearchParams): Promise<oauth.TokenEndpointResponse> {
  const answer = await oauth.genericTokenEndpointRequest(
    server,
    client(agent),
    oauth.TlsClientAuth(),
    TOKEN_EXCHANGE,
    sent,
    over(agent),
  );
  return oauth.processGenericTokenEndpointResponse(server, client(agent), answer);
}

test("discovery finds every endpoint, and keys that sign", async () => {
  expect(server).toMatchObject({
    issuer: exchange.issuer,
    token_endpoint: `${exchange.issuer}/token`,
    tls_client_certificate_bound_access_tokens: true,
    dpop_signing_alg_values_supported: ["ES256"],
  });
});

test("a token is exchanged by mutual TLS", async () => {
  const token = await byCertificate(TRIAGE, parameters(TRIAGE, "answer", "tool:zendesk"));
  expect(token).toMatchObject({ token_type: "bearer", expires_in: 300, scope: "comment read" });
});

test("the token is valid to a resource that knows RFC 9068 and RFC 8705's claims", async () => {
  const { access_token } = await byCertificate(TRIAGE, parameters(TRIAGE, "answer", "tool:zendesk"));
  const introspection = await oauth.introspectionRequest(
    server,
    client(TRIAGE),
    oauth.TlsClientAuth(),
    access_token,
    over(TRIAGE),
  );
  const claims = await oauth.processIntrospectionResponse(server, client(TRIAGE), introspection);
  expect(claims).toMatchObject({ active: true, token_type: "Bearer", aud: "tool:zendesk", task: "answer" });
});

test("a token is exchanged by JWT-SVID and a DPoP proof", async () => {
  const keys = await oauth.generateKeyPair("ES256");
  const DPoP = oauth.DPoP(client(TRIAGE), keys);
  const answer = await oauth.genericTokenEndpointRequest(
    server,
    client(TRIAGE),
    jwtSvid(TRIAGE),
    TOKEN_EXCHANGE,
    parameters(TRIAGE, "answer", "tool:claude"),
    { ...over(), DPoP },
  );
  const token = await oauth.processGenericTokenEndpointResponse(server, client(TRIAGE), answer);
  expect(token).toMatchObject({ token_type: "dpop", scope: "ask" });
});

test("a task that starts by itself gets a token with client credentials", async () => {
  const sent = new URLSearchParams({
    audience: "tool:search",
    authorization_details: details({ task: "fetch", start: "agent" }),
  });
  const answer = await oauth.clientCredentialsGrantRequest(
    server,
    client(READER),
    oauth.TlsClientAuth(),
    sent,
    over(READER),
  );
  const token = await oauth.processClientCredentialsResponse(server, client(READER), answer);
  expect(token).toMatchObject({ token_type: "bearer", scope: "query" });
});

test("work is handed on: the delegate exchanges the delegator's token", async () => {
  const handed = parameters(TRIAGE, "answer", "exchange");
  handed.set("authorization_details", details({ task: "answer", start: "user", delegate: "researcher.lookup" }));
  const { access_token } = await byCertificate(TRIAGE, handed);
  const token = await byCertificate(
    RESEARCHER,
    new URLSearchParams({
      subject_token: access_token,
      subject_token_type: ACCESS_TOKEN,
      requested_token_type: JWT,
      audience: "tool:claude",
      authorization_details: details({ task: "lookup", start: "delegation" }),
    }),
  );
  expect(token).toMatchObject({ issued_token_type: JWT, scope: "ask" });
});

test("a token that was revoked is not active any more", async () => {
  const { access_token } = await byCertificate(TRIAGE, parameters(TRIAGE, "answer", "tool:zendesk"));
  const revoked = await oauth.revocationRequest(
    server,
    client(TRIAGE),
    oauth.TlsClientAuth(),
    access_token,
    over(TRIAGE),
  );
  await oauth.processRevocationResponse(revoked);
  const asked = await oauth.introspectionRequest(
    server,
    client(TRIAGE),
    oauth.TlsClientAuth(),
    access_token,
    over(TRIAGE),
  );
  expect(await oauth.processIntrospectionResponse(server, client(TRIAGE), asked)).toEqual({ active: false });
});

test("fails when the task grants nothing at the audience: the library sees error, description and reasons", async () => {
  const refused = byCertificate(TRIAGE, parameters(TRIAGE, "answer", "tool:payments"));
  await expect(refused).rejects.toMatchObject({
    name: "ResponseBodyError",
    status: 400,
    error: "access_denied",
    cause: { reasons: [expect.objectContaining({ code: "audience.not-granted" })] },
  });
});

test("fails when no SVID is shown: the library sees the challenge", async () => {
  const answer = await oauth.genericTokenEndpointRequest(
    server,
    client(TRIAGE),
    oauth.TlsClientAuth(),
    TOKEN_EXCHANGE,
    parameters(TRIAGE, "answer", "tool:zendesk"),
    over(),
  );
  await expect(oauth.processGenericTokenEndpointResponse(server, client(TRIAGE), answer)).rejects.toMatchObject({
    name: "WWWAuthenticateChallengeError",
    status: 401,
  });
});

test("fails when a JWT-SVID comes without a proof", async () => {
  const answer = await oauth.genericTokenEndpointRequest(
    server,
    client(TRIAGE),
    jwtSvid(TRIAGE),
    TOKEN_EXCHANGE,
    parameters(TRIAGE, "answer", "tool:zendesk"),
    over(),
  );
  await expect(oauth.processGenericTokenEndpointResponse(server, client(TRIAGE), answer)).rejects.toMatchObject({
    error: "invalid_request",
    cause: { reasons: [expect.objectContaining({ code: "binding.missing" })] },
  });
});
