import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import { DevelopmentAuthority } from "../../cli/dev/development-authority";
import { DevelopmentIssuers } from "../../cli/dev/development-issuers";
import { developmentPeople, emailOf } from "../../cli/dev/issuer/development-people";
import { fleet } from "../../fleet";
import type { RegistryPeople } from "../../domain/registry/people";
import { visited, type Visited } from "../support/visited";

const REDIRECT = "https://127.0.0.1:2/signed-in";
const OF_USERS = "http://127.0.0.1:3/signed-in";
const VERIFIER = "v".repeat(43);
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
const PEOPLE: RegistryPeople = {
  issuer: "https://login.example",
  jwksUri: "https://login.example/keys",
  algorithms: ["ES256"],
  clientId: "ambit-approvals",
  groupsClaim: "roles",
  recentLoginSeconds: 900,
  operators: ["on-call", "leads"],
  approvers: { "support-leads": { claim: "leads", clearance: "restricted" } },
};
const authority = new DevelopmentAuthority("prod.acme.example");
let now = Date.now();
const issuers = new DevelopmentIssuers({
  authority,
  audience: "https://127.0.0.1:1",
  spiffeIdOf: (agent) => `spiffe://prod.acme.example/ns/a/sa/${agent}`,
  fleet,
  now: () => new Date(now),
});
let authorize: string;

beforeAll(async () => {
  await issuers.listen();
  issuers.login?.register(OF_USERS);
  issuers.login?.registerPeople(developmentPeople(PEOPLE, "acme.example"), REDIRECT);
  const metadata = await visited(`${issuers.userIssuer}/.well-known/openid-configuration`, { ca: authority.bundle });
  authorize = (JSON.parse(metadata.text) as { authorization_endpoint: string }).authorization_endpoint;
});
afterAll(() => issuers.close());

type Changes = Readonly<Record<string, string>>;

function asked(changes: Changes = {}): string {
  const wanted = {
    client_id: "ambit-approvals",
    redirect_uri: REDIRECT,
    response_type: "code",
    scope: "openid profile email",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    state: "s1",
    nonce: "n1",
    max_age: "900",
    ...changes,
  };
  return `${authorize}?${new URLSearchParams(wanted).toString()}`;
}

async function signedIn(user: string, groups: readonly string[], at = asked()): Promise<Visited> {
  const page = await visited(at);
  const { origin } = new URL(at);
  const form = new URLSearchParams([
    ["request", /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? ""],
    ["user", ""],
    ["other", user],
    ...groups.map((group): [string, string] => ["group", group]),
  ]);
  const headers = { origin, "content-type": "application/x-www-form-urlencoded" };
  return visited(`${origin}/sign-in`, { method: "POST", headers, body: form.toString() });
}

async function tokensOf(answer: Visited): Promise<Readonly<Record<string, string>>> {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    redirect_uri: REDIRECT,
    client_id: "ambit-approvals",
    code_verifier: VERIFIER,
    code: new URL(answer.to).searchParams.get("code") ?? "",
  }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const { text } = await visited(`${issuers.userIssuer}/oauth/token`, {
    method: "POST",
    headers,
    body,
    ca: authority.bundle,
  });
  return JSON.parse(text) as Readonly<Record<string, string>>;
}

describe("a person who decides logs in for development", () => {
  test("with the groups that the person chose: the ID token is as the platform's people want it, and starts no task", async () => {
    const tokens = await tokensOf(await signedIn("carol", ["leads"]));
    const claims = decodeJwt(tokens["id_token"] ?? "");
    expect(claims).toEqual({
      iss: issuers.userIssuer,
      sub: "carol",
      aud: "ambit-approvals",
      auth_time: Math.floor(now / 1_000),
      roles: ["leads"],
      email: "carol@acme.example",
      email_verified: true,
      nonce: "n1",
      jti: expect.any(String),
      iat: Math.floor(now / 1_000),
      exp: Math.floor(now / 1_000) + 300,
    });
    expect(tokens["access_token"]).toMatch(/^[\w-]{43}$/);
    expect(tokens).not.toHaveProperty("refresh_token");
  });

  test("each time anew: the browser may know a user that an agent serves", async () => {
    const answer = await signedIn("carol", ["leads"]);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    const ofUser = { client_id: "support-desk", redirect_uri: OF_USERS, scope: "openid ambit:support-triage:answer" };
    const cookie = (await signedIn("ann", [], asked(ofUser))).headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? "";
    expect((await visited(asked(ofUser), { headers: { cookie } })).status).toBe(303);
    const page = await visited(asked(), { headers: { cookie } });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining("Your groups")]);
    const none = new URL((await visited(asked({ prompt: "none" }), { headers: { cookie } })).to).searchParams;
    expect(none.get("error")).toBe("login_required");
  });

  test("a user is asked again where the login is older than the client takes it", async () => {
    const ofUser = {
      client_id: "support-desk",
      redirect_uri: OF_USERS,
      scope: "openid ambit:support-triage:answer",
      max_age: "60",
    };
    const cookie = (await signedIn("ann", [], asked(ofUser))).headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? "";
    now += 61_000;
    expect((await visited(asked(ofUser), { headers: { cookie } })).status).toBe(200);
  });

  test.each([
    ["a task is asked for too", { scope: "openid ambit:support-triage:answer" }, "invalid_scope"],
    ["max_age is no number", { max_age: "soon" }, "invalid_request"],
    ["max_age is negative", { max_age: "-1" }, "invalid_request"],
  ])("fails where %s", async (_, changes, error) => {
    expect(new URL((await visited(asked(changes))).to).searchParams.get("error")).toBe(error);
  });

  test.each([
    ["a group that the platform does not declare", () => signedIn("carol", ["leads", "root"])],
    ["an address of users", async () => visited(asked({ redirect_uri: OF_USERS }))],
  ])("fails for %s: no browser is sent on", async (_, act) => {
    const answer = await act();
    expect([answer.status, answer.to]).toEqual([400, ""]);
  });

  test("fails to choose groups as a user: they are of no token", async () => {
    const ofUser = { client_id: "support-desk", redirect_uri: OF_USERS, scope: "openid ambit:support-triage:answer" };
    expect((await signedIn("ann", ["leads"], asked(ofUser))).status).toBe(400);
  });

  test("a group is named once, with all that it may", () => {
    expect(developmentPeople(PEOPLE, "acme.example").groups).toEqual([
      { claim: "leads", may: "decides on approvals of support-leads, stops and restores agents" },
      { claim: "on-call", may: "stops and restores agents" },
    ]);
  });

  test.each([
    ["ann", "ann@acme.example"],
    ["an n", undefined],
    ["ann@evil.example", undefined],
    [".ann", undefined],
  ])("the address of %j is %s", (name, address) => {
    expect(emailOf(name, "acme.example")).toBe(address);
  });
});
