import { decodeJwt } from "jose";
import { developmentPeople, emailOf } from "../../cli/dev/issuer/development-people";
import type { RegistryPeople } from "../../domain/registry/people";
import { type Changes, IssuerWorld } from "../support/issuer-world";
import { signedInAs, visited, type Visited } from "../support/visited";

const REDIRECT = "https://127.0.0.1:2/signed-in";
const OF_USERS = "http://127.0.0.1:3/signed-in";
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
const OF_USER = { client_id: "support-desk", redirect_uri: OF_USERS, scope: "openid ambit:support-triage:answer" };
const world = new IssuerWorld({
  client_id: "ambit-approvals",
  redirect_uri: REDIRECT,
  scope: "openid profile email",
});
const asked = (changes: Changes = {}): string => world.asked({ max_age: "900", ...changes });
const signedIn = (user: string, groups: readonly string[], changes?: Changes) =>
  signedInAs(user, asked(changes), groups);

beforeAll(() =>
  world.start((login) => {
    login.register(OF_USERS);
    login.registerPeople(developmentPeople(PEOPLE, "acme.example"), REDIRECT);
  }),
);
afterAll(() => world.close());

async function tokensOf({ to }: Visited): Promise<Readonly<Record<string, string>>> {
  const { text } = await world.redeemed({ code: new URL(to).searchParams.get("code") ?? "" });
  return JSON.parse(text) as Readonly<Record<string, string>>;
}

describe("a person who decides logs in for development", () => {
  test("with the groups that the person chose: the ID token is as the platform's people want it, and starts no task", async () => {
    const tokens = await tokensOf(await signedIn("carol", ["leads"]));
    const claims = decodeJwt(tokens["id_token"] ?? "");
    expect(claims).toEqual({
      iss: world.issuer,
      sub: "carol",
      aud: "ambit-approvals",
      auth_time: Math.floor(world.now / 1_000),
      roles: ["leads"],
      email: "carol@acme.example",
      email_verified: true,
      nonce: "n1",
      jti: expect.any(String),
      iat: Math.floor(world.now / 1_000),
      exp: Math.floor(world.now / 1_000) + 300,
    });
    expect(tokens["access_token"]).toMatch(/^[\w-]{43}$/);
    expect(tokens).not.toHaveProperty("refresh_token");
  });

  test("each time anew: the browser may know a user that an agent serves", async () => {
    const answer = await signedIn("carol", ["leads"]);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    const { cookie } = await signedIn("ann", [], OF_USER);
    expect((await visited(asked(OF_USER), { headers: { cookie } })).status).toBe(303);
    const page = await visited(asked(), { headers: { cookie } });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining("Your groups")]);
    const none = new URL((await visited(asked({ prompt: "none" }), { headers: { cookie } })).to).searchParams;
    expect(none.get("error")).toBe("login_required");
  });

  test("a user is asked again where the login is older than the client takes it", async () => {
    const ofUser = { ...OF_USER, max_age: "60" };
    const { cookie } = await signedIn("ann", [], ofUser);
    world.now += 61_000;
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
    expect((await signedIn("ann", ["leads"], OF_USER)).status).toBe(400);
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
