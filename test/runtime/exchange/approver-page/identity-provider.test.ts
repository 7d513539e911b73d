import { createHash } from "node:crypto";
import { OpenIdProvider } from "../../../../runtime/exchange/approver-page/identity-provider";
import type { PageSettings } from "../../../../runtime/exchange/approver-page/page-settings";
import { OpenIdServer } from "../../../support/approver-page/openid-server";
import { SETTINGS } from "../../../support/approver-page/visited-page";

const server = new OpenIdServer();
let settings: PageSettings;
let provider: OpenIdProvider;

beforeAll(async () => {
  await server.start();
  settings = { ...SETTINGS, issuer: server.issuer };
  provider = new OpenIdProvider(server.authority.bundle);
});
afterAll(() => server.close());
beforeEach(() => {
  server.faults.claims = {};
  server.faults.answer = undefined;
});

test("a login asks for a code by PKCE, with state, nonce and a recent login", async () => {
  const { url, pending } = await provider.begin(settings);
  const challenge = createHash("sha256").update(pending.verifier).digest("base64url");
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
    client_id: "ambit-approvals",
    redirect_uri: "https://approvals.acme.example/signed-in",
    response_type: "code",
    scope: "openid profile email",
    code_challenge: challenge,
    code_challenge_method: "S256",
    nonce: pending.nonce,
    state: pending.state,
    max_age: "900",
  });
});

test("each login has its own state, nonce and verifier", async () => {
  const [one, other] = [await provider.begin(settings), await provider.begin(settings)].map(({ pending }) => pending);
  const values = [...Object.values(one as object), ...Object.values(other as object)] as string[];
  expect(new Set(values).size).toBe(6);
  expect(values.every((value) => value.length >= 43)).toBe(true);
});

test("the ID token is what the provider gives for the code", async () => {
  const { url, pending } = await provider.begin(settings);
  const token = await provider.finish(settings, server.loggedIn(url), pending);
  expect(JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString())).toMatchObject({
    iss: server.issuer,
    aud: "ambit-approvals",
    sub: "bob",
    nonce: pending.nonce,
  });
});

test("a person may end the login at the provider too", async () => {
  expect(await provider.leave(settings)).toBe(`${server.issuer}/logout?client_id=ambit-approvals`);
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ["another nonce", { nonce: "another" }],
  ["no nonce", { nonce: undefined }],
  ["another audience", { aud: "another" }],
  ["another issuer", { iss: "https://evil.example" }],
  ["no time of the login", { auth_time: undefined }],
  ["a login that is too long ago", { auth_time: Math.floor(Date.now() / 1_000) - 1_000 }],
  ["an end in the past", { exp: Math.floor(Date.now() / 1_000) - 100 }],
  ["no subject", { sub: undefined }],
])("an ID token with %s is refused", async (_, claims) => {
  server.faults.claims = claims;
  const { url, pending } = await provider.begin(settings);
  await expect(provider.finish(settings, server.loggedIn(url), pending)).rejects.toThrow();
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["another state", { state: "another" }],
  ["another issuer (RFC 9207)", { iss: "https://evil.example" }],
  ["an unknown code", { code: "another" }],
  ["an error", { error: "access_denied" }],
])("an answer with %s is refused", async (_, change) => {
  const { url, pending } = await provider.begin(settings);
  await expect(provider.finish(settings, server.loggedIn(url, change), pending)).rejects.toThrow();
});

test("a code is of no use to a login with another verifier", async () => {
  const { url } = await provider.begin(settings);
  const { pending } = await provider.begin(settings);
  const query = server.loggedIn(url, { state: pending.state });
  await expect(provider.finish(settings, query, pending)).rejects.toThrow();
});

test("a code is good once", async () => {
  const { url, pending } = await provider.begin(settings);
  const query = server.loggedIn(url);
  await provider.finish(settings, query, pending);
  await expect(provider.finish(settings, query, pending)).rejects.toThrow();
});

test.each<[string, string]>([
  ["no ID token", JSON.stringify({ access_token: "a", token_type: "Bearer" })],
  ["no JSON", "no JSON"],
  ["more than 64 KiB", JSON.stringify({ access_token: "a".repeat(70_000), token_type: "Bearer" })],
])("a provider that answers with %s is refused", async (_, body) => {
  server.faults.answer = () => [200, body];
  const { url, pending } = await provider.begin(settings);
  await expect(provider.finish(settings, server.loggedIn(url), pending)).rejects.toThrow();
});

test("a provider whose certificate no trusted authority vouches for is not asked", async () => {
  await expect(new OpenIdProvider().begin(settings)).rejects.toThrow();
});

test("a provider that did not answer is asked again for the next login", async () => {
  const once = new OpenIdProvider(server.authority.bundle);
  await expect(once.begin({ ...settings, issuer: "https://127.0.0.1:1" })).rejects.toThrow();
  await expect(once.begin(settings)).resolves.toBeDefined();
});

test("a provider without TLS is not asked", async () => {
  await expect(provider.begin({ ...settings, issuer: server.issuer.replace("https", "http") })).rejects.toThrow();
});
